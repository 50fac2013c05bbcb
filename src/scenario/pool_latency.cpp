#include <algorithm>

#include "calibration/protocol.h"
#include "engine/drive.h"
#include "scenario/pools.h"
#include "scenario/scenario.h"

namespace runrate {
namespace {

/// A load to name a latency by where none is known yet: replicas as full as the autoscaler wants them, of requests as
/// chats make them.
constexpr std::int64_t usual_in_flight = 8, usual_prompt = 1000, usual_output = 200, waves = 4;

struct Latency {
    double ttft_s = 0, tokens_per_s = 0;
};

Latency usual_latency(Pool const& pool) {
    auto const* known = std::get_if<CalibratedSpeed>(&pool.speed);
    if (!known) return {};
    auto const in_flight =
        pool.fleet.autoscale ? std::max<std::int64_t>(1, std::llround(pool.fleet.autoscale->aim())) : usual_in_flight;
    ReplicaEngine engine{pool.replica, known->speed.parameters};
    EngineMeans sum;
    double served = 0;
    drive_closed_loop(
        engine, in_flight, waves * in_flight,
        [](std::int64_t) { return EngineRequest{.prompt_tokens = usual_prompt, .output_tokens = usual_output}; },
        [&](EngineOutcome const& o) {
            if (o.refusal != Refusal::none) return;
            ++served;
            sum.ttft_s += to_seconds(o.first_token - o.arrival);
            sum.e2e_s += to_seconds(o.finished - o.arrival);
        });
    if (served == 0) return {};
    EngineMeans mean{.ttft_s = sum.ttft_s / served,
                     .tpot_s = (sum.e2e_s - sum.ttft_s) / served / (usual_output - 1),
                     .e2e_s = sum.e2e_s / served,
                     .prompt_tokens = usual_prompt,
                     .output_tokens = usual_output};
    auto const seen = seen_by_client(mean, known->speed.parameters);
    return {seen.ttft_s, 1 / seen.tpot_s};
}

}  // namespace

void set_usual_latency(Scenario& s) {
    for (std::size_t t = 0; t < s.targets.size(); ++t) {
        auto const pool = s.pool_of(TargetId{t});
        if (!pool) continue;
        auto const latency = usual_latency(s.pools[*pool]);
        s.targets[t].ttft_s = LawSpec::constant(Number{latency.ttft_s});
        s.targets[t].speed = LawSpec::constant(Number{latency.tokens_per_s});
    }
}

}  // namespace runrate
