#include "report/attribution.h"

#include <algorithm>
#include <map>
#include <set>

namespace runrate {
namespace {

/// The tag's value of each feature that has it.
std::map<std::string, std::string, std::less<>> values_of(Result const& result, std::string_view tag) {
    std::map<std::string, std::string, std::less<>> values;
    for (auto const& row : result.features) {
        if (row.tag == tag) values.emplace(row.feature, row.value);
    }
    if (!values.empty() || tag != "feature") return values;
    for (auto const& row : result.features) values.emplace(row.feature, row.feature);
    for (auto const& line : result.cost_lines) {
        if (line.feature) values.emplace(*line.feature, *line.feature);
    }
    return values;
}

}  // namespace

std::vector<Attributed> attribute(Result const& result, std::string_view tag, BillKey const& bill) {
    auto const values = values_of(result, tag);
    std::map<std::string, Amount> sums;
    for (auto const& line : result.cost_lines) {
        if (line.option != bill.option || line.scale != bill.scale || line.period != bill.period) continue;
        auto const found = line.feature ? values.find(*line.feature) : values.end();
        auto const value = !line.feature ? "(shared)" : found == values.end() ? "(untagged)" : found->second;
        auto& sum = sums[value];
        sum = sum + line.mean.value_or(Amount{});
    }
    std::vector<Attributed> parts;
    for (auto const& [value, amount] : sums) parts.push_back({value, amount});
    std::stable_sort(parts.begin(), parts.end(), [](auto const& a, auto const& b) { return a.amount > b.amount; });
    return parts;
}

std::vector<std::string> tag_names(Result const& result) {
    std::set<std::string> names;
    for (auto const& row : result.features) names.insert(row.tag);
    return {names.begin(), names.end()};
}

}  // namespace runrate
