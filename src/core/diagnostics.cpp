#include "core/diagnostics.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "core/contract.h"

namespace runrate {
namespace {

std::vector<std::string> lines_of(std::string const& text) {
    std::vector<std::string> lines;
    for (std::size_t from = 0; from <= text.size();) {
        auto const to = std::min(text.find('\n', from), text.size());
        lines.push_back(text.substr(from, to - from));
        if (!lines.back().empty() && lines.back().back() == '\r') lines.back().pop_back();
        from = to + 1;
    }
    return lines;
}

/// Optimal string alignment: insert, delete, replace, and swap of neighbours cost 1 each.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t const change = a[i - 1] == b[j - 1] ? 0 : 1;
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
            bool const swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[a.size()][b.size()];
}

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The start of the code point that a byte of the line belongs to.
std::size_t code_point_start(std::string const& line, std::size_t byte) {
    while (byte > 0 && byte < line.size() && continues_code_point(line[byte])) --byte;
    return byte;
}

/// A long line cut between characters to a window around the column, and the column in it, still in bytes.
std::pair<std::string, std::size_t> window(std::string const& line, std::size_t column) {
    constexpr std::size_t width = 160;
    if (line.size() <= width) return {line, column};
    std::size_t const centred = column > width / 2 ? std::min(column - width / 2, line.size() - width) : 0;
    std::size_t const from = code_point_start(line, centred);
    return {line.substr(from, code_point_start(line, centred + width) - from), column - from};
}

/// How many characters stand before a column: columns count bytes, a terminal shows code points. Past the end of the
/// line every column is one place.
std::size_t characters_before(std::string const& line, std::size_t column) {
    auto const bytes = std::min(column - 1, line.size());
    auto const end = line.begin() + static_cast<std::ptrdiff_t>(bytes);
    auto const inside = std::count_if(line.begin(), end, [](char c) { return !continues_code_point(c); });
    return static_cast<std::size_t>(inside) + (column - 1 - bytes);
}

/// Control characters would move the caret or the terminal.
std::string printable(std::string text) {
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return text;
}

}  // namespace

SourceId Diagnostics::add_source(std::string name, std::string text) {
    sources_.push_back({std::move(name), lines_of(text)});
    return sources_.size() - 1;
}

void Diagnostics::add(Severity severity, SourcePosition at, std::string message, std::string path) {
    RUNRATE_EXPECT(at.source < sources_.size());
    entries_.push_back({severity, at, printable(std::move(message)), printable(std::move(path))});
}

void Diagnostics::error(SourcePosition at, std::string message, std::string path) {
    ++errors_;
    add(Severity::error, at, std::move(message), std::move(path));
}

void Diagnostics::warning(SourcePosition at, std::string message, std::string path) {
    add(Severity::warning, at, std::move(message), std::move(path));
}

std::string Diagnostics::render(Entry const& e) const {
    auto const& source = sources_[e.at.source];
    char const* const kind = e.severity == Severity::error ? "error" : "warning";
    auto const number = static_cast<std::size_t>(e.at.line);
    if (e.at.line <= 0 || number > source.lines.size())
        return fmt::format("{}: {}: {}\n", source.name, kind, e.message);
    auto const [line, column] = window(source.lines[number - 1], static_cast<std::size_t>(std::max(e.at.column, 1)));
    auto const path = e.path.empty() ? "" : "  " + e.path;
    return fmt::format("{}:{}:{}: {}: {}\n{:5} | {}\n      | {:{}}^{}\n", source.name, e.at.line, e.at.column, kind,
                       e.message, e.at.line, printable(line), "", characters_before(line, column), path);
}

std::string Diagnostics::render(std::size_t most) const {
    auto ordered = entries_;
    std::stable_sort(ordered.begin(), ordered.end(), [](Entry const& a, Entry const& b) { return a.at < b.at; });
    std::set<std::tuple<SourcePosition, std::string>> seen;
    std::string text;
    std::size_t left_out = 0;
    for (auto const& e : ordered) {
        if (!seen.emplace(e.at, e.message).second) continue;
        if (seen.size() > most) {
            ++left_out;
            continue;
        }
        text += render(e);
    }
    if (left_out > 0) text += fmt::format("... and {} more\n", left_out);
    return text;
}

std::string nearest(std::string_view word, std::span<std::string const> known) {
    std::size_t best = std::min<std::size_t>(3, std::max<std::size_t>(1, word.size() / 3)) + 1;
    if (word.size() > 64) return {};
    std::string found;
    constexpr std::size_t most = 500;  // every word of a hostile file may ask
    for (auto const& candidate : known.first(std::min(known.size(), most))) {
        auto const distance = edit_distance(word, candidate);
        if (distance < best) {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

}  // namespace runrate
