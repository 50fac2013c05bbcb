#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "rows/byte_source.h"

namespace runrate {

/// The records of a text, one at a time, whatever its length: lines, CSV records, or the objects of a JSON array.
///
/// A view holds until the next call. A byte order mark at the beginning and `\r` before a line's end are left out.
/// \throws InputError for a record beyond longest_record
class Records {
public:
    explicit Records(ByteSource source);

    /// What the text begins with: its first line, at least the beginning of it. Nothing is consumed.
    std::string_view beginning();

    std::optional<std::string_view> line();
    /// A line, and those that follow it while a quote is open.
    std::optional<std::string_view> csv_record();
    /// The next object of an array, or of `{"data": [...]}`. \throws InputError where something else stands there or
    /// the array does not end
    std::optional<std::string_view> object_of_array();

    /// Where the last record begins.
    [[nodiscard]] std::int64_t line_number() const { return line_; }
    [[nodiscard]] std::string const& name() const { return source_.name(); }

    /// Goes back behind the first line of the last CSV record: a lost quote costs one line then, not the rest.
    void retry_after_first_line();

    static constexpr std::size_t longest_record = std::size_t{16} << 20;  ///< bytes

private:
    bool fill();
    bool reach(std::size_t bytes);
    bool skip_space();
    std::optional<std::string_view> take(std::size_t length, std::size_t separator, std::int64_t lines);
    std::size_t find_line_end(std::size_t from);
    std::size_t closing_bracket(int depth, std::int64_t& lines);
    void open_array();
    void close_array();
    [[noreturn]] void fail(std::string_view message) const;
    [[nodiscard]] std::string_view left() const { return {buffer_.data() + begin_, end_ - begin_}; }

    ByteSource source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0, end_ = 0;  ///< what of the buffer is not yet consumed
    std::size_t record_ = 0;           ///< where in the buffer the last record begins
    bool at_end_ = false;
    bool in_array_ = false, in_page_ = false, array_ended_ = false;
    std::int64_t line_ = 0, next_line_ = 1;
};

}  // namespace runrate
