#include "yaml/plain.h"

namespace runrate {
namespace {

bool blank(char c) { return c == ' ' || c == '\t'; }

bool is_null_word(std::string_view text) {
    return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

/// Whether the parser may start a plain scalar here.
bool starts_plain(std::string_view text) {
    if (std::string_view{",[]{}#&*!|>'\"%@`"}.find(text[0]) != std::string_view::npos || blank(text[0])) return false;
    bool const indicator = text[0] == '-' || text[0] == '?' || text[0] == ':';
    return !indicator || (text.size() > 1 && !blank(text[1]));
}

}  // namespace

bool plain(std::string_view text, Style style) {
    if (is_null_word(text) || !starts_plain(text) || blank(text.back())) return false;
    if (style == Style::flow && text[0] == ':') return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const c = static_cast<unsigned char>(text[i]);
        char const next = i + 1 < text.size() ? text[i + 1] : ' ';
        if ((c < 0x20 && c != '\t') || c == 0x7F) return false;
        if (c == ':' && blank(next)) return false;
        if (blank(text[i]) && next == '#') return false;
        if (style == Style::flow && std::string_view{",?[]{}"}.find(text[i]) != std::string_view::npos) return false;
    }
    return true;
}

}  // namespace runrate
