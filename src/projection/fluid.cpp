#include "projection/fluid.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

#include "core/contract.h"
#include "stat/elementary.h"
#include "stat/fast_math.h"

namespace runrate {
namespace {

constexpr double hour_s = 3600, longest_step_s = 10;
constexpr int run_in_hours = 2, day_hours = 24;

/// A feature's sessions and calls.
struct State {
    double sessions = 0;   ///< under way
    double in_flight = 0;  ///< calls
};

class Fluid {
public:
    Fluid(FluidPool const& pool, std::vector<FluidFeature> const& features, double demand,
          std::span<double const> thresholds, NormalTable const& normals)
        : pool_{pool},
          rule_{pool.settings->autoscale},
          features_{features},
          demand_{demand},
          thresholds_{thresholds},
          normals_{normals},
          states_(features.size()) {
        double const look_s = rule_ ? to_seconds(rule_->every) : longest_step_s;
        steps_per_look_ = static_cast<int>(std::ceil(look_s / longest_step_s));
        step_s_ = look_s / steps_per_look_;
        take_failures();
        day_.hours_above.assign(thresholds.size(), 0);
        day_.calls_by_level.assign(pool.curve->levels.size() + 1, 0);
    }

    FluidDay run() {
        begin();
        auto const run_in = static_cast<std::int64_t>(run_in_hours * hour_s / step_s_);
        auto const steps = static_cast<std::int64_t>((run_in_hours + day_hours) * hour_s / step_s_);
        for (std::int64_t n = 0; n < steps; ++n) {
            auto const time = static_cast<double>(n) * step_s_;
            auto const hour =
                (static_cast<std::size_t>(time / hour_s) + day_hours - run_in_hours) % std::size_t{day_hours};
            step(n, hour, n >= run_in);
            if (rule_ && (n + 1) % steps_per_look_ == 0) look(time + step_s_);
        }
        return std::move(day_);
    }

private:
    /// On average so many of the replicas serve, and so many are paid. What an autoscaler drives is replaced at its
    /// next look; a fixed one is gone until it is repaired, unpaid, and starts then.
    void take_failures() {
        double const every_s = pool_.settings->failures.mean_hours_between * hour_s;
        if (every_s <= 0) return;
        double const repair = rule_ ? to_seconds(rule_->every) / 2 : pool_.repair_s;
        serving_ = every_s / (every_s + repair + pool_.cold_start_s);
        paid_ = (every_s + pool_.cold_start_s) / (every_s + repair + pool_.cold_start_s);
    }

    /// In equilibrium with the first hour, as far as replicas take it: what waits has yet to come.
    void begin() {
        ready_ = pool_.settings->replicas;
        for (int round = 0; round < 20; ++round) {
            double const per_replica = std::min(full(), in_flight() / (std::max(1, ready_) * serving_));
            for (std::size_t f = 0; f < features_.size(); ++f) {
                auto const& x = features_[f];
                double const rate = x.per_hour[day_hours - run_in_hours] * demand_ / hour_s;
                double const w = pool_.curve->sojourn_s(f, per_replica);
                states_[f].in_flight = rate * x.calls * w;
                states_[f].sessions = rate * x.calls * (w / x.parallel + x.other_s);
            }
            if (rule_) ready_ = recommended_replicas(*rule_, in_flight());
        }
    }

    [[nodiscard]] double in_flight() const {
        double sum = 0;
        for (auto const& s : states_) sum += s.in_flight;
        return sum;
    }

    void step(std::int64_t n, std::size_t hour, bool counts) {
        double const before = in_flight();
        double const per_replica = ready_ > 0 ? before / (ready_ * serving_) : 0;
        double completed = 0;
        all_ = before;
        most_ = most_in_flight();
        for (std::size_t f = 0; f < features_.size(); ++f)
            completed += step_feature(f, per_replica, hour, 2 * (static_cast<std::size_t>(n) * features_.size() + f));
        double const shed = shed_beyond();
        if (counts) count(before, completed, shed, per_replica);
    }

