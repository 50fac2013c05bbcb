#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace runrate {

/// A regular file's bytes up to `most`, or why not: `no such file`, `is a folder`, `larger than ...`.
std::optional<std::string> read_bounded(std::filesystem::path const&, std::size_t most, std::string& fault);

}  // namespace runrate
