#include "calibration/protocol.h"

#include <algorithm>
#include <cmath>

#include "engine/replica_engine.h"
#include "hardware/memory.h"
#include "stat/elementary.h"
#include "stat/stream.h"

namespace runrate {
namespace {

double in_seconds(EngineTime t) { return std::chrono::duration<double>(t).count(); }

/// Sums of outcomes, in the order in which they come.
class Means {
public:
    void add(EngineOutcome const& o) {
        ++count_;
        ttft_ += in_seconds(o.first_token - o.arrival);
        e2e_ += in_seconds(o.finished - o.arrival);
        if (o.output_tokens > 1) {
            ++spread_;
            tpot_ += in_seconds(o.finished - o.first_token) / static_cast<double>(o.output_tokens - 1);
        }
        prompt_ += static_cast<double>(o.prompt_tokens);
        output_ += static_cast<double>(o.output_tokens);
        end_s_ = std::max(end_s_, in_seconds(o.finished));
    }

    [[nodiscard]] EngineMeans value() const {
        if (count_ == 0) return {};
        return {ttft_ / count_,  spread_ > 0 ? tpot_ / spread_ : 0, e2e_ / count_, prompt_ / count_, output_ / count_,
                output_ / end_s_};
    }

private:
    double count_ = 0, spread_ = 0, ttft_ = 0, tpot_ = 0, e2e_ = 0, prompt_ = 0, output_ = 0, end_s_ = 0;
};

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

/// All slots start at zero; a slot's next request arrives when the one before it is done.
EngineMeans closed_loop(Measurement const& m, std::int64_t slots, std::int64_t requests, ReplicaEngine& engine) {
    Means means;
    std::int64_t sent = 0;
    auto const send = [&](EngineTime at) {
        auto r = nth_request(m, sent);
        r.arrival = at;
        if (!engine.refusal(r)) engine.submit(r, static_cast<std::uint64_t>(sent));
        ++sent;
    };
    while (sent < std::min(slots, requests)) send({});
    while (engine.next() != ReplicaEngine::never) {
        for (auto const& o : engine.step()) {
            means.add(o);
            if (sent < requests) send(o.finished);
        }
    }
    return means.value();
}

EngineRun open_loop(std::vector<EngineRequest> const& requests, std::size_t stretch, ReplicaEngine& engine) {
    std::vector<Means> means((requests.size() + stretch - 1) / stretch);
    auto const take = [&] {
        for (auto const& o : engine.step()) means[o.request / stretch].add(o);
    };
    for (std::size_t i = 0; i < requests.size(); ++i) {
        Instant const arrival{requests[i].arrival};
        while (engine.now() < arrival && engine.next() <= arrival) take();
        if (!engine.refusal(requests[i])) engine.submit(requests[i], i);
    }
    while (engine.next() != ReplicaEngine::never) take();
    EngineRun run;
    for (auto const& m : means) run.push_back(m.value());
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

/// Gamma gaps of mean 1 / rate, by sums of exponentials for whole shapes; other shapes are taken as Poisson.
std::vector<EngineRequest> requests_at_rate(Measurement const& m) {
    Stream gaps{{.seed = 1, .purpose = Purpose::benchmark_gap}};
    auto const count = m.requests > 0 ? m.requests : 1000;
    std::vector<EngineRequest> requests;
    double at = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        at -= real::log(gaps.uniform()) / *m.request_rate;
        requests.push_back(nth_request(m, i));
        requests.back().arrival = from_seconds(at);
    }
    return requests;
}

/// What the KV cache and the scheduler let run at once, four times over: a queue that never empties.
std::int64_t saturating(Measurement const& m, Replica const& r) {
    auto const tokens = static_cast<std::int64_t>(m.prompt_tokens + m.output_tokens);
    auto const fit = kv_capacity_tokens(r) / std::max<std::int64_t>(1, tokens);
    return std::clamp<std::int64_t>(fit, 1, static_cast<std::int64_t>(r.engine.max_sequences) * r.parallel.data);
}

/// One batch of equal prompts that goes through together: a prompt iteration, then decodes.
EngineMeans one_batch(Measurement const& m, Replica const& r, StepParameters const& q) {
    double const n = m.concurrency;
    Batch const prompts{.prefill_tokens = n * m.prompt_tokens,
                        .prompt_pairs = n * m.prompt_tokens * m.prompt_tokens / 2,
                        .first_tokens = n};
    Batch const decodes{.decodes = n, .context = n * (m.prompt_tokens + m.output_tokens / 2)};
    double const first = step_time(prompts, r, q);
    double const each = step_time(decodes, r, q);
    double const all = first + each * (m.output_tokens - 1);
    return {first, each, all, m.prompt_tokens, m.output_tokens, n * m.output_tokens / all};
}

}  // namespace

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
            auto const slots = saturating(m, r);
            return {closed_loop(m, 4 * slots, 4 * slots, engine)};
        }
        default: break;
    }
    auto const slots = static_cast<std::int64_t>(std::max(1.0, m.concurrency));
    return {closed_loop(m, slots, m.requests > 0 ? m.requests : 10 * slots, engine)};
}

Seen seen_by_client(EngineMeans const& e, StepParameters const& q) {
    double const front = q.request_s + q.prompt_token_s * e.prompt_tokens + q.stream_steps * e.tpot_s;
    return {e.ttft_s + front, e.tpot_s, e.e2e_s + q.request_s + q.prompt_token_s * e.prompt_tokens,
            e.output_tokens_per_s};
}

std::vector<Seen> measured(Measurement const& m) {
    if (m.protocol != Protocol::request_log)
        return {{m.ttft_s.value_or(0), m.tpot_s.value_or(0), m.e2e_s.value_or(0), m.output_tokens_per_s.value_or(0)}};
    std::vector<Seen> stretches((m.log.size() + log_stretch - 1) / log_stretch);
    for (std::size_t i = 0; i < m.log.size(); ++i) {
        auto& s = stretches[i / log_stretch];
        auto const& r = m.log[i];
        auto const in_stretch =
            static_cast<double>(std::min(log_stretch, m.log.size() - i / log_stretch * log_stretch));
        s.ttft_s += (r.first_token_s - r.arrival_s) / in_stretch;
        s.e2e_s += (r.finished_s - r.arrival_s) / in_stretch;
        if (r.output_tokens > 1)
            s.tpot_s += (r.finished_s - r.first_token_s) / static_cast<double>(r.output_tokens - 1) / in_stretch;
    }
    return stretches;
}

}  // namespace runrate
