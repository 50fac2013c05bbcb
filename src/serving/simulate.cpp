#include "serving/simulate.h"

#include <algorithm>

#include "core/contract.h"
#include "serving/session.h"

namespace runrate {
namespace {

/// Sums of what sessions counted; the covariance is taken over meters that are ever used.
class Accumulator {
public:
    explicit Accumulator(std::size_t keys)
        : width_{keys * meter_count}, sum_(width_, 0), products_(width_ * width_, 0), shift_(width_, 0) {}

    void add(std::vector<Meters> const& meters) {
        active_.clear();
        for (std::size_t k = 0; k < meters.size(); ++k) {
            for (std::size_t m = 0; m < meter_count; ++m) {
                auto const i = k * meter_count + m;
                if (count_ == 0) shift_[i] = meters[k][m];  // sums of squares around the first session lose no digits
                double const x = meters[k][m];
                sum_[i] += x;
                if (x != shift_[i]) active_.push_back({i, x - shift_[i]});
            }
        }
        for (auto const& [a, x] : active_) {
            for (auto const& [b, y] : active_) {
                if (b >= a) products_[a * width_ + b] += x * y;
            }
        }
        ++count_;
    }

    [[nodiscard]] std::vector<Meters> mean() const {
        std::vector<Meters> mean(width_ / meter_count);
        for (std::size_t i = 0; i < width_; ++i) mean[i / meter_count][i % meter_count] = sum_[i] / n();
        return mean;
    }

    [[nodiscard]] std::vector<double> covariance() const {
        std::vector<double> result(width_ * width_, 0);
        if (count_ < 2) return result;
        for (std::size_t a = 0; a < width_; ++a) {
            for (std::size_t b = a; b < width_; ++b) {
                double const centred =
                    products_[a * width_ + b] - n() * (sum_[a] / n() - shift_[a]) * (sum_[b] / n() - shift_[b]);
                result[a * width_ + b] = result[b * width_ + a] = centred / (n() - 1);
            }
        }
        return result;
    }

private:
    [[nodiscard]] double n() const { return static_cast<double>(count_); }

    struct Deviation {
        std::size_t index;
        double value;
    };
    std::size_t width_;
    std::size_t count_ = 0;
    std::vector<double> sum_, products_, shift_;
    std::vector<Deviation> active_;
};

void add_scalars(FeatureUsage& usage, SessionTally const& tally) {
    usage.turns += tally.turns;
    usage.calls += tally.calls;
    usage.attempts += tally.attempts;
    usage.cache_hits += tally.cache_hits;
    usage.unharmed += tally.harmed ? 0 : 1;
    usage.duration_s += to_seconds(tally.duration);
    if (tally.last_prompt > 0) usage.context.add(static_cast<double>(tally.last_prompt));
}

/// The tiers of one target have one cache: that of the first.
void add_shared(FeatureUsage& usage, SessionTally const& tally, std::vector<SessionCache> const& caches) {
    for (std::size_t first = 0, end = 0; first < usage.shared.size(); first = end) {
        bool used = false;
        for (end = first; end == first || (end < usage.shared.size() && usage.keys[usage.shared[end].usage].tier > 0);
             ++end)
            used = used || tally.at_risk[end] > 0;
        for (auto p = first; p < end; ++p) {
            usage.shared[p].at_risk += tally.at_risk[p];
            usage.shared[p].used += used ? 1 : 0;
            usage.shared[p].alive_s += caches[first].alive_s();
        }
    }
}

/// Tokens of the prefix that sessions keep together where its vendor bills storage; the first tier stands for all.
double stored_prefix(BoundProgram const& bound, std::size_t context, std::size_t key) {
    auto const& rule = bound.caches[bound.program->prefix_of(context, key)];
    auto const& of = bound.program->keys[key];
    if (!rule.stored || of.tier > 0) return 0;
    auto const tokens = scaled_tokens(bound.system[context] + bound.tools[context], bound.tokenizers[key]);
    return tokens >= rule.minimum ? static_cast<double>(tokens) : 0;
}

void to_means(FeatureUsage& usage, double n) {
    for (double* sum :
         {&usage.turns, &usage.calls, &usage.attempts, &usage.cache_hits, &usage.unharmed, &usage.duration_s})
        *sum /= n;
    for (auto& role : usage.roles) {
        for (double& cause : role.causes) cause /= n;
        role.calls /= n;
        role.over_cap /= n;
        role.over_limit /= n;
    }
    for (auto& shared : usage.shared) {
        shared.at_risk /= n;
        shared.used /= n;
        shared.alive_s /= n;
    }
}

}  // namespace

FeatureUsage simulate(FeatureProgram const& program, BeliefValues world, Sample const& sample, Probe const& probe) {
    RUNRATE_EXPECT(sample.sessions > 0);
    BoundProgram bound = bind(program, world);
    for (auto& target : bound.targets) target.pool = false;  // no replica is here: they take their usual time
    for (auto const& refusal : probe.refusing) {
        bound.targets[refusal.target.index()].refuses = true;
        bound.targets[refusal.target.index()].retry_after_s = refusal.retry_after_s;
    }
    bound.overflow_share = probe.overflow;
    SessionMachine machine{bound, sample, probe.gauges};
    FeatureUsage usage{.sessions = sample.sessions,
                       .keys = program.keys,
                       .mean = {},
                       .covariance = {},
                       .shared = {},
                       .roles = std::vector<RoleTokens>(program.roles),
                       .context = {},
                       .unharmed = 0};
    for (std::size_t p = 0; p < bound.caches.size(); ++p) {
        auto const key = p % program.keys.size();
        usage.shared.push_back({key, bound.caches[p].rest});
        usage.shared.back().stored = stored_prefix(bound, p / program.keys.size(), key);
    }
    Accumulator sums{program.keys.size()};
    for (std::size_t i = 0; i < sample.sessions; ++i) {
        auto const& tally = machine.run(i, usage.roles);
        sums.add(tally.meters);
        add_scalars(usage, tally);
        add_shared(usage, tally, machine.caches());
    }
    usage.mean = sums.mean();
    usage.covariance = sums.covariance();
    usage.minutes = machine.minutes();
    to_means(usage, static_cast<double>(sample.sessions));
    return usage;
}

}  // namespace runrate
