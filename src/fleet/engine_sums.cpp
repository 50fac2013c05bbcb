#include "fleet/engine_sums.h"

#include <algorithm>

#include "core/time.h"

namespace runrate {
namespace {

void add_times(EngineTimes& sum, EngineTimes const& t) {
    using T = EngineTimes;
    for (auto const part :
         {&T::compute, &T::weights, &T::attention, &T::kv, &T::communication, &T::overhead, &T::draft})
        sum.*part += t.*part;
}

}  // namespace

void EngineSums::add(EngineTotals const& t) {
    using T = EngineTotals;
    for (auto const count : {&T::requests, &T::refused, &T::iterations, &T::prompt_tokens, &T::computed_tokens,
                             &T::cached_tokens, &T::output_tokens, &T::preemptions})
        sums_.*count += t.*count;
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
