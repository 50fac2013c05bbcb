#include "cli/output.h"

#include <cerrno>
#include <cstring>
#include <ostream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace runrate {
namespace {

constexpr std::size_t buffered = std::size_t{1} << 16;

/// Whether it is there and no file: a device, a pipe.
bool is_device(std::filesystem::path const& path) {
    std::error_code none;
    auto const status = std::filesystem::status(path, none);  // of what a link points to
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

std::filesystem::path behind_links(std::filesystem::path const& path) {
    std::error_code none;
    return std::filesystem::is_symlink(path, none) ? std::filesystem::weakly_canonical(path, none) : path;
}

}  // namespace

GrowingFile::GrowingFile(std::filesystem::path const& path)
    : path_{behind_links(path)}, beside_{!is_device(path)}, name_{path.string()} {
    if (beside_) name_ = fmt::format("{}.{}.part", path_.string(), ::getpid());
    auto const how = beside_ ? O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC : O_WRONLY | O_APPEND | O_CLOEXEC;
    file_ = ::open(name_.c_str(), how, 0644);
    if (file_ < 0) fail(beside_ ? "cannot be created" : "cannot be written");
}

GrowingFile::~GrowingFile() {
    if (file_ < 0) return;
    ::close(file_);
    if (beside_) ::unlink(name_.c_str());
}

void GrowingFile::write(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= buffered) flush();
}

void GrowingFile::flush() {
    std::string_view left = buffer_;
    while (!left.empty()) {
        auto const n = ::write(file_, left.data(), left.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail("cannot be written");
        left.remove_prefix(static_cast<std::size_t>(n));
    }
    buffer_.clear();
}

void GrowingFile::finish() {
    flush();
    if (beside_ && ::fsync(file_) != 0 && errno != EINVAL) fail("cannot be written");
    bool const closed = ::close(std::exchange(file_, -1)) == 0;
    auto const fault = errno;
    if (!beside_ && closed) return;
    std::error_code failed;
    if (closed) std::filesystem::rename(name_, path_, failed);
    if (closed && !failed) return;
    if (beside_) ::unlink(name_.c_str());
    throw std::runtime_error(
        fmt::format("'{}' cannot be written ({})", path_.string(), closed ? failed.message() : std::strerror(fault)));
}

void GrowingFile::fail(char const* what) const {
    throw std::runtime_error(fmt::format("'{}' {} ({})", name_, what, std::strerror(errno)));
}

void write_whole(std::filesystem::path const& path, std::string_view bytes) {
    GrowingFile file{path};
    file.write(bytes);
    file.finish();
}

void deliver(std::string const& file, std::string_view bytes, Surroundings& around) {
    if (!file.empty() && file != "-") return write_whole(file, bytes);
    around.out << bytes << std::flush;
    if (!around.out) throw std::runtime_error("standard output cannot be written");
}

}  // namespace runrate
