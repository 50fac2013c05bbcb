#include "calibration/protocol.h"

#include <algorithm>
#include <cmath>

#include "benchmark/request_means.h"
#include "core/contract.h"
#include "core/time.h"
#include "engine/drive.h"
#include "engine/front_end.h"
#include "engine/window_layers.h"
#include "hardware/memory.h"
#include "stat/sampler.h"
#include "stat/stream.h"

namespace runrate {
namespace {

/// Means of a closed loop do not change with more than so many.
constexpr std::int64_t most_requests = 20000;

/// Adds what an engine did to means, which a benchmark would have logged. \pre the request was served
void add(EngineOutcome const& o, RequestMeans& means) {
    RUNRATE_EXPECT(o.refusal == Refusal::none);
    means.add(
        {to_seconds(o.arrival), o.prompt_tokens, o.output_tokens, to_seconds(o.first_token), to_seconds(o.finished)});
}

EngineMeans value_of(RequestMeans const& m) {
    if (m.empty()) return {};
    return {m.ttft_s(), m.tpot_s(), m.e2e_s(), m.prompt_tokens(), m.output_tokens(), m.output_tokens_per_s()};
}

/// Points that fill [0, 1) evenly, from irrational steps: the same lengths for every parameter set.
double even(std::int64_t i, double step) {
    double const x = (static_cast<double>(i) + 0.5) * step;
    return x - std::floor(x);
}

std::int64_t spread_length(double nominal, double shortest_share, double u) {
    double const tokens = nominal * (shortest_share + (1 - shortest_share) * u);
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::nearbyint(tokens)));
}

EngineRequest nth_request(Measurement const& m, std::int64_t i) {
    constexpr double golden = 0.6180339887498949, root_two = 0.41421356237309515;
    return {.prompt_tokens = spread_length(m.prompt_tokens, m.shortest_share, even(i, golden)),
            .output_tokens = spread_length(m.output_tokens, m.shortest_share, even(i, root_two))};
}

EngineMeans closed_loop(Measurement const& m, std::int64_t slots, std::int64_t requests, ReplicaEngine& engine) {
    RequestMeans means;
    drive_closed_loop(
        engine, slots, requests, [&](std::int64_t n) { return nth_request(m, n); },
        [&](EngineOutcome const& o) { add(o, means); });
    return value_of(means);
}

EngineRun open_loop(std::vector<EngineRequest> const& requests, std::size_t stretch, ReplicaEngine& engine) {
    std::vector<RequestMeans> means((requests.size() + stretch - 1) / stretch);
    std::size_t next = 0;
    auto const source = [&](EngineRequest& r) {
        if (next == requests.size()) return false;
        r = requests[next++];
        return true;
    };
    drive_list(engine, source, [&](EngineOutcome const& o) { add(o, means[o.request / stretch]); });
    EngineRun run;
    for (auto const& m : means) run.push_back(value_of(m));
    return run;
}

std::vector<EngineRequest> requests_of_log(Measurement const& m) {
    std::vector<EngineRequest> requests;
    for (auto const& r : m.log)
        requests.push_back({.arrival = from_seconds(r.arrival_s),
                            .prompt_tokens = std::max<std::int64_t>(1, r.prompt_tokens),
                            .output_tokens = std::max<std::int64_t>(1, r.output_tokens)});
    return requests;
}

/// Gaps between arrivals are gamma distributed, as the benchmark's tool draws them.
std::vector<EngineRequest> requests_at_rate(Measurement const& m) {
    Sampler const gaps{Gamma{m.burstiness, 1 / *m.request_rate / m.burstiness}};
    Stream chance{{.seed = 1, .purpose = Purpose::benchmark_gap}};
    auto const count = m.requests > 0 ? m.requests : 1000;
    std::vector<EngineRequest> requests;
    double at = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        at += gaps.at(chance.uniform());
        requests.push_back(nth_request(m, i));
        requests.back().arrival = from_seconds(at);
    }
    return requests;
}

/// Requests that the KV cache and the scheduler let run at once.
std::int64_t running_at_once(Measurement const& m, Replica const& r) {
    auto const tokens = static_cast<std::int64_t>(m.prompt_tokens + m.output_tokens);
    auto const fit = kv_capacity_tokens(r) / std::max<std::int64_t>(1, tokens + WindowLayers{r}.kv_tokens(tokens));
    return std::clamp<std::int64_t>(fit, 1, static_cast<std::int64_t>(r.engine.max_sequences) * r.parallel.data);
}

