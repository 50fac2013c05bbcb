#include "core/bounded_file.h"

#include <array>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

namespace runrate {

std::optional<std::string> read_bounded(std::filesystem::path const& path, std::size_t most, std::string& fault) {
    std::error_code failed;
    auto const status = std::filesystem::status(path, failed);
    if (!std::filesystem::exists(status)) return fault = "no such file", std::nullopt;
    if (std::filesystem::is_directory(status)) return fault = "is a folder", std::nullopt;
    if (!std::filesystem::is_regular_file(status)) return fault = "is not a regular file", std::nullopt;
    std::ifstream in{path, std::ios::binary};
    if (!in) return fault = "cannot be opened", std::nullopt;
    std::string bytes;
    std::array<char, 65536> block{};
    while (in.read(block.data(), block.size()) || in.gcount() > 0) {
        bytes.append(block.data(), static_cast<std::size_t>(in.gcount()));
        if (bytes.size() > most) return fault = fmt::format("is larger than {} MiB", most >> 20), std::nullopt;
    }
    return bytes;
}

}  // namespace runrate
