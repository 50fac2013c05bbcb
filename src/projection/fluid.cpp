#include "projection/fluid.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

#include "core/contract.h"
#include "fleet/overflow.h"
#include "projection/blocking.h"
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
          states_(features.size()),
          above_{pool.settings->overflow_above},
          starts_(features.size()) {
        double const look_s = rule_ ? to_seconds(rule_->every) : longest_step_s;
        steps_per_look_ = static_cast<int>(std::ceil(look_s / longest_step_s));
        step_s_ = look_s / steps_per_look_;
        take_failures();
        day_.hours_above.assign(thresholds.size(), 0);
        day_.calls_by_level.assign(pool.curve->levels.size() + 1, 0);
        if (above_) day_.overflow.resize(features.size());
        if (pool.crowded) day_.crowded_by_level.assign(pool.crowded->levels.size() + 1, 0);
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
                states_[f].in_flight = rate * x.calls * (1 - full_) * w;
                states_[f].sessions = rate * x.calls * (called_s(x, w) / x.parallel + x.other_s);
            }
            if (above_) divert(day_hours - run_in_hours);
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
        if (above_) divert(hour);
        all_ = before;
        most_ = places();
        for (std::size_t f = 0; f < features_.size(); ++f) {
            double const served =
                step_feature(f, per_replica, hour, 2 * (static_cast<std::size_t>(n) * features_.size() + f));
            completed += served;
            if (far_) starts_[f].per_s = served / step_s_;
        }
        if (above_) hold(most_in_flight(ready_ * serving_, *above_));
        double const shed = shed_beyond();
        if (counts) count(before, completed, shed, per_replica);
    }

    // --- calls that find the pool full

    /// Mean time of a call, here or elsewhere.
    [[nodiscard]] double called_s(FluidFeature const& x, double sojourn_s) const {
        return (1 - full_) * sojourn_s + full_ * x.overflow_s;
    }

    /// Which share of calls finds the pool full: as of a loss system in equilibrium with the sessions of now, which
    /// change slowly beside calls. Half of it from the step before: who is elsewhere does not call here meanwhile.
    void divert(std::size_t hour) {
        double const bound = most_in_flight(ready_ * serving_, *above_);
        constexpr double far = 6;  // standard deviations
        double const now = in_flight();
        far_ = full_ < 1e-6 && now + far * std::sqrt(now) + 2 < 0.8 * bound;
        if (far_) {
            full_ = 0;
            return;
        }
        note_starts(hour);
        if (bound > usual_in_flight_ + far * std::sqrt(usual_in_flight_) + 2) {
            full_ = full_ > 1e-6 ? full_ / 2 : 0;
            narrower_ = 1;
            return;
        }
        auto const at = offered(bound), below = offered(0.9 * bound);
        double const time =
            full_share(bound, {at.in_flight, (at.in_flight - below.in_flight) / std::max(1.0, 0.1 * bound)});
        double const share = starts_per_s_ > 0 ? time * at.per_s / starts_per_s_ : 0;
        full_ = std::clamp((full_ + share) / 2, 0.0, 0.999);
        double const here = (1 - full_) * usual_in_flight_;
        double const less = full_ / (1 - full_) * std::max(0.0, bound - here);  // of a loss system's variance
        narrower_ = std::sqrt(std::clamp(1 - less, 0.05, 1.0));
    }

    /// Calls that start per second in equilibrium: the first ones of sessions as these come, the others of those there.
    void note_starts(std::size_t hour) {
        double const per_replica = in_flight() / std::max(1e-9, ready_ * serving_);
        starts_per_s_ = usual_in_flight_ = 0;
        for (std::size_t f = 0; f < features_.size(); ++f) {
            auto const& x = features_[f];
            double const w = sojourn(f, per_replica);
            double const cycle_s = std::max(1e-9, called_s(x, w) / x.parallel + x.other_s);
            double const first = x.per_hour[hour] * demand_ / hour_s;
            auto& start = starts_[f];
            start.further = std::max(0.0, 1 - 1 / x.calls);
            start.per_s = std::min(1.0, x.calls) * first + start.further * states_[f].sessions / cycle_s;
            start.in_flight = start.per_s * w;
            starts_per_s_ += start.per_s;
            usual_in_flight_ += start.in_flight;
        }
    }

    struct Offered {
        double per_s = 0, in_flight = 0;
    };
    /// The same while `n` are in flight: sessions whose calls are do not start any.
    [[nodiscard]] Offered offered(double n) const {
        Offered all;
        for (std::size_t f = 0; f < features_.size(); ++f) {
            auto const& x = features_[f];
            auto const& start = starts_[f];
            if (start.in_flight <= 0) continue;
            double const more = n * start.in_flight / usual_in_flight_ - (1 - full_) * start.in_flight;
            double const fewer = start.further * more / x.parallel / std::max(x.other_s, 1e-3);
            double const per_s = std::max(0.0, start.per_s - fewer);
            all.per_s += per_s;
            all.in_flight += per_s * sojourn(f, n / (ready_ * serving_));
        }
        return all;
    }

    /// No more than so many in flight.
    void hold(double most) {
        double const all = in_flight();
        if (all <= most) return;
        for (auto& s : states_) s.in_flight *= most / all;
    }

    // --- sessions and calls

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
        // Calls elsewhere are other things than calls here.
        double const other_s = (x.other_s + full_ * x.overflow_s / x.parallel) / (1 - full_);
        double const calls = x.calls * (1 - full_);
        double const share = busy / (busy + other_s);
        double const rate = 1 / busy + 1 / std::max(other_s, 1e-9);
        double const e = decay(rate);
        double const calling = s.in_flight / x.parallel, settled = before * share;
        double const room = std::max(0.0, most_ - (all_ - s.in_flight)) / x.parallel;
        // Calls that a session of now makes per second of the step, on average.
        double const each =
            before > 0 ? std::min(room, settled + (calling - settled) * (1 - e) / (rate * step_s_)) / busy / before
                       : share / busy;
        double const in_turn = calls / x.parallel;
        double const ending = std::max(each, 1e-12) / in_turn;
        double const stay = decay(ending);
        double const all = before + arrivals * step_s_;
        double const ended =
            std::min(all - before * stay - arrivals * (1 - stay) / ending, room * step_s_ / busy / in_turn);
        double const expected = all - ended;
        double const sd =
            std::sqrt(before * stay * (1 - stay) + x.gaps_cv * x.gaps_cv * arrivals * (1 - stay) / ending);
        s.sessions = std::max(0.0, expected + within(sd, expected) * normals_[noise + 1]);
        double const spread = narrower_ * std::sqrt(std::max(0.0, before * share * (1 - share) * (1 - e * e)));
        double const mean = settled + (calling - settled) * e + share * (s.sessions - before);
        double const next = mean + within(spread, mean) * normals_[noise];
        s.in_flight = std::clamp(next, 0.0, s.sessions) * x.parallel;
        return ended * calls;
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
        if (!most || per_replica <= static_cast<double>(*most)) return served_s(f, per_replica);
        auto const full = static_cast<double>(*most);
        return served_s(f, full) * per_replica / full;
    }

    [[nodiscard]] double served_s(std::size_t f, double per_replica) const {
        double const usual = pool_.curve->sojourn_s(f, per_replica);
        if (!pool_.crowded || full_ <= 0) return usual;
        return std::max(0.5 * usual, usual + crowd() * (pool_.crowded->sojourn_s(f, per_replica) - usual));
    }

    /// How much of what the crowded curve adds is there: as calls in a row that go elsewhere, but for twice as much.
    [[nodiscard]] double crowd() const {
        constexpr double most = 2, at_known = crowded_share / (1 - crowded_share);
        return std::min(most, full_ / (1 - full_) / at_known);
    }

    /// Calls that replicas and the queue have a place for.
    [[nodiscard]] double places() const {
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
        for (std::size_t f = 0; f < day_.overflow.size(); ++f) {
            double const asked = step_s_ * starts_[f].per_s;
            day_.overflow[f].asked += asked;
            day_.overflow[f].beyond += full_ * asked;
            day_.overflow[f].crowded += full_ * full_ * asked;
        }
        for (std::size_t t = 0; t < thresholds_.size(); ++t)
            day_.hours_above[t] += hours * std::max(0.0, paid - thresholds_[t]);
        double const as_crowded = pool_.crowded ? std::min(1.0, crowd()) : 0;
        if (as_crowded > 0) count_levels(*pool_.crowded, completed * as_crowded, per_replica, day_.crowded_by_level);
        count_levels(*pool_.curve, completed * (1 - as_crowded), per_replica, day_.calls_by_level);
    }

    /// Calls that are served as at the levels around the load of now.
    void count_levels(LoadCurve const& curve, double completed, double per_replica, std::vector<double>& by_level) {
        auto const& levels = curve.levels;
        auto const& admitted = pool_.settings->admission.in_flight;
        double const most =
            std::min(levels.back().in_flight, admitted ? static_cast<double>(*admitted) : levels.back().in_flight);
        if (per_replica > most) {
            // Little's law: what is in flight beyond waits for as long as that takes to complete it.
            std::size_t full = 0;
            while (full + 1 < levels.size() && levels[full].in_flight < most) ++full;
            day_.waited_s += completed * (per_replica - most) / std::max(levels[full].calls_per_s, 1e-9);
            by_level.back() += completed;
            return;
        }
        std::size_t l = 0;
        while (levels[l].in_flight < per_replica) ++l;
        double const below =
            l > 0 ? (levels[l].in_flight - per_replica) / (levels[l].in_flight - levels[l - 1].in_flight) : 0;
        if (l > 0) by_level[l - 1] += completed * below;
        by_level[l] += completed * (1 - below);
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
    std::optional<double> above_;  ///< PoolSettings::overflow_above
    /// Calls of a feature that start now.
    struct Start {
        double per_s = 0, in_flight = 0;  ///< all of them, and how many that would be were none diverted
        double further = 0;               ///< share of a session's calls that are not its first
    };
    std::vector<Start> starts_;
    double starts_per_s_ = 0, usual_in_flight_ = 0;
    bool far_ = false;                ///< from full: as many calls are asked as are served
    double full_ = 0, narrower_ = 1;  ///< share of calls that find the pool full; of the usual spread what is left
    double serving_ = 1, paid_ = 1;   ///< shares of the replicas that failures leave
    double all_ = 0, most_ = 0;       ///< calls in flight where a step begins; those that it has a place for
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

FluidDay fluid_day(FluidPool const& pool, std::vector<FluidFeature> const& features, double demand,
                   std::span<double const> thresholds, NormalTable const& normals) {
    RUNRATE_EXPECT(!features.empty() && demand >= 0);
    return Fluid{pool, features, demand, thresholds, normals}.run();
}

}  // namespace runrate