    /// A session alternates between a call of mean w and other things of mean g: of its sessions w / (w + g) call in
    /// equilibrium, which is reached at the rate 1 / w + 1 / g. What they complete says how fast sessions end.
    double step_feature(std::size_t f, double per_replica, std::size_t hour, std::size_t noise) {
        auto const& x = features_[f];
        auto& s = states_[f];
        double const arrivals = x.per_hour[hour] * demand_ / hour_s;  // per second
        double const before = s.sessions;
        if (ready_ == 0) {
            double const e = math_.exp(-step_s_ / std::max(x.other_s, 1e-3));
            s.sessions += arrivals * step_s_;
            s.in_flight = x.parallel * (s.sessions + (s.in_flight / x.parallel - s.sessions) * e);
            return 0;
        }
        double const busy = sojourn(f, per_replica) / x.parallel;
        double const share = busy / (busy + x.other_s);
        double const rate = 1 / busy + 1 / std::max(x.other_s, 1e-9);
        double const e = decay(rate);
        double const calling = s.in_flight / x.parallel, settled = before * share;
        double const room = std::max(0.0, most_ - (all_ - s.in_flight)) / x.parallel;
        // Calls that a session of now makes per second of the step, on average.
        double const each =
            before > 0 ? std::min(room, settled + (calling - settled) * (1 - e) / (rate * step_s_)) / busy / before
                       : share / busy;
        double const in_turn = x.calls / x.parallel;
        double const ending = std::max(each, 1e-12) / in_turn;
        double const stay = decay(ending);
        double const all = before + arrivals * step_s_;
        double const ended =
            std::min(all - before * stay - arrivals * (1 - stay) / ending, room * step_s_ / busy / in_turn);
        double const expected = all - ended;
        double const sd =
            std::sqrt(before * stay * (1 - stay) + x.gaps_cv * x.gaps_cv * arrivals * (1 - stay) / ending);
        s.sessions = std::max(0.0, expected + within(sd, expected) * normals_[noise + 1]);
        double const spread = std::sqrt(std::max(0.0, before * share * (1 - share) * (1 - e * e)));
        double const mean = settled + (calling - settled) * e + share * (s.sessions - before);
        double const next = mean + within(spread, mean) * normals_[noise];
        s.in_flight = std::clamp(next, 0.0, s.sessions) * x.parallel;
        return ended * x.calls;
    }

    /// A spread that leaves a mean as it is although nothing falls below zero.
    [[nodiscard]] static double within(double sd, double mean) { return std::min(sd, std::max(0.0, mean) / 1.5); }

    [[nodiscard]] double decay(double rate) const {
        double const x = rate * step_s_;
        return x > 40 ? 0 : math_.exp(-x);
    }

    /// Of a call: beyond what a replica may have in flight, calls wait before it.
    [[nodiscard]] double sojourn(std::size_t f, double per_replica) const {
        auto const& most = pool_.settings->admission.in_flight;
        if (!most || per_replica <= static_cast<double>(*most)) return pool_.curve->sojourn_s(f, per_replica);
        auto const full = static_cast<double>(*most);
        return pool_.curve->sojourn_s(f, full) * per_replica / full;
    }

    /// Calls that replicas and the queue have a place for.
    [[nodiscard]] double most_in_flight() const {
        auto const& a = pool_.settings->admission;
        if (!a.queue || !a.in_flight) return std::numeric_limits<double>::infinity();
        return static_cast<double>(*a.in_flight) * ready_ + static_cast<double>(*a.queue);
    }

    /// Calls for which there is no place; their sessions go on without an answer, or end with their last call.
    double shed_beyond() {
        double const all = in_flight();
        if (all <= most_) return 0;
        for (std::size_t f = 0; f < features_.size(); ++f) {
            auto& s = states_[f];
            double const shed = s.in_flight * (1 - most_ / all);
            s.in_flight -= shed;
            s.sessions = std::max(s.in_flight / features_[f].parallel, s.sessions - shed / features_[f].calls);
        }
        return all - most_;
    }

    /// Calls in flight at a replica beyond which others wait before it.
    [[nodiscard]] double full() const {
        double const last = pool_.curve->levels.back().in_flight;
        auto const& admitted = pool_.settings->admission.in_flight;
        return admitted ? std::min(last, static_cast<double>(*admitted)) : last;
    }

