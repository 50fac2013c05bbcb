#pragma once

#include <string>
#include <string_view>

namespace runrate {

enum class Paint { plain, bold, dim, red, green, yellow };

/// The text in a terminal colour (ANSI SGR).
inline std::string painted(std::string_view text, Paint paint) {
    char const* code = "";
    switch (paint) {
        case Paint::plain: return std::string{text};
        case Paint::bold: code = "1"; break;
        case Paint::dim: code = "2"; break;
        case Paint::red: code = "31"; break;
        case Paint::green: code = "32"; break;
        case Paint::yellow: code = "33"; break;
    }
    return "\x1b[" + std::string{code} + "m" + std::string{text} + "\x1b[0m";
}

}  // namespace runrate
