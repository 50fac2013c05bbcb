#pragma once

namespace runrate {

/// `major.minor.patch` of this library.
char const* version();

}  // namespace runrate