/// One batch of equal prompts that goes through together: a prompt iteration, then decodes.
EngineMeans one_batch(Measurement const& m, Replica const& r, StepParameters const& q) {
    double const n = m.concurrency;
    WindowLayers const windows{r};
    auto const whole = [](double tokens) { return static_cast<std::int64_t>(tokens); };
    double const context = m.prompt_tokens + m.output_tokens / 2;
    Batch const prompts{.prefill_tokens = n * m.prompt_tokens,
                        .prompt_pairs = n * m.prompt_tokens * m.prompt_tokens / 2,
                        .first_tokens = n,
                        .window_pairs = n * 0.5 * static_cast<double>(windows.half_pairs(0, whole(m.prompt_tokens)))};
    Batch const decodes{.decodes = n,
                        .context = n * context,
                        .window_context = n * static_cast<double>(windows.context(whole(context)))};
    double const first = step_time(prompts, r, q);
    double const each = step_time(decodes, r, q);
    double const all = first + each * (m.output_tokens - 1);
    return {first, each, all, m.prompt_tokens, m.output_tokens, n * m.output_tokens / all};
}

/// The longest request that a row sends.
EngineRequest longest_request(Measurement const& m) {
    EngineRequest longest{.prompt_tokens = spread_length(m.prompt_tokens, 1, 1),
                          .output_tokens = spread_length(m.output_tokens, 1, 1)};
    if (m.protocol != Protocol::request_log) return longest;
    for (auto const& r : requests_of_log(m))
        if (r.prompt_tokens + r.output_tokens > longest.prompt_tokens + longest.output_tokens) longest = r;
    return longest;
}

}  // namespace

bool can_hold(Replica const& r, Measurement const& m) {
    if (m.protocol == Protocol::iteration) return true;
    auto const longest = longest_request(m);
    auto const tokens = longest.prompt_tokens + longest.output_tokens;
    auto const block = r.engine.block_tokens;
    auto const blocks = [block](std::int64_t n) { return (n + block - 1) / block; };
    bool const in_context = r.model.context_limit == 0 || tokens <= r.model.context_limit;
    return in_context && blocks(tokens) + blocks(WindowLayers{r}.kv_tokens(tokens)) <= kv_capacity_tokens(r) / block;
}

EngineRun replay_protocol(Measurement const& m, Replica const& r, StepParameters const& q,
                          std::shared_ptr<ExpertCoverage const> const& coverage) {
    if (m.protocol == Protocol::iteration) return {one_batch(m, r, q)};
    ReplicaEngine engine{r, q, coverage};
    switch (m.protocol) {
        case Protocol::request_log: return open_loop(requests_of_log(m), log_stretch, engine);
        case Protocol::open_loop: {
            auto const requests = requests_at_rate(m);
            return open_loop(requests, requests.size(), engine);
        }
        case Protocol::saturated: {
            // Four times what runs at once: the queue empties only at the end.
            auto const all = 4 * running_at_once(m, r);
            return {closed_loop(m, all, all, engine)};
        }
        default: break;
    }
    auto const slots = static_cast<std::int64_t>(std::max(1.0, m.concurrency));
    auto const sent = m.requests > 0 ? std::min(m.requests, std::max(10 * slots, most_requests)) : 10 * slots;
    return {closed_loop(m, slots, sent, engine)};
}

Seen seen_by_client(EngineMeans const& e, StepParameters const& q, double tokens_per_step) {
    double const front = front_end_s(q, e.prompt_tokens);
    double const held_back = held_back_s(q, e.tpot_s, tokens_per_step, e.e2e_s - e.ttft_s);
    return {e.ttft_s + front + held_back, e.tpot_s, e.e2e_s + front, e.output_tokens_per_s};
}

std::vector<Seen> measured(Measurement const& m) {
    if (m.protocol != Protocol::request_log)
        return {{m.ttft_s.value_or(0), m.tpot_s.value_or(0), m.e2e_s.value_or(0), m.output_tokens_per_s.value_or(0)}};
    std::vector<RequestMeans> means((m.log.size() + log_stretch - 1) / log_stretch);
    for (std::size_t i = 0; i < m.log.size(); ++i) means[i / log_stretch].add(m.log[i]);
    std::vector<Seen> stretches;
    for (auto const& mean : means) stretches.push_back({mean.ttft_s(), mean.tpot_s(), mean.e2e_s(), 0});
    return stretches;
}

}  // namespace runrate
