#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "cli/program.h"

namespace runrate {

/// A file that grows under another name beside its own and takes its own when it is whole: a run that breaks off leaves
/// nothing. What is no file but a device or a pipe is written to as it is.
class GrowingFile {
public:
    /// \throws std::runtime_error naming the file and the reason; so do write() and finish()
    explicit GrowingFile(std::filesystem::path const&);
    GrowingFile(GrowingFile const&) = delete;
    GrowingFile& operator=(GrowingFile const&) = delete;
    ~GrowingFile();

    void write(std::string_view bytes);
    void finish();

private:
    void flush();
    [[noreturn]] void fail(char const* what) const;

    std::filesystem::path path_;
    bool beside_ = true;  ///< grows under another name
    std::string name_;    ///< under which it grows
    std::string buffer_;
    int file_ = -1;
};

/// Writes bytes under a name that never shows half a file: a temporary beside it, flushed to disk, then renamed.
/// \throws std::runtime_error naming the file and the reason; the temporary is removed then
void write_whole(std::filesystem::path const&, std::string_view bytes);

/// Writes to the file, or to standard output when there is none. \throws std::runtime_error when it cannot be written
void deliver(std::string const& file, std::string_view bytes, Surroundings&);

}  // namespace runrate
