#include "rows/byte_source.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <istream>

#include <fmt/format.h>
#include <boost/iostreams/categories.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>

#include "core/diagnostics.h"

namespace runrate {
namespace {

namespace fs = std::filesystem;
namespace io = boost::iostreams;

constexpr std::streamsize chunk = 1 << 16;

std::unique_ptr<std::filebuf> opened(std::string const& file) {
    auto const fail = [&](char const* why) { throw InputError(fmt::format("{}: error: {}\n", file, why)); };
    std::error_code failed;
    auto const status = fs::status(file, failed);
    if (status.type() == fs::file_type::not_found) fail("no such file");
    if (status.type() == fs::file_type::directory) fail("is a folder (a trace is a file)");
    auto buffer = std::make_unique<std::filebuf>();
    if (!buffer->open(file, std::ios::in | std::ios::binary)) fail("cannot be opened");
    return buffer;
}

/// The compressed bytes, of which the first two have been looked at.
struct Compressed {
    using char_type = char;
    using category = io::source_tag;

    std::streambuf* from;
    std::array<char, 2> first;
    std::streamsize given = 0;

    std::streamsize read(char* to, std::streamsize most) {
        if (given < 2) {
            *to = first[static_cast<std::size_t>(given++)];
            return 1;
        }
        auto const n = from->sgetn(to, most);
        return n > 0 ? n : -1;
    }
};

}  // namespace

class ByteSource::Input {
public:
    Input(std::string const& file, std::istream& standard_input)
        : file_{file == "-" ? nullptr : opened(file)}, raw_{file_ ? file_.get() : standard_input.rdbuf()} {
        looked_ = static_cast<std::size_t>(raw_->sgetn(first_.data(), 2));
        bool const gzip = looked_ == 2 && first_[0] == '\x1f' && first_[1] == '\x8b';
        if (!gzip) return;
        chain_ = std::make_unique<io::filtering_streambuf<io::input>>();
        chain_->push(io::gzip_decompressor{io::zlib::default_window_bits, chunk}, chunk);
        chain_->push(Compressed{raw_, first_}, chunk);
    }

    std::size_t read(char* to, std::size_t most) {
        if (chain_) return static_cast<std::size_t>(chain_->sgetn(to, static_cast<std::streamsize>(most)));
        auto const from_first = std::min(most, looked_ - given_);
        std::copy_n(first_.begin() + static_cast<std::ptrdiff_t>(given_), from_first, to);
        given_ += from_first;
        auto const rest = static_cast<std::streamsize>(most - from_first);
        return from_first + static_cast<std::size_t>(raw_->sgetn(to + from_first, rest));
    }

private:
    std::unique_ptr<std::filebuf> file_;
    std::streambuf* raw_;
    std::array<char, 2> first_{};
    std::size_t looked_ = 0, given_ = 0;  ///< of `first_`
    std::unique_ptr<io::filtering_streambuf<io::input>> chain_;
};

ByteSource::ByteSource(std::string const& file, std::istream& standard_input)
    : name_{file == "-" ? "<stdin>" : file}, input_{std::make_unique<Input>(file, standard_input)} {}

ByteSource::~ByteSource() = default;
ByteSource::ByteSource(ByteSource&&) noexcept = default;
ByteSource& ByteSource::operator=(ByteSource&&) noexcept = default;

std::size_t ByteSource::read(char* to, std::size_t most) {
    try {
        return input_->read(to, most);
    } catch (io::gzip_error const&) {
        throw InputError(fmt::format("{}: error: its gzip is damaged or cut off (gzip -t says where)\n", name_));
    } catch (io::zlib_error const&) {
        throw InputError(fmt::format("{}: error: its gzip is damaged or cut off (gzip -t says where)\n", name_));
    } catch (std::ios_base::failure const&) { throw InputError(fmt::format("{}: error: cannot be read\n", name_)); }
}

}  // namespace runrate
