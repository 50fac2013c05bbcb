#include "projection/load_curve.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/contract.h"
#include "engine/drive.h"
#include "engine/front_end.h"
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
};

/// Means over the calls of the mix that decide what a cache holds.
struct MixMeans {
    double fresh = 0;    ///< tokens that a call adds to the cache
    double context = 0;  ///< tokens that a call uses of it
    double sessions_per_in_flight = 0;
    std::vector<double> gaps{};  ///< of calls that find something of their session, ascending
};

class Curve {
public:
    Curve(PoolSettings const& settings, std::vector<CallMix> const& mix, double replicas, std::int64_t calls)
        : settings_{settings}, mix_{mix}, replicas_{replicas}, calls_{calls} {
        capacity_ = static_cast<double>(kv_capacity_tokens(settings_.replica));
        coverage_ =
            std::make_shared<ExpertCoverage const>(settings_.replica, most_tokens_of_iteration(settings_.replica));
        for (auto const& m : mix_) total_ += m.calls;
        take_means();
    }

    LoadCurve run() {
        LoadCurve curve;
        for (int const slots : all_levels) {
            if (slots > settings_.replica.engine.max_sequences && !curve.levels.empty()) break;
            double const before = curve.levels.empty() ? 0 : curve.levels.back().calls_per_s;
            curve.levels.push_back(level(slots, before));
            if (curve.levels.back().calls_per_s < before * saturated) break;
        }
        return curve;
    }

private:
    void take_means() {
        double call_s = 0, duration_s = 0;
        for (auto const& m : mix_) {
            auto const& s = *m.sample;
            if (s.calls.empty()) continue;
            double const share = m.calls / total_;
            double fresh = 0, context = 0;
            for (auto const& c : s.calls) {
                fresh += static_cast<double>(c.prompt_tokens - c.shared_tokens - c.own_tokens + c.output_tokens);
                context += static_cast<double>(c.prompt_tokens - c.shared_tokens);
                if (c.own_tokens > 0) means_.gaps.push_back(c.gap_s);
            }
            auto const n = static_cast<double>(s.calls.size());
            means_.fresh += share * fresh / n;
            means_.context += share * context / n;
            call_s += share * s.call_s / s.calls_per_session();
            duration_s += share * s.duration_s / s.calls_per_session();
        }
        means_.sessions_per_in_flight = call_s > 0 ? duration_s / call_s : 1;
        std::sort(means_.gaps.begin(), means_.gaps.end());
    }

