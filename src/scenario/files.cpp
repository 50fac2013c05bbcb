#include "scenario/files.h"

#include <array>

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
