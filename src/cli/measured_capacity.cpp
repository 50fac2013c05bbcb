#include "cli/measured_capacity.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/stated_capacity.h"

namespace runrate {
namespace {

/// Throughput of a row, in the tokens that the capacity counts.
struct MeasuredThroughput {
    std::size_t row = 0;
    double tokens_per_s = 0;
    bool saturated = false;  ///< measured with as many requests in flight as the engine takes
};

/// Output tokens per second: as measured, else of a closed loop by Little's law from its latencies. Nothing where the
/// arrivals decide it.
std::optional<double> output_per_s(Measurement const& m) {
    if (m.protocol == Protocol::open_loop || m.protocol == Protocol::request_log) return std::nullopt;
    if (m.output_tokens_per_s) return m.output_tokens_per_s;
    if (!m.ttft_s || !m.tpot_s) return std::nullopt;
    double const output = m.output_tokens * (1 + m.shortest_share) / 2;
    return m.concurrency * output / (*m.ttft_s + (output - 1) * *m.tpot_s);
}

std::vector<MeasuredThroughput> throughputs(StudySet const& set, StatedCapacity::Of of) {
    std::vector<MeasuredThroughput> all;
    for (std::size_t i = 0; i < set.rows.size(); ++i) {
        auto const& m = set.rows[i];
        auto const output = output_per_s(m);
        if (!output) continue;
        double const counted = of == StatedCapacity::Of::total ? 1 + m.prompt_tokens / m.output_tokens : 1;
        all.push_back({i, *output * counted, m.protocol == Protocol::saturated});
    }
    return all;
}

std::string_view verdict_of(std::vector<CapacityLevel> const& levels, double most) {
    if (levels.back().tokens_per_s <= most) return "within what was measured";
    if (levels.front().tokens_per_s > most) return "more than was measured";
    return "in part more than was measured";
}

double stated(std::vector<CapacityLevel> const& levels) { return levels[levels.size() / 2].tokens_per_s; }

FlatTable most_table(StudySet const& set, std::vector<MeasuredThroughput> const& all,
                     std::vector<CapacityLevel> const& levels) {
    FlatTable table{"capacity", {"combination", "rows", "load_of_most", "most_measured", "stated"}, {}};
    if (levels.size() > 1) table.columns.insert(table.columns.end(), {"stated_low", "stated_high"});
    table.columns.insert(table.columns.end(), {"stated_of_most", "verdict"});
    for (std::size_t c = 0; c < set.combinations.size(); ++c) {
        std::vector<MeasuredThroughput> own;
        for (auto const& m : all)
            if (set.combination_of[m.row] == c) own.push_back(m);
        if (own.empty()) continue;
        auto const most = *std::max_element(
            own.begin(), own.end(), [](auto const& a, auto const& b) { return a.tokens_per_s < b.tokens_per_s; });
        std::vector<FlatCell> row{text_cell(set.combinations[c].name), FlatCell{static_cast<std::int64_t>(own.size())},
                                  text_cell(load_of(set.rows[most.row])), rounded(most.tokens_per_s),
                                  rounded(stated(levels))};
        if (levels.size() > 1) {
            row.push_back(rounded(levels.front().tokens_per_s));
            row.push_back(rounded(levels.back().tokens_per_s));
        }
        row.push_back(percent_cell(stated(levels) / most.tokens_per_s));
        row.push_back(text_cell(verdict_of(levels, most.tokens_per_s)));
        table.rows.push_back(std::move(row));
    }
    return table;
}

FlatTable rows_of(StudySet const& set, std::vector<MeasuredThroughput> const& all, double stated) {
    FlatTable table{
        "rows", {"where", "combination", "load", "saturated", "measured", "stated", "stated_of_measured"}, {}};
    for (auto const& m : all)
        table.rows.push_back({text_cell(place_of(set.rows[m.row])),
                              text_cell(set.combinations[set.combination_of[m.row]].name),
                              text_cell(load_of(set.rows[m.row])), FlatCell{std::int64_t{m.saturated}},
                              rounded(m.tokens_per_s), rounded(stated), percent_cell(stated / m.tokens_per_s)});
    return table;
}

}  // namespace

TitledTables measured_capacity_tables(StudySet const& set, ChosenPool const& chosen) {
    auto const levels = capacity_levels(chosen, 1);
    auto const all = throughputs(set, std::get<StatedCapacity>(chosen.pool.speed).of);
    auto const title = fmt::format(
        "{} a second of a replica: the most that was measured of each engine, at the load "
        "where it was, and what pool '{}' states (in % of it)",
        counted_tokens(chosen.pool), chosen.pool.name);
    return {{title, most_table(set, all, levels)}, {"", rows_of(set, all, stated(levels))}};
}

}  // namespace runrate
