#include "projection/load_curve.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/contract.h"
#include "engine/drive.h"
#include "engine/front_end.h"
#include "fleet/router.h"
#include "hardware/memory.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr std::array<int, 14> all_levels{1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256};
constexpr double saturated = 1.02;  ///< a level that serves less than so many times the one before ends the curve
constexpr std::int64_t waves = 4;

/// A call of the mix, drawn for one place in the loop.
struct Drawn {
    SampledCall const* call = nullptr;
    std::uint32_t feature = 0;
    std::int64_t cached = 0;  ///< of its prompt, to be found
    double thinks = 0;        ///< its caller afterwards, in means of that
};

/// What decides of a call what it finds, at a level.
struct CacheNow {
    double kept_s = 0;     ///< for which contents stay that nobody uses
    double moves = 0;      ///< share of the calls after a while whose session moves to another replica
    double sojourn_s = 0;  ///< of a call: a replica that had room for the call before has it still for so long
};

/// Sums over the calls of a level.
struct LevelSums {
    LoadLevel& l;
    std::vector<double> served;  ///< by feature
    PoolSettings const& settings;
    double prompt = 0, cached = 0, output = 0, sum_s = 0, thought = 0, n = 0;

    void add(EngineOutcome const& o, Drawn const& d) {
        auto const at_engine = to_seconds(o.finished - o.arrival);
        double const front = front_end_s(settings.parameters, static_cast<double>(o.prompt_tokens));
        double const decoding = to_seconds(o.finished - o.first_token);
        l.sojourn_s[d.feature] += at_engine + front;
        ++served[d.feature];
        sum_s += at_engine;
        thought += d.thinks;
        ++n;
        prompt += static_cast<double>(o.prompt_tokens);
        cached += static_cast<double>(o.cached_tokens);
        output += static_cast<double>(o.output_tokens);
        double const tpot = o.output_tokens > 1 ? decoding / static_cast<double>(o.output_tokens - 1) : 0;
        l.ttft.add(to_seconds(o.first_token - o.arrival) + front +
                   held_back_s(settings.parameters, tpot, settings.replica.speculation.tokens_per_step(), decoding));
        if (o.output_tokens > 1) l.tpot.add(tpot);
    }

    /// By Little's law: callers go round in a call and a thought.
    void settle(double callers, double think_s) {
        for (std::size_t f = 0; f < served.size(); ++f)
            l.sojourn_s[f] = served[f] > 0 ? l.sojourn_s[f] / served[f] : (n > 0 ? sum_s / n : 0);
        l.calls_per_s = sum_s > 0 ? callers * n / (sum_s + think_s * thought) : 0;
        l.in_flight = n > 0 ? l.calls_per_s * sum_s / n : 0;
        l.output_per_s = n > 0 ? l.calls_per_s * output / n : 0;
        l.cached = prompt > 0 ? cached / prompt : 0;
    }
};

class Curve {
public:
    Curve(PoolSettings const& settings, std::vector<CallMix> const& mix, double replicas, std::int64_t calls)
        : settings_{settings},
          mix_{mix},
          replicas_{replicas},
          calls_{calls},
          sharing_{settings.router == Router::least_load ? replicas : 1},
          reuse_{mix, static_cast<double>(kv_capacity_tokens(settings.replica)), sharing_} {
        coverage_ =
            std::make_shared<ExpertCoverage const>(settings_.replica, most_tokens_of_iteration(settings_.replica));
        for (auto const& m : mix_) {
            total_ += m.calls;
            if (!m.sample->calls.empty()) call_s_ += m.calls * m.sample->call_s / m.sample->calls_per_session();
        }
        call_s_ /= total_;
    }

    LoadCurve run(LoadRange range) {
        LoadCurve curve;
        for (int const slots : all_levels) {
            if (slots < range.from) continue;
            if (!curve.levels.empty() && curve.levels.back().in_flight >= range.to) break;
            if (slots > settings_.replica.engine.max_sequences && !curve.levels.empty()) break;
            double const before = curve.levels.empty() ? 0 : curve.levels.back().calls_per_s;
            auto next = level(slots, expected_sojourn_s(curve.levels, slots));
            if (!curve.levels.empty() && next.in_flight <= curve.levels.back().in_flight) continue;
            curve.levels.push_back(std::move(next));
            if (curve.levels.back().calls_per_s < before * saturated) break;
        }
        return curve;
    }

private:
    /// What a call will take at a level, as far as those before it say.
    [[nodiscard]] double expected_sojourn_s(std::vector<LoadLevel> const& before, int slots) const {
        auto const mean_s = [](LoadLevel const& l) { return l.in_flight / std::max(l.calls_per_s, 1e-9); };
        if (before.empty()) return call_s_;
        auto const& last = before.back();
        if (before.size() == 1) return mean_s(last);
        auto const& first = before[before.size() - 2];
        double const slope = (mean_s(last) - mean_s(first)) / (last.in_flight - first.in_flight);
        return mean_s(last) + std::max(0.0, slope) * (slots - last.in_flight);
    }

