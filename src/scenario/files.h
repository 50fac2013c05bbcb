#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bounded_file.h"

namespace runrate {

/// A file that a scenario rests on.
struct InputFile {
    std::string path;    ///< as written, relative to the scenario
    std::string sha256;  ///< of its bytes, in hex
    std::string kind;    ///< `scenario`, `price book`, `holidays`, `week`
    std::optional<std::string> as_of;
};

/// Reads the files that a scenario names, bounded in size, and remembers them for the result.
class Files {
public:
    /// \param folder  what relative names start from
    explicit Files(std::filesystem::path folder) : folder_{std::move(folder)} {}

    /// The bytes of a file; nothing, with `fault` set, when it cannot be read.
    std::optional<std::string> read(std::string const& name, std::string const& kind, std::string& fault);

    /// Notes an input that was read elsewhere.
    void remember(std::string path, std::string const& bytes, std::string kind);

    [[nodiscard]] std::filesystem::path const& folder() const { return folder_; }
    [[nodiscard]] std::vector<InputFile>& inputs() { return inputs_; }

private:
    std::filesystem::path folder_;
    std::vector<InputFile> inputs_;
};

/// SHA-256 in hex.
std::string sha256(std::string_view bytes);

inline constexpr std::size_t largest_book = std::size_t{16} << 20;  ///< bytes of a price book

}  // namespace runrate
