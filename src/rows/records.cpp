#include "rows/records.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/diagnostics.h"

namespace runrate {
namespace {

constexpr std::size_t chunk = std::size_t{1} << 18;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view without_return(std::string_view line) {
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

bool odd_quotes(char const* from, char const* to) { return std::count(from, to, '"') % 2 != 0; }

}  // namespace

Records::Records(ByteSource source) : source_{std::move(source)}, buffer_(2 * chunk) {
    if (reach(byte_order_mark.size()) && left().starts_with(byte_order_mark)) begin_ += byte_order_mark.size();
}

void Records::fail(std::string_view message) const {
    throw InputError(fmt::format("{}:{}: error: {}\n", name(), next_line_, message));
}

/// Reads more behind what is left; false at the end of the text.
bool Records::fill() {
    if (at_end_) return false;
    if (end_ - begin_ > longest_record)
        fail(fmt::format("a record is longer than {} MiB (is a quote or a bracket never closed?)",
                         longest_record >> 20));
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (buffer_.size() - end_ < chunk) buffer_.resize(2 * buffer_.size());
    auto const n = source_.read(buffer_.data() + end_, chunk);
    end_ += n;
    at_end_ = n == 0;
    return n > 0;
}

/// Whether that many bytes are left, after reading what is needed.
bool Records::reach(std::size_t bytes) {
    while (end_ - begin_ < bytes) {
        if (!fill()) return false;
    }
    return true;
}

std::string_view Records::beginning() {
    while (left().find_first_not_of(" \t\r\n") == std::string_view::npos && fill()) {}
    auto const text = left();
    auto const first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    while (left().find('\n', first) == std::string_view::npos && left().size() < chunk && fill()) {}
    auto const all = left().substr(first);
    return without_return(all.substr(0, std::min(all.find('\n'), all.size())));
}

/// Consumes a record and what separates it from the next.
std::optional<std::string_view> Records::take(std::size_t length, std::size_t separator, std::int64_t lines) {
    record_ = begin_;
    std::string_view const record{buffer_.data() + begin_, length};
    begin_ += length + separator;
    line_ = next_line_;
    next_line_ += lines;
    return record;
}

/// The offset of the next line's end from what is left; npos at the end of the text.
std::size_t Records::find_line_end(std::size_t from) {
    for (;;) {
        auto const text = left();
        auto const at = text.find('\n', from);
        if (at != std::string_view::npos) return at;
        from = text.size();
        if (!fill()) return std::string_view::npos;
    }
}

std::optional<std::string_view> Records::line() {
    auto const end = find_line_end(0);
    if (end != std::string_view::npos) return without_return(*take(end, 1, 1));
    if (left().empty()) return std::nullopt;
    return without_return(*take(left().size(), 0, 1));
}

std::optional<std::string_view> Records::csv_record() {
    std::size_t counted = 0;
    std::int64_t lines = 0;
    bool open = false;
    for (;;) {
        auto const end = find_line_end(counted);
        if (end == std::string_view::npos) {
            if (left().empty()) return std::nullopt;
            return without_return(*take(left().size(), 0, lines + 1));
        }
        ++lines;
        open ^= odd_quotes(left().data() + counted, left().data() + end);
        counted = end + 1;
        if (!open) return without_return(*take(end, 1, lines));
    }
}

void Records::retry_after_first_line() {
    std::string_view const record{buffer_.data() + record_, begin_ - record_};
    auto const end = record.find('\n');
    if (end == std::string_view::npos) return;
    begin_ = record_ + end + 1;
    next_line_ = line_ + 1;
}

/// Consumes white space; false at the end of the text.
bool Records::skip_space() {
    while (reach(1)) {
        char const c = buffer_[begin_];
        if (!is_space(c)) return true;
        next_line_ += c == '\n' ? 1 : 0;
        ++begin_;
    }
    return false;
}

/// Consumes the bracket that opens the array, with the `{"data":` that pages of the API put around it.
void Records::open_array() {
    in_array_ = true;
    if (skip_space() && buffer_[begin_] == '{') {
        in_page_ = true;
        ++begin_;
        skip_space();
        constexpr std::string_view key = "\"data\"";
        if (!reach(key.size()) || !left().starts_with(key)) fail("is no array of objects");
        begin_ += key.size();
        if (!skip_space() || buffer_[begin_] != ':') fail("is no array of objects");
        ++begin_;
    }
    if (!skip_space() || buffer_[begin_] != '[') fail("is no array of objects");
    ++begin_;
}

/// Bytes until `depth` open brackets, and those that follow, are closed; brackets in strings do not count. \throws
/// InputError when they are not
std::size_t Records::closing_bracket(int depth, std::int64_t& lines) {
    bool in_string = false, escaped = false;
    for (std::size_t i = 0;; ++i) {
        if (i == left().size() && !fill()) fail("the array does not end (is the file cut off?)");
        char const c = buffer_[begin_ + i];
        lines += c == '\n' ? 1 : 0;
        if (in_string) {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return i + 1;
        }
    }
}

/// Consumes the bracket that closes the array, and what a page says after its rows (`, "total": 3}`).
void Records::close_array() {
    array_ended_ = true;
    ++begin_;
    std::int64_t lines = 0;
    if (in_page_) begin_ += closing_bracket(1, lines);
    next_line_ += lines;
    if (skip_space()) fail("text stands after the end of the array (one array a file)");
}

std::optional<std::string_view> Records::object_of_array() {
    if (array_ended_) return std::nullopt;
    bool const first = !in_array_;
    if (first) open_array();
    if (!skip_space()) fail("the array does not end (is the file cut off?)");
    if (buffer_[begin_] == ']') return close_array(), std::nullopt;
    if (!first) {
        if (buffer_[begin_] != ',') fail("expected ',' or ']' after an object of the array");
        ++begin_;
        if (!skip_space()) fail("the array does not end (is the file cut off?)");
    }
    if (buffer_[begin_] != '{') fail("expected an object (a row of the array)");
    std::int64_t lines = 0;
    auto const length = closing_bracket(0, lines);
    return take(length, 0, lines);
}

}  // namespace runrate
