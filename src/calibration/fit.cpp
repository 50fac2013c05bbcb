#include <cmath>
#include <stdexcept>

#include "benchmark/row.h"
#include "calibration/offset_fit.h"
#include "calibration/study_set.h"
#include "calibration/validation.h"
#include "engine/check_replica.h"
#include "hardware/memory.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

Measurement measurement(MeasuredLoad const& load, std::size_t number) {
    Measurement m;
    m.where = "load " + std::to_string(number);
    m.concurrency = load.concurrency;
    m.prompt_tokens = load.prompt_tokens;
    m.output_tokens = load.output_tokens;
    m.shortest_share = load.shortest_share;
    m.ttft_s = load.ttft_s;
    m.tpot_s = load.tpot_s;
    m.output_tokens_per_s = load.output_tokens_per_s;
    return m;
}

/// The loads as rows of one engine. \throws std::invalid_argument for the first that cannot be one
StudySet study_of(std::span<MeasuredLoad const> loads, Replica const& replica) {
    if (loads.empty()) throw std::invalid_argument("no load to fit to");
    kv_capacity_tokens(checked(replica));
    Benchmarks rows;
    for (auto const& load : loads) keep_row(measurement(load, rows.rows.size()), rows);
    if (!rows.skipped.empty())
        throw std::invalid_argument(rows.skipped[0].where + ": " + rows.skipped[0].rule + " " + rows.skipped[0].detail);
    StudySet set;
    set.combinations.push_back(combination_of(replica, replica.engine.name));
    for (auto& row : rows.rows) {
        if (!can_hold(replica, row))
            throw std::invalid_argument(row.where + ": its requests exceed the KV cache or the context");
        set.combinations[0].rows.push_back(set.rows.size());
        set.combination_of.push_back(0);
        set.seen.push_back(measured(row));
        set.rows.push_back(std::move(row));
    }
    return set;
}

/// Bounds of an 80 % interval, `sign` half-widths away.
StepParameters bound(OffsetFit const& fit, double sign) {
    auto logs = fit.parameters;
    for (Eigen::Index i = 0; i < logs.size(); ++i) logs[i] += sign * t_half_width() * std::sqrt(fit.covariance(i, i));
    return from_logs(logs);
}

}  // namespace

StepFit fit(std::span<MeasuredLoad const> loads, Replica const& replica, StepParameters const& around) {
    auto const set = study_of(loads, replica);
    RowMask const all(set.rows.size(), 1);
    auto const fitted = fit_offsets(set, {to_logs(around)}, all, all, {}).front();
    StepFit result{from_logs(fitted.parameters), bound(fitted, -1), bound(fitted, 1), {}};
    for (auto const& p : predict(set, set.combinations[0], fitted.parameters, all)) {
        auto load = loads[p.row];
        auto const& here = p.stretches.front();
        if (load.ttft_s) load.ttft_s = here.ttft_s;
        if (load.tpot_s) load.tpot_s = here.tpot_s;
        if (load.output_tokens_per_s) load.output_tokens_per_s = here.output_tokens_per_s;
        result.predicted.push_back(load);
    }
    return result;
}

}  // namespace runrate
