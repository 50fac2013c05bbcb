#include "cli/output.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <ostream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace runrate {
namespace {

/// A file being written, closed and removed unless it is kept.
class Temporary {
public:
    explicit Temporary(std::string name)
        : name_{std::move(name)}, file_{::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)} {
        if (file_ < 0) fail("cannot be created");
    }
    Temporary(Temporary const&) = delete;
    Temporary& operator=(Temporary const&) = delete;
    ~Temporary() {
        if (file_ >= 0) ::close(file_);
        if (!kept_) ::unlink(name_.c_str());
    }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            auto const n = ::write(file_, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) fail("cannot be written");
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        if (::fsync(file_) != 0 && errno != EINVAL) fail("cannot be written");
    }

    void become(std::filesystem::path const& final_name) {
        if (::close(std::exchange(file_, -1)) != 0) fail("cannot be written");
        std::error_code failed;
        std::filesystem::rename(name_, final_name, failed);
        if (failed)
            throw std::runtime_error(fmt::format("'{}' cannot be written ({})", final_name.string(), failed.message()));
        kept_ = true;
    }

private:
    [[noreturn]] void fail(char const* what) const {
        throw std::runtime_error(fmt::format("'{}' {} ({})", name_, what, std::strerror(errno)));
    }

    std::string name_;
    int file_;
    bool kept_ = false;
};

/// Into what is no file but a device or a pipe: it stays what it is.
void write_through(std::filesystem::path const& path, std::string_view bytes) {
    std::ofstream out{path, std::ios::binary | std::ios::app};
    out << bytes << std::flush;
    if (!out) throw std::runtime_error(fmt::format("'{}' cannot be written", path.string()));
}

}  // namespace

void write_whole(std::filesystem::path const& path, std::string_view bytes) {
    std::error_code none;
    auto const status = std::filesystem::status(path, none);  // of what a link points to
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) return write_through(path, bytes);
    auto const file = std::filesystem::is_symlink(path, none) ? std::filesystem::weakly_canonical(path, none) : path;
    Temporary temporary{fmt::format("{}.{}.part", file.string(), ::getpid())};
    temporary.write(bytes);
    temporary.become(file);
}

void deliver(std::string const& file, std::string_view bytes, Surroundings& around) {
    if (!file.empty() && file != "-") return write_whole(file, bytes);
    around.out << bytes << std::flush;
    if (!around.out) throw std::runtime_error("standard output cannot be written");
}

}  // namespace runrate
