#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "report/figures.h"
#include "report/screen.h"

namespace runrate {
namespace {

constexpr std::size_t roles_shown = 2;
constexpr std::string_view cause_prefix = "context.";

/// A cause of context and its tokens under one option.
struct Share {
    std::string cause;
    Amount tokens;
};

/// Prompt tokens by cause over all features and roles, largest first.
std::vector<Share> context_of(Screen const& screen, std::string_view option) {
    std::vector<Share> shares;
    for (auto const& row : screen.result.usage) {
        if (row.option != option || row.scale != screen.shown.scale || row.period != screen.shown.period) continue;
        if (!row.meter.starts_with(cause_prefix) || !row.mean) continue;
        auto const cause = row.meter.substr(cause_prefix.size());
        auto found = std::find_if(shares.begin(), shares.end(), [&](Share const& s) { return s.cause == cause; });
        if (found == shares.end()) found = shares.insert(shares.end(), {cause, {}});
        found->tokens = found->tokens + Amount{std::llround(*row.mean)};
    }
    std::stable_sort(shares.begin(), shares.end(), [](auto const& a, auto const& b) { return a.tokens > b.tokens; });
    return shares;
}

std::string context_text(std::vector<Share> const& shares) {
    std::vector<Amount> tokens;
    double total = 0;
    for (auto const& share : shares) {
        tokens.push_back(share.tokens);
        total += static_cast<double>(share.tokens.millionths);
    }
    auto const percents = percentages(tokens);
    std::string text;
    for (std::size_t i = 0; i < percents.size(); ++i) {
        text += fmt::format("{}{} {}%", i == 0 ? "" : ", ", shares[i].cause, percents[i]);
    }
    return fmt::format("{} prompt tokens: {}", figure(total), text);
}

/// A line per option; options whose prompts consist of the same share one.
void add_context(Screen& screen) {
    std::vector<std::pair<std::string, std::string>> lines;  // options, text
    for (auto const& option : screen.shown.options) {
        auto const shares = context_of(screen, option);
        if (shares.empty()) continue;
        auto const text = context_text(shares);
        auto const same =
            std::find_if(lines.begin(), lines.end(), [&](auto const& line) { return line.second == text; });
        if (same == lines.end()) {
            lines.emplace_back(option, text);
        } else {
            same->first += ", " + option;
        }
    }
    for (auto const& [options, text] : lines) add_paragraph(screen, options + ": " + text);
}

struct Role {
    std::string feature;
    Text role;
};

TokensRow const* find_tokens(Result const& result, std::string_view option, Role const& role, std::string_view kind) {
    auto const found = std::find_if(result.tokens.begin(), result.tokens.end(), [&](TokensRow const& row) {
        return row.option == option && row.feature == role.feature && row.role == role.role && row.kind == kind;
    });
    return found == result.tokens.end() ? nullptr : &*found;
}

/// Prompt tokens that all options together send to a role.
double prompt_tokens(Screen const& screen, Role const& role) {
    double sum = 0;
    for (auto const& row : screen.result.usage) {
        bool const here = row.scale == screen.shown.scale && row.period == screen.shown.period;
        if (!here || row.feature != role.feature || row.role != role.role) continue;
        if (row.meter.starts_with(cause_prefix)) sum += row.mean.value_or(0);
    }
    return sum;
}

/// Roles by the prompt tokens that they are sent, most first.
std::vector<Role> roles_by_tokens(Screen const& screen) {
    std::vector<std::pair<double, Role>> found;
    for (auto const& row : screen.result.tokens) {
        if (row.kind != "prompt" || !row.role || !row.p95) continue;
        auto const same = [&](auto const& f) { return f.second.feature == row.feature && f.second.role == row.role; };
        if (std::any_of(found.begin(), found.end(), same)) continue;
        Role const role{row.feature, row.role};
        found.emplace_back(prompt_tokens(screen, role), role);
    }
    std::stable_sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
    std::vector<Role> roles;
    for (auto const& entry : found) roles.push_back(entry.second);
    return roles;
}

std::string percentiles(TokensRow const* row) {
    if (!row) return "-";
    double const unknown = std::numeric_limits<double>::quiet_NaN();
    return fmt::format("{} {} {}", figure(row->p50.value_or(unknown)), figure(row->p95.value_or(unknown)),
                       figure(row->p99.value_or(unknown)));
}

void add_percentiles(Screen& screen) {
    auto const roles = roles_by_tokens(screen);
    if (roles.empty()) return;
    OptionTable table{screen.shown.options, 1, 2, {}};
    for (std::size_t i = 0; i < std::min(roles.size(), roles_shown); ++i) {
        OptionTable::Row row{{*roles[i].role + " of " + roles[i].feature}, {}};
        for (auto const& option : table.options) {
            row.cells.push_back({percentiles(find_tokens(screen.result, option, roles[i], "prompt")) + ";",
                                 percentiles(find_tokens(screen.result, option, roles[i], "output"))});
        }
        table.rows.push_back(row);
    }
    add_table(screen, table);
}

}  // namespace

void add_tokens(Screen& screen) {
    auto const is_cause = [](UsageRow const& row) { return row.meter.starts_with(cause_prefix); };
    bool const causes = std::any_of(screen.result.usage.begin(), screen.result.usage.end(), is_cause);
    if (!causes && screen.result.tokens.empty()) return;
    add_title(screen, "Tokens: " + screen.shown.period + at_scale(screen) +
                          "; per call p50 p95 p99 of the prompt; of the output");
    add_context(screen);
    add_percentiles(screen);
}

}  // namespace runrate
