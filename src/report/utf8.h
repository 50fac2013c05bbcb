#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text from a scenario is bytes that anybody may have written: these make it safe to print.
namespace runrate {

inline constexpr char32_t replacement_character = 0xFFFD;

/// The first code point of a text and the bytes it takes; a malformed sequence is a replacement character.
struct CodePoint {
    char32_t value = replacement_character;
    std::size_t bytes = 1;
};

/// \pre text is not empty
CodePoint first_code_point(std::string_view text);

/// Appends a code point as UTF-8.
void append_utf8(std::string& out, char32_t code_point);

/// The text as valid UTF-8: each malformed sequence replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

/// The text as one printable line: line breaks and tabs are spaces; other control characters (terminal escapes) and
/// those that reorder text (bidirectional overrides) are U+FFFD.
std::string on_one_line(std::string_view text);

/// Terminal columns that a printable line takes: none for combining marks, two for East Asian wide characters.
std::size_t display_width(std::string_view line);

/// The line if it fits in `width` columns, else its beginning and an ellipsis. \pre width > 0
std::string cut_to(std::string_view line, std::size_t width);

}  // namespace runrate
