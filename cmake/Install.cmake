include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(runrate_package ${CMAKE_INSTALL_LIBDIR}/cmake/runrate)
target_include_directories(runrate_library PUBLIC $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(TARGETS runrate_library EXPORT runrate ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET runrate_program)
  install(TARGETS runrate_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY include/runrate DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY scenarios calibration DESTINATION ${CMAKE_INSTALL_DATADIR}/runrate)
install(EXPORT runrate NAMESPACE runrate:: FILE runrate-targets.cmake DESTINATION ${runrate_package})

write_basic_package_version_file(${PROJECT_BINARY_DIR}/runrate-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/runrate-config.cmake ${PROJECT_BINARY_DIR}/runrate-config-version.cmake
        DESTINATION ${runrate_package})
