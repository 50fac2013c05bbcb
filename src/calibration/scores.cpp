#include "calibration/scores.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "stat/elementary.h"

namespace runrate {
namespace {

/// Requests per second of a slot, from one request's time.
double loop_rate(Seen const& s, double output_tokens) { return 1 / (s.ttft_s + (output_tokens - 1) * s.tpot_s); }

}  // namespace

double Comparison::log_error() const { return real::log(predicted / measured); }
double Comparison::ape() const { return std::abs(predicted / measured - 1); }

std::vector<Comparison> compare(StudySet const& set, std::vector<Prediction> const& predictions) {
    std::vector<Comparison> out;
    auto const add = [&](std::size_t row, Figure f, double predicted, double seen) {
        if (seen > 0) out.push_back({row, f, predicted, seen});
    };
    for (auto const& p : predictions) {
        auto const& row = set.rows[p.row];
        for (std::size_t i = 0; i < set.seen[p.row].size() && i < p.stretches.size(); ++i) {
            auto const& seen = set.seen[p.row][i];
            auto const& here = p.stretches[i];
            add(p.row, Figure::tpot, here.tpot_s, seen.tpot_s);
            add(p.row, Figure::ttft, here.ttft_s, seen.ttft_s);
            if (row.protocol == Protocol::closed_loop && seen.ttft_s > 0 && seen.tpot_s > 0)
                add(p.row, Figure::rate, loop_rate(here, row.output_tokens), loop_rate(seen, row.output_tokens));
            bool const alone = seen.ttft_s <= 0 && seen.tpot_s <= 0;
            auto const throughput = row.protocol == Protocol::saturated ? Figure::saturated : Figure::output;
            if (alone) add(p.row, throughput, here.output_tokens_per_s, seen.output_tokens_per_s);
            if (row.protocol == Protocol::request_log) add(p.row, Figure::e2e, here.e2e_s, seen.e2e_s);
        }
    }
    return out;
}

double quantile_of(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    double const at = share * static_cast<double>(values.size() - 1);
    auto const below = static_cast<std::size_t>(at);
    auto const above = std::min(below + 1, values.size() - 1);
    return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

ErrorSummary summarise(std::vector<Comparison> const& comparisons, Figure figure) {
    std::vector<double> errors;
    for (auto const& c : comparisons)
        if (c.figure == figure) errors.push_back(c.ape());
    return {errors.size(), quantile_of(errors, 0.5), quantile_of(errors, 0.9)};
}

std::vector<CombinationError> by_combination(StudySet const& set, std::vector<Comparison> const& comparisons,
                                             Figure figure) {
    std::map<std::size_t, CombinationError> sums;
    for (auto const& c : comparisons) {
        if (c.figure != figure) continue;
        auto& sum = sums[set.combination_of[c.row]];
        sum.mean_log += c.log_error();
        ++sum.rows;
    }
    std::vector<CombinationError> out;
    for (auto& [combination, sum] : sums)
        out.push_back({combination, sum.mean_log / static_cast<double>(sum.rows), sum.rows});
    return out;
}

}  // namespace runrate
