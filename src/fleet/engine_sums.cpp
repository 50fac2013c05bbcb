#include "fleet/engine_sums.h"

#include <algorithm>

#include "core/time.h"

namespace runrate {
namespace {

void add_times(EngineTimes& sum, EngineTimes const& t) {
    sum.compute += t.compute;
    sum.weights += t.weights;
    sum.attention += t.attention;
    sum.kv += t.kv;
    sum.communication += t.communication;
    sum.overhead += t.overhead;
    sum.draft += t.draft;
}

}  // namespace

void EngineSums::add(EngineTotals const& t) {
    sums_.requests += t.requests;
    sums_.refused += t.refused;
    sums_.iterations += t.iterations;
    sums_.prompt_tokens += t.prompt_tokens;
    sums_.computed_tokens += t.computed_tokens;
    sums_.cached_tokens += t.cached_tokens;
    sums_.output_tokens += t.output_tokens;
    sums_.preemptions += t.preemptions;
    sums_.busy += t.busy;
    sums_.kv_full += t.kv_full;
    sums_.end = std::max(sums_.end, t.end);
    sums_.kv_capacity_tokens = std::max(sums_.kv_capacity_tokens, t.kv_capacity_tokens);
    sums_.kv_peak_tokens = std::max(sums_.kv_peak_tokens, t.kv_peak_tokens);
    double const busy_s = to_seconds(t.busy);
    busy_s_ += busy_s;
    kv_time_ += busy_s * t.kv_mean_tokens;
    running_time_ += busy_s * t.running_mean;
    add_times(sums_.times, t.times);
}

EngineTotals EngineSums::totals() const {
    auto t = sums_;
    if (busy_s_ > 0) {
        t.kv_mean_tokens = kv_time_ / busy_s_;
        t.running_mean = running_time_ / busy_s_;
    }
    return t;
}

}  // namespace runrate
