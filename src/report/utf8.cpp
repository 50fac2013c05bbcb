#include "report/utf8.h"

#include <algorithm>
#include <array>

#include "core/contract.h"

namespace runrate {
namespace {

struct Range {
    char32_t first, last;
};

template <std::size_t n>
bool contains(std::array<Range, n> const& ranges, char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(), [c](Range r) { return r.first <= c && c <= r.last; });
}

/// Blocks of nonspacing marks and joiners.
constexpr std::array<Range, 6> no_width{
    {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};

/// Blocks that Unicode's East Asian Width (UAX #11) calls wide, and pictographs.
constexpr std::array<Range, 9> wide{{{0x1100, 0x115F},
                                     {0x2E80, 0xA4CF},
                                     {0xAC00, 0xD7A3},
                                     {0xF900, 0xFAFF},
                                     {0xFE30, 0xFE6F},
                                     {0xFF00, 0xFF60},
                                     {0xFFE0, 0xFFE6},
                                     {0x1F300, 0x1FAFF},
                                     {0x20000, 0x3FFFD}}};

/// C0, DEL and C1; line and paragraph separators; embeddings, overrides and isolates.
constexpr std::array<Range, 5> unprintable{
    {{0x00, 0x1F}, {0x7F, 0x9F}, {0x2028, 0x2029}, {0x202A, 0x202E}, {0x2066, 0x2069}}};

std::size_t width_of(char32_t c) {
    if (contains(no_width, c)) return 0;
    return contains(wide, c) ? 2 : 1;
}

/// How long a sequence its first byte announces, which bits of the value that byte holds, and which second bytes are
/// well-formed (Unicode, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
struct Lead {
    std::size_t bytes;
    unsigned bits, second_from, second_to;
};

Lead lead(unsigned byte) {
    if (byte < 0x80) return {1, byte, 0, 0};
    if (byte < 0xC2 || byte > 0xF4) return {0, 0, 0, 0};
    if (byte < 0xE0) return {2, byte & 0x1Fu, 0x80, 0xBF};
    if (byte < 0xF0) return {3, byte & 0x0Fu, byte == 0xE0 ? 0xA0u : 0x80u, byte == 0xED ? 0x9Fu : 0xBFu};
    return {4, byte & 0x07u, byte == 0xF0 ? 0x90u : 0x80u, byte == 0xF4 ? 0x8Fu : 0xBFu};
}

template <class Use>
void for_each_code_point(std::string_view text, Use&& use) {
    while (!text.empty()) {
        auto const point = first_code_point(text);
        use(point.value);
        text.remove_prefix(point.bytes);
    }
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
    RUNRATE_EXPECT(!text.empty());
    auto const byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
    Lead const l = lead(byte(0));
    if (l.bytes == 0) return {};
    unsigned value = l.bits;
    for (std::size_t i = 1; i < l.bytes; ++i) {
        unsigned const from = i == 1 ? l.second_from : 0x80, to = i == 1 ? l.second_to : 0xBF;
        if (i >= text.size() || byte(i) < from || byte(i) > to) return {replacement_character, i};
        value = value << 6 | (byte(i) & 0x3Fu);
    }
    return {static_cast<char32_t>(value), l.bytes};
}

void append_utf8(std::string& out, char32_t c) {
    auto const put = [&](unsigned byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    unsigned const v = c;
    if (v < 0x80) return put(v);
    if (v < 0x800) {
        put(0xC0 | v >> 6);
    } else if (v < 0x10000) {
        put(0xE0 | v >> 12);
        put(0x80 | (v >> 6 & 0x3F));
    } else {
        put(0xF0 | v >> 18);
        put(0x80 | (v >> 12 & 0x3F));
        put(0x80 | (v >> 6 & 0x3F));
    }
    put(0x80 | (v & 0x3F));
}

std::string valid_utf8(std::string_view text) {
    std::string out;
    for_each_code_point(text, [&](char32_t c) { append_utf8(out, c); });
    return out;
}

std::string on_one_line(std::string_view text) {
    std::string out;
    for_each_code_point(text, [&](char32_t c) {
        if (c == U'\n' || c == U'\r' || c == U'\t') c = U' ';
        append_utf8(out, contains(unprintable, c) ? replacement_character : c);
    });
    return out;
}

std::size_t display_width(std::string_view line) {
    std::size_t width = 0;
    for_each_code_point(line, [&](char32_t c) { width += width_of(c); });
    return width;
}

std::string cut_to(std::string_view line, std::size_t width) {
    RUNRATE_EXPECT(width > 0);
    if (display_width(line) <= width) return std::string{line};
    std::string out;
    std::size_t used = 0;
    for (auto rest = line; !rest.empty();) {
        auto const point = first_code_point(rest);
        if (used + width_of(point.value) > width - 1) break;
        used += width_of(point.value);
        append_utf8(out, point.value);
        rest.remove_prefix(point.bytes);
    }
    append_utf8(out, U'\u2026');
    return out;
}

}  // namespace runrate
