# The archive needs these to link; none of them appears in a public header.
include(CMakeFindDependencyMacro)
find_dependency(TBB)
find_dependency(Boost COMPONENTS iostreams)
find_dependency(Threads)
find_dependency(yaml-cpp)
find_dependency(fmt)
find_dependency(OpenSSL COMPONENTS Crypto)
find_library(RUNRATE_SLEEF sleef REQUIRED)
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

include(${CMAKE_CURRENT_LIST_DIR}/runrate-targets.cmake)
set_property(TARGET runrate::runrate APPEND PROPERTY INTERFACE_LINK_LIBRARIES
             TBB::tbb Boost::iostreams Threads::Threads yaml-cpp::yaml-cpp fmt::fmt OpenSSL::Crypto ${RUNRATE_SLEEF})
