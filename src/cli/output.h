#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "cli/program.h"

namespace runrate {

/// Writes bytes under a name that never shows half a file: a temporary beside it, flushed to disk, then renamed.
/// \throws std::runtime_error naming the file and the reason; the temporary is removed then
void write_whole(std::filesystem::path const&, std::string_view bytes);

/// Writes to the file, or to standard output when there is none. \throws std::runtime_error when it cannot be written
void deliver(std::string const& file, std::string_view bytes, Surroundings&);

}  // namespace runrate
