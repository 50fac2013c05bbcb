#include "report/option_table.h"

#include <algorithm>
#include <numeric>

#include "core/contract.h"
#include "report/utf8.h"

namespace runrate {
namespace {

constexpr std::size_t label_gap = 2, cell_gap = 1, option_gap = 3, narrowest_label = 10;
constexpr std::size_t widest_forced_by_name = 16;  // a longer name of an option is cut to its figures

/// Names come from the scenario: whatever they hold, a cell stays on its line.
OptionTable printable(OptionTable table) {
    auto const clean = [](std::vector<std::string>& texts) {
        for (auto& text : texts) text = on_one_line(text);
    };
    clean(table.options);
    for (auto& row : table.rows) {
        clean(row.labels);
        for (auto& group : row.cells) clean(group);
    }
    return table;
}

std::size_t padding(std::string_view text, std::size_t width) {
    auto const taken = display_width(text);
    return taken < width ? width - taken : 0;
}

struct Widths {
    std::vector<std::size_t> labels, cells;
    std::size_t group = 0;  ///< of one option, with the gaps inside it
};

Widths widths_of(OptionTable const& table) {
    Widths widths{std::vector<std::size_t>(table.label_columns), std::vector<std::size_t>(table.group_columns)};
    auto const widen = [](std::size_t& width, std::string const& text) {
        width = std::max(width, display_width(text));
    };
    for (auto const& row : table.rows) {
        RUNRATE_EXPECT(row.labels.size() == table.label_columns && row.cells.size() == table.options.size());
        for (std::size_t i = 0; i < row.labels.size(); ++i) widen(widths.labels[i], row.labels[i]);
        for (auto const& group : row.cells) {
            RUNRATE_EXPECT(group.size() == table.group_columns);
            for (std::size_t i = 0; i < group.size(); ++i) widen(widths.cells[i], group[i]);
        }
    }
    widths.group = std::accumulate(widths.cells.begin(), widths.cells.end(), cell_gap * (table.group_columns - 1));
    for (auto const& option : table.options) widen(widths.group, cut_to(option, widest_forced_by_name));
    return widths;
}

/// The first label column gives way, so that one option fits, or two when there are two.
void cut_labels(Widths& widths, std::size_t options, std::size_t width) {
    auto const labels = std::accumulate(widths.labels.begin(), widths.labels.end(), label_gap * widths.labels.size());
    auto const fixed = labels - widths.labels.front();
    for (auto side_by_side = std::min<std::size_t>(options, 2); side_by_side > 0; --side_by_side) {
        auto const needed = fixed + side_by_side * (widths.group + option_gap) - option_gap;
        if (needed + std::min(narrowest_label, widths.labels.front()) > width && side_by_side > 1) continue;
        auto const left = width > needed ? width - needed : 0;
        widths.labels.front() = std::min(widths.labels.front(), std::max(left, narrowest_label));
        return;
    }
}

std::string labels_in(std::vector<std::string> const& labels, Widths const& widths) {
    std::string line;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        auto const width = widths.labels[i];
        auto const text = width == 0 ? std::string{} : cut_to(labels[i], width);
        line += (i == 0 ? left_in(text, width) : right_in(text, width)) + std::string(label_gap, ' ');
    }
    return line;
}

std::string group_in(std::vector<std::string> const& cells, Widths const& widths) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line += std::string(cell_gap, ' ');
        line += right_in(cells[i], widths.cells[i]);
    }
    return right_in(line, widths.group);
}

std::string without_trailing_spaces(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

/// One strip of options that fit beside each other.
void add_strip(std::vector<std::string>& lines, OptionTable const& table, Widths const& widths, std::size_t from,
               std::size_t to) {
    auto const joined = [&](std::string line, auto const& group) {
        for (auto i = from; i < to; ++i) line += (i > from ? std::string(option_gap, ' ') : "") + group(i);
        return without_trailing_spaces(line);
    };
    auto const head = labels_in(std::vector<std::string>(table.label_columns), widths);
    lines.push_back(joined(head, [&](std::size_t i) {
        return left_in(cut_to(table.options[i], std::max<std::size_t>(widths.group, 1)), widths.group);
    }));
    for (auto const& row : table.rows) {
        lines.push_back(
            joined(labels_in(row.labels, widths), [&](std::size_t i) { return group_in(row.cells[i], widths); }));
    }
}

}  // namespace

std::string left_in(std::string_view text, std::size_t width) {
    return std::string{text} + std::string(padding(text, width), ' ');
}

std::string right_in(std::string_view text, std::size_t width) {
    return std::string(padding(text, width), ' ') + std::string{text};
}

std::vector<std::string> lines_of(OptionTable const& any_table, std::size_t width) {
    RUNRATE_EXPECT(any_table.label_columns > 0 && any_table.group_columns > 0);
    auto const table = printable(any_table);
    Widths widths = widths_of(table);
    cut_labels(widths, table.options.size(), width);
    auto const labels = std::accumulate(widths.labels.begin(), widths.labels.end(), label_gap * widths.labels.size());
    auto const room = width > labels ? width - labels + option_gap : 0;
    auto const abreast = std::max<std::size_t>(1, room / (widths.group + option_gap));
    std::vector<std::string> lines;
    for (std::size_t from = 0; from < table.options.size(); from += abreast) {
        add_strip(lines, table, widths, from, std::min(from + abreast, table.options.size()));
    }
    return lines;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    std::string line;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        std::string const word{text.substr(0, end)};
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
            lines.push_back(line);
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    if (!line.empty()) lines.push_back(line);
    return lines;
}

}  // namespace runrate
