#include "yaml/text_check.h"

#include <algorithm>

#include <fmt/format.h>

namespace runrate {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Length of the UTF-8 sequence at the start of `rest` (RFC 3629: no overlong forms, surrogates, or values over
/// U+10FFFF); 0 where there is none.
std::size_t sequence_length(std::string_view rest) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
    auto const first = byte(0);
    if (first < 0x80) return 1;
    std::size_t const length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || rest.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    bool const overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
    bool const beyond = (first == 0xED && byte(1) > 0x9F) || (first == 0xF4 && byte(1) > 0x8F);
    return overlong || beyond ? 0 : length;
}

/// Why the character at `at` may not stand in a text; empty where it may.
std::string character_flaw(std::string_view text, std::size_t at) {
    auto const c = static_cast<unsigned char>(text[at]);
    if (c == 0) return "NUL byte";
    if (c == '\r' && text.substr(at, 2) != "\r\n") return "carriage return without line feed";
    bool const white = c == '\t' || c == '\n' || c == '\r';
    if ((c < 0x20 && !white) || c == 0x7F) return fmt::format("control character 0x{:02x}", c);
    if (at > 0 && text.substr(at, byte_order_mark.size()) == byte_order_mark) return "byte order mark inside the text";
    return {};
}

bool opens_or_separates(char c) { return c == '[' || c == '{' || c == ','; }

}  // namespace

std::optional<TextFlaw> find_flaw(std::string_view text, ReadLimits const& limits) {
    if (text.size() > limits.bytes) {
        return TextFlaw{{}, fmt::format("text of {} bytes (at most {} are read)", text.size(), limits.bytes)};
    }
    for (std::size_t at = 0; at < text.size();) {
        auto const length = sequence_length(text.substr(at));
        if (length == 0) return TextFlaw{at, "not valid UTF-8"};
        if (auto flaw = character_flaw(text, at); !flaw.empty()) return TextFlaw{at, std::move(flaw)};
        at += length;
    }
    // Each value of a flow collection costs at least one of these, so twice the nodes leaves room for prose.
    auto const most = 2 * limits.nodes;
    auto const marks = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), opens_or_separates));
    if (marks > most) return TextFlaw{{}, fmt::format("{} brackets and commas (at most {} are read)", marks, most)};
    return {};
}

SourcePosition place_of(SourceId source, std::string_view text, std::size_t offset) {
    auto const before = text.substr(0, offset);
    auto const line = std::count(before.begin(), before.end(), '\n') + 1;
    auto const start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    return {source, static_cast<int>(line), static_cast<int>(before.size() - start) + 1};
}

SourcePosition place_of_open_quote(SourceId source, std::string_view text) {
    for (char const quote : {'"', '\''}) {
        for (std::size_t from = 0; from < text.size();) {
            auto const line = text.substr(from, text.find('\n', from) - from);
            auto const quotes = std::count(line.begin(), line.end(), quote);
            if (quotes % 2 == 1) return place_of(source, text, from + line.rfind(quote));
            from += line.size() + 1;
        }
    }
    return {source, 0, 0};
}

}  // namespace runrate
