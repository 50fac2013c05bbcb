#include "scenario/files.h"

#include <array>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <openssl/sha.h>

namespace runrate {

std::string sha256(std::string_view bytes) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), digest.data());
    std::string hex;
    for (unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
    return hex;
}

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

std::optional<std::string> Files::read(std::string const& name, std::string const& kind, std::string& fault) {
    auto bytes = read_bounded(folder_ / name, std::size_t{4} << 20, fault);
    if (bytes) remember(name, *bytes, kind);
    return bytes;
}

void Files::remember(std::string path, std::string const& bytes, std::string kind) {
    for (auto const& known : inputs_) {
        if (known.path == path) return;
    }
    inputs_.push_back({std::move(path), sha256(bytes), std::move(kind), std::nullopt});
}

}  // namespace runrate