    /// Replicas of an autoscaler are far from full only where there are no more than the least.
    [[nodiscard]] double replicas_at(int slots) const {
        constexpr double far = 0.6;
        auto const& rule = settings_.autoscale;
        return rule && slots < far * rule->in_flight ? std::max(1.0, static_cast<double>(rule->least)) : replicas_;
    }

    /// The part of the callers of a replica that ask on average: chance sends their calls, but a router that looks at
    /// loads makes parts more even than chance. Those of a single replica ask one after the other nearly.
    [[nodiscard]] double asking_share(int slots) const {
        constexpr double most = 0.8;
        // The variance of what a call meets, over that of a binomial number: 0.76 was measured in events, where
        // sessions begin at the least loaded of four replicas; least load itself leaves a difference of one or two.
        constexpr double by_load = 0.2, by_session = 0.76, by_chance = 1;
        double const spread = settings_.router == Router::least_load         ? by_load
                              : settings_.router == Router::session_affinity ? by_session
                                                                             : by_chance;
        return std::min(most, 1 - spread * (1 - 1 / replicas_at(slots)));
    }

    /// How many calls find the replica of their session with far more than its share: of a binomial number in flight.
    [[nodiscard]] double moving_share(int slots) const {
        if (settings_.router != Router::session_affinity || replicas_at(slots) < 1.5) return 0;
        double const p = asking_share(slots), all = slots / p;
        double probability = real::exp(all * real::log1p(-p)), stays = 0;
        for (std::int64_t n = 0; stays_home(n, slots); ++n) {
            stays += probability;
            auto const there = static_cast<double>(n);
            probability *= std::max(0.0, all - there) / (there + 1) * p / (1 - p);
        }
        return std::clamp(1 - stays, 0.0, 1.0);
    }

    [[nodiscard]] std::size_t feature_of(double u) const {
        double sum = 0;
        for (std::size_t f = 0; f < mix_.size(); ++f) {
            sum += mix_[f].calls / total_;
            if (u < sum && !mix_[f].sample->calls.empty()) return f;
        }
        for (std::size_t f = mix_.size(); f-- > 0;)
            if (!mix_[f].sample->calls.empty()) return f;
        return 0;
    }

    /// What of the prompt the replica has that gets the call.
    [[nodiscard]] std::int64_t found(CallSample const& sample, std::size_t at, CacheNow const& now, Stream& u) const {
        if (!settings_.replica.prefix_cache) return 0;
        auto const shared = sample.calls[at].shared_tokens;
        double const moves = -now.moves * real::expm1(-sample.calls[at].gap_s / now.sojourn_s);
        if (u.uniform() < moves) return shared;
        auto const left = left_for(sample, at, sharing_, u.uniform());
        return shared + (left.gap_s <= now.kept_s ? left.tokens : 0);
    }

    /// Features and calls evenly, as the points of a plane that leave the smallest holes (Roberts' R2 sequence): a
    /// level is run on few calls.
    [[nodiscard]] Drawn draw(std::int64_t n, CacheNow const& now) const {
        constexpr double by_feature = 0.7548776662466927, by_call = 0.5698402909980532;
        Stream stream{{.seed = settings_.seed,
                       .world = settings_.world,
                       .purpose = Purpose::load_curve,
                       .entity = settings_.entity,
                       .item = static_cast<std::uint64_t>(n)}};
        auto const point = [n](double step) {
            double const x = 0.5 + step * static_cast<double>(n + 1);
            return x - std::floor(x);
        };
        auto const f = feature_of(point(by_feature));
        auto const& calls = mix_[f].sample->calls;
        auto const at = static_cast<std::size_t>(point(by_call) * static_cast<double>(calls.size()));
        auto const cached = found(*mix_[f].sample, at, now, stream);
        return {&calls[at], static_cast<std::uint32_t>(f), cached, -real::log(std::max(stream.uniform(), 1e-300))};
    }

    [[nodiscard]] CacheNow cache_at(int slots, double sojourn_s) const {
        return {reuse_.kept_s(slots, slots / std::max(sojourn_s, 1e-9)), moving_share(slots), sojourn_s};
    }

    /// Callers of a level: on average as many of them are asking as are wanted in flight.
    struct Callers {
        std::vector<EngineTime> first{};  ///< when each asks first
        double think_s = 0;               ///< mean
    };

    /// Those that ask at once come in the course of one call.
    [[nodiscard]] Callers callers(int slots, double sojourn_s) const {
        double const asking = slots == 1 ? 1 : asking_share(slots);
        auto const all = static_cast<int>(std::nearbyint(slots / asking));
        Callers c{.think_s = sojourn_s * (1 - asking) / asking};
        for (int i = 0; i < all; ++i) {
            double const late = (i + 0.5) / all;
            double const until = i < slots ? sojourn_s * i / slots : sojourn_s - c.think_s * real::log(late);
            c.first.push_back(from_seconds(until));
        }
        return c;
    }