    /// For how long a content is kept that nobody uses: until sessions under way and what is new fill the cache.
    [[nodiscard]] double kept_s(int slots, double calls_per_s) const {
        double const room = capacity_ - slots * means_.context;
        double const sessions = slots * means_.sessions_per_in_flight;
        if (room <= 0 || means_.gaps.empty()) return 0;
        auto const used = [&](double t) {
            double within = 0, all = 0;
            for (double const gap : means_.gaps) within += std::min(gap, t), all += gap;
            double const alive = all > 0 ? within / all : 1;
            return sessions * means_.context * alive + means_.fresh * calls_per_s * t;
        };
        double low = 0, high = 1;
        while (high < 1e7 && used(high) < room) high *= 2;
        for (int i = 0; i < 40; ++i) (used((low + high) / 2) < room ? low : high) = (low + high) / 2;
        return low;
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
    [[nodiscard]] std::int64_t found(std::vector<SampledCall> const& calls, std::size_t at, double kept_s,
                                     double u) const {
        if (!settings_.replica.prefix_cache) return 0;
        auto const& c = calls[at];
        if (c.own_tokens == 0 || c.gap_s > kept_s) return c.shared_tokens;
        auto own = c.own_tokens;
        if (replicas_ > 1) {  // the last call of the session that this replica had is geometrically long ago
            double const ago = real::log(std::max(u, 1e-300)) / real::log1p(-1 / replicas_);
            auto const back = static_cast<std::int64_t>(std::min(ago, 1e6));
            if (back >= c.before) return c.shared_tokens;
            // What a call has in common with an earlier one is what all between them have.
            for (std::int64_t i = 1; i <= back; ++i)
                own = std::min(own, calls[at - static_cast<std::size_t>(i)].own_tokens);
        }
        return c.shared_tokens + own;
    }

    /// Features and calls evenly, as the points of a plane that leave the smallest holes (Roberts' R2 sequence): a
    /// level is run on few calls.
    [[nodiscard]] Drawn draw(std::int64_t n, double kept_s) const {
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
        return {&calls[at], static_cast<std::uint32_t>(f), found(calls, at, kept_s, stream.uniform())};
    }

    LoadLevel level(int slots, double calls_per_s) {
        ReplicaEngine engine{settings_.replica, settings_.parameters, coverage_};
        double const kept = kept_s(slots, calls_per_s);
        auto const requests = std::max(calls_, waves * slots);
        std::vector<Drawn> drawn;
        Extent extent;
        LoadLevel l{.in_flight = static_cast<double>(slots), .sojourn_s = std::vector<double>(mix_.size(), 0)};
        std::vector<double> served(mix_.size(), 0);
        double prompt = 0, cached = 0, output = 0, sum_s = 0, n = 0;
        drive_closed_loop(
            engine, slots, requests,
            [&](std::int64_t i) {
                drawn.push_back(draw(drawn_++, kept));
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
            [&](EngineOutcome const& o) {
                // The first wave starts all at once; after the last start fewer and fewer are in flight.
                bool const steady = o.request >= static_cast<std::uint64_t>(slots) &&
                                    o.request < static_cast<std::uint64_t>(requests - slots / 2);
                if (o.refusal != Refusal::none || !steady) return;
                auto const f = drawn[o.request].feature;
                auto const at_engine = to_seconds(o.finished - o.arrival);
                double const front = front_end_s(settings_.parameters, static_cast<double>(o.prompt_tokens));
                double const decoding = to_seconds(o.finished - o.first_token);
                l.sojourn_s[f] += at_engine + front;
                ++served[f];
                sum_s += at_engine;
                ++n;
                prompt += static_cast<double>(o.prompt_tokens);
                cached += static_cast<double>(o.cached_tokens);
                output += static_cast<double>(o.output_tokens);
                double const tpot = o.output_tokens > 1 ? decoding / static_cast<double>(o.output_tokens - 1) : 0;
                l.ttft.add(
                    to_seconds(o.first_token - o.arrival) + front +
                    held_back_s(settings_.parameters, tpot, settings_.replica.speculation.tokens_per_step(), decoding));
                if (o.output_tokens > 1) l.tpot.add(tpot);
            });
        for (std::size_t f = 0; f < mix_.size(); ++f)
            l.sojourn_s[f] = served[f] > 0 ? l.sojourn_s[f] / served[f] : (n > 0 ? sum_s / n : 0);
        l.calls_per_s = sum_s > 0 ? slots * n / sum_s : 0;  // Little's law
        l.output_per_s = n > 0 ? l.calls_per_s * output / n : 0;
        l.cached = prompt > 0 ? cached / prompt : 0;
        return l;
    }

    PoolSettings settings_;
    std::vector<CallMix> const& mix_;
    double replicas_, capacity_ = 0, total_ = 0;
    std::int64_t calls_, drawn_ = 0;  ///< of each level; by the levels so far
    std::shared_ptr<ExpertCoverage const> coverage_;
    MixMeans means_;
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

LoadCurve load_curve(PoolSettings const& settings, std::vector<CallMix> const& mix, double replicas,
                     std::int64_t calls) {
    RUNRATE_EXPECT(std::any_of(mix.begin(), mix.end(), [](CallMix const& m) { return !m.sample->calls.empty(); }));
    return Curve{settings, mix, replicas, calls}.run();
}

}  // namespace runrate