    void count(double before, double completed, double shed, double per_replica) {
        double const hours = step_s_ / hour_s;
        double const paid = paid_ * (ready_ + static_cast<double>(starting_.size()));
        day_.paid_hours += hours * paid;
        day_.in_flight_hours += hours * before;
        day_.peak_replicas = std::max(day_.peak_replicas, ready_ + static_cast<double>(starting_.size()));
        day_.calls += completed;
        day_.shed += shed;
        for (std::size_t t = 0; t < thresholds_.size(); ++t)
            day_.hours_above[t] += hours * std::max(0.0, paid - thresholds_[t]);
        auto const& levels = pool_.curve->levels;
        double const most = full();
        if (per_replica > most) {
            // Little's law: what is in flight beyond waits for as long as that takes to complete it.
            std::size_t full = 0;
            while (full + 1 < levels.size() && levels[full].in_flight < most) ++full;
            day_.waited_s += completed * (per_replica - most) / std::max(levels[full].calls_per_s, 1e-9);
            day_.calls_by_level.back() += completed;
            return;
        }
        std::size_t l = 0;
        while (levels[l].in_flight < per_replica) ++l;
        double const below =
            l > 0 ? (levels[l].in_flight - per_replica) / (levels[l].in_flight - levels[l - 1].in_flight) : 0;
        if (l > 0) day_.calls_by_level[l - 1] += completed * below;
        day_.calls_by_level[l] += completed * (1 - below);
    }

    /// Calls in flight as a look finds them: of less than one there is one or none. While no replica serves those that
    /// came wait, so that one that was there is there again: the chance is drawn anew only where calls are served.
    double seen() {
        double const all = in_flight();
        if (all >= 1) return all;
        if (ready_ > 0) chance_ = normals_[looks_ * 7 + 3];
        ++looks_;
        double const any = -real::expm1(-all);
        return any > 0 && chance_ < real::normal_quantile(any) ? 1 : 0;
    }

    void look(double now_s) {
        while (!starting_.empty() && starting_.front() <= now_s) {
            starting_.pop_front();
            ++ready_;
        }
        int const there = ready_ + static_cast<int>(starting_.size());
        int const recommended = recommended_replicas(*rule_, seen());
        int const settled = stabiliser_.settle(Instant{from_seconds(now_s)}, rule_->stabilise, recommended);
        int const wanted = next_replicas(*rule_, there, recommended, settled);
        for (int n = there; n < wanted; ++n) starting_.push_back(now_s + pool_.cold_start_s);
        while (ready_ + static_cast<int>(starting_.size()) > wanted && !starting_.empty()) starting_.pop_back();
        ready_ = std::min(ready_, wanted);
    }

    FastMath const& math_ = FastMath::tables();
    FluidPool const& pool_;
    std::optional<AutoscaleRule> rule_;
    std::vector<FluidFeature> const& features_;
    double demand_;
    std::span<double const> thresholds_;
    NormalTable const& normals_;
    std::vector<State> states_;
    double serving_ = 1, paid_ = 1;  ///< shares of the replicas that failures leave
    double all_ = 0, most_ = 0;      ///< calls in flight where a step begins; those that it has a place for
    int ready_ = 0;
    std::deque<double> starting_;  ///< when each serves, seconds
    Stabiliser stabiliser_;
    std::size_t looks_ = 0;
    double chance_ = 0;
    int steps_per_look_ = 1;
    double step_s_ = longest_step_s;
    FluidDay day_;
};

}  // namespace

std::optional<double> cached_share(LoadCurve const& curve, FluidDay const& day) {
    double cached = 0, calls = 0;
    for (std::size_t l = 0; l < day.calls_by_level.size(); ++l) {
        cached += day.calls_by_level[l] * curve.levels[std::min(l, curve.levels.size() - 1)].cached;
        calls += day.calls_by_level[l];
    }
    return calls > 0 ? std::optional{cached / calls} : std::nullopt;
}

NormalTable::NormalTable(Address const& address) {
    Stream stream{address};
    values_.reserve(size);
    for (std::size_t i = 0; i < size; ++i) values_.push_back(real::normal_quantile(stream.uniform()));
}

FluidDay fluid_day(FluidPool const& pool, std::vector<FluidFeature> const& features, double demand,
                   std::span<double const> thresholds, NormalTable const& normals) {
    RUNRATE_EXPECT(!features.empty() && demand >= 0);
    return Fluid{pool, features, demand, thresholds, normals}.run();
}

}  // namespace runrate