    LoadLevel level(int slots, double sojourn_s) {
        ReplicaEngine engine{settings_.replica, settings_.parameters, coverage_};
        auto const now = cache_at(slots, sojourn_s);
        auto const from = callers(slots, sojourn_s);
        auto const requests = std::max(calls_, waves * slots);
        std::vector<Drawn> drawn;
        Extent extent;
        LoadLevel l{.sojourn_s = std::vector<double>(mix_.size(), 0)};
        LevelSums sums{l, std::vector<double>(mix_.size(), 0), settings_};
        drive_sources(
            engine, from.first, requests,
            [&](std::int64_t i) {
                drawn.push_back(draw(drawn_++, now));
                auto const& d = drawn.back();
                // The first tokens of a prompt are all that can be found, and never all of it.
                extent = {static_cast<std::uint64_t>(i) + 1, std::min(d.cached, d.call->prompt_tokens - 1)};
                EngineRequest r{.prompt_tokens = d.call->prompt_tokens, .output_tokens = d.call->output_tokens};
                if (extent.tokens > 0) {
                    r.extents = {&extent, 1};
                    engine.preload(r.extents);
                }
                return r;
            },
            [&](std::uint64_t i) { return from_seconds(from.think_s * drawn[i].thinks); },
            [&](EngineOutcome const& o) {
                // The first calls of all come into an empty replica; after the last fewer and fewer are in flight.
                bool const steady = o.request >= static_cast<std::uint64_t>(slots) &&
                                    o.request < static_cast<std::uint64_t>(requests - slots / 2);
                if (o.refusal == Refusal::none && steady) sums.add(o, drawn[o.request]);
            });
        sums.settle(static_cast<double>(from.first.size()), from.think_s);
        return l;
    }

    PoolSettings settings_;
    std::vector<CallMix> const& mix_;
    double replicas_, total_ = 0;
    double call_s_ = 0;               ///< of a call at its usual latency
    std::int64_t calls_, drawn_ = 0;  ///< of each level; by the levels so far
    std::shared_ptr<ExpertCoverage const> coverage_;
    double sharing_;  ///< replicas that get the calls of a session
    CacheReuse reuse_;
};

}  // namespace

double LoadCurve::sojourn_s(std::size_t feature, double in_flight) const {
    auto const& last = levels.back();
    if (in_flight >= last.in_flight) return last.sojourn_s[feature] * in_flight / last.in_flight;
    if (in_flight <= levels.front().in_flight) return levels.front().sojourn_s[feature];
    std::size_t above = 1;
    while (levels[above].in_flight < in_flight) ++above;
    auto const &a = levels[above - 1], &b = levels[above];
    double const share = (in_flight - a.in_flight) / (b.in_flight - a.in_flight);
    return a.sojourn_s[feature] + share * (b.sojourn_s[feature] - a.sojourn_s[feature]);
}

LoadCurve stated_curve(std::vector<CallMix> const& mix, bool with_prompts, double tokens_per_s, double full_at) {
    LoadLevel one{.in_flight = 1};
    double calls = 0, seconds = 0;
    for (auto const& m : mix) {
        double tokens = 0;
        for (auto const& c : m.sample->calls)
            tokens += static_cast<double>(c.output_tokens + (with_prompts ? c.prompt_tokens : 0));
        auto const n = static_cast<double>(m.sample->calls.size());
        one.sojourn_s.push_back(n > 0 ? tokens / n * full_at / tokens_per_s : 1);
        calls += n > 0 ? m.calls : 0;
        seconds += n > 0 ? m.calls * one.sojourn_s.back() : 0;
    }
    one.calls_per_s = seconds > 0 ? calls / seconds : 1;
    one.ttft.add(0);  // what is known of it: nobody waits before the replica is full
    auto full = one;
    full.in_flight = full_at;
    full.calls_per_s *= full_at;
    return {{one, full}};
}

double LoadCurve::calls_per_s(double in_flight) const {
    LoadLevel const none{};
    LoadLevel const* below = &none;
    for (auto const& level : levels) {
        if (in_flight < level.in_flight) {
            double const share = (in_flight - below->in_flight) / (level.in_flight - below->in_flight);
            return below->calls_per_s + share * (level.calls_per_s - below->calls_per_s);
        }
        below = &level;
    }
    return below->calls_per_s;
}

double LoadCurve::saturated_calls_per_s() const {
    double most = 0;
    for (auto const& level : levels) most = std::max(most, level.calls_per_s);
    return most;
}

LoadCurve load_curve(PoolSettings const& settings, std::vector<CallMix> const& mix, double replicas, std::int64_t calls,
                     LoadRange range) {
    RUNRATE_EXPECT(std::any_of(mix.begin(), mix.end(), [](CallMix const& m) { return !m.sample->calls.empty(); }));
    return Curve{settings, mix, replicas, calls}.run(range);
}

}  // namespace runrate
