#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/format.h>

#include "report/attribution.h"
#include "report/figures.h"
#include "report/screen.h"

namespace runrate {
namespace {

constexpr std::size_t lines_shown = 6;

/// Named amounts of one option that sum to its bill.
using Parts = std::map<std::string, Amount>;

std::string label_of(CostLineRow const& line) {
    return line.group == line.line || line.group.empty() ? line.line : line.group + ": " + line.line;
}

Parts parts_of(Screen const& screen, std::string_view option) {
    Parts parts;
    for (auto const& line : screen.result.cost_lines) {
        if (line.option != option || line.scale != screen.shown.scale || line.period != screen.shown.period) continue;
        auto& sum = parts[label_of(line)];
        sum = sum + line.mean.value_or(Amount{});
    }
    return parts;
}

/// Names by their largest amount under any option, largest first; what is taken off counts by its size.
std::vector<std::string> names_by_size(std::vector<Parts> const& options) {
    Parts largest;
    for (auto const& parts : options) {
        for (auto const& [name, amount] : parts) {
            Amount const size{std::abs(amount.millionths)};
            auto& most = largest.emplace(name, size).first->second;
            most = std::max(most, size);
        }
    }
    std::vector<std::string> names;
    for (auto const& entry : largest) names.push_back(entry.first);
    std::stable_sort(names.begin(), names.end(), [&](auto const& a, auto const& b) { return largest[a] > largest[b]; });
    return names;
}

/// All but the first few names go into one remainder, so that the shares shown add to 100 %.
void gather_rest(std::vector<Parts>& options, std::vector<std::string>& names) {
    if (names.size() <= lines_shown) return;
    std::vector<std::string> const rest(names.begin() + lines_shown - 1, names.end());
    auto const label = fmt::format("({} smaller)", rest.size());
    for (auto& parts : options) {
        Amount sum;
        for (auto const& name : rest) {
            if (auto const found = parts.find(name); found != parts.end()) sum = sum + found->second;
        }
        parts[label] = sum;
    }
    names.resize(lines_shown - 1);
    names.push_back(label);
}

/// Amount and share of each name, for one option; a name that it lacks has neither.
std::vector<std::vector<std::string>> cells_of(Parts const& parts, std::vector<std::string> const& names,
                                               std::string const& currency) {
    std::vector<Amount> amounts;
    for (auto const& name : names) {
        auto const found = parts.find(name);
        amounts.push_back(found == parts.end() ? Amount{} : found->second);
    }
    auto const shares = percentages(amounts);
    std::vector<std::vector<std::string>> cells;
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto const share = shares.empty() ? std::string{} : fmt::format("{}%", shares[i]);
        cells.push_back(parts.contains(names[i]) ? std::vector{money(amounts[i], currency), share}
                                                 : std::vector<std::string>{"-", ""});
    }
    return cells;
}

OptionTable parts_table(Screen const& screen, std::vector<Parts> options) {
    auto names = names_by_size(options);
    gather_rest(options, names);
    OptionTable table{screen.shown.options, 1, 2, {}};
    for (auto const& name : names) table.rows.push_back({{name}, {}});
    for (auto const& parts : options) {
        auto const cells = cells_of(parts, names, screen.result.currency);
        for (std::size_t i = 0; i < names.size(); ++i) table.rows[i].cells.push_back(cells[i]);
    }
    return table;
}

void add_by_tag(Screen& screen, std::string const& tag) {
    std::vector<Parts> options;
    for (auto const& option : screen.shown.options) {
        Parts parts;
        for (auto const& part : attribute(screen.result, tag, {option, screen.shown.scale, screen.shown.period})) {
            parts.emplace(part.value, part.amount);
        }
        options.push_back(parts);
    }
    add_title(screen, "By " + tag + ": " + screen.shown.period + at_scale(screen) + ", mean and share");
    add_table(screen, parts_table(screen, options));
}

}  // namespace

void add_lines(Screen& screen) {
    std::vector<Parts> options;
    for (auto const& option : screen.shown.options) options.push_back(parts_of(screen, option));
    if (std::all_of(options.begin(), options.end(), [](Parts const& parts) { return parts.empty(); })) return;
    add_title(screen, "What it consists of: " + screen.shown.period + at_scale(screen) + ", mean and share");
    add_table(screen, parts_table(screen, options));
    if (screen.settings.by_tag) add_by_tag(screen, *screen.settings.by_tag);
}

}  // namespace runrate
