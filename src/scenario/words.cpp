#include "scenario/words.h"

#include <algorithm>
#include <sstream>

namespace runrate {

std::optional<int> minute_of_day(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    auto const digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : 99; };
    int const hour = 10 * digit(0) + digit(1);
    int const minute = 10 * digit(3) + digit(4);
    if (hour > 23 || minute > 59) return std::nullopt;
    return 60 * hour + minute;
}

std::vector<std::string> lines_of(std::string const& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> cells_of(std::string const& line) {
    std::vector<std::string> cells;
    std::size_t from = 0;
    while (from <= line.size()) {
        auto const to = std::min(line.find(',', from), line.size());
        auto const first = line.find_first_not_of(' ', from);
        auto const last = line.find_last_not_of(' ', to == 0 ? 0 : to - 1);
        cells.push_back(first >= to ? std::string{} : line.substr(first, last - first + 1));
        from = to + 1;
    }
    return cells;
}

}  // namespace runrate
