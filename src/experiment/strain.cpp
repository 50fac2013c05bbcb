#include "experiment/strain.h"

#include <algorithm>
#include <utility>

#include "cost/meter_price.h"
#include "experiment/behaviours.h"
#include "experiment/caps.h"
#include "experiment/shared_prefixes.h"
#include "projection/minute_demand.h"

namespace runrate {
namespace {

/// The use of a gauge by sessions of which a share counts.
void add(MinuteUse& sum, MinuteUse const& use, double share) {
    sum.mean += share * use.mean;
    sum.squares += share * use.squares;
    sum.tens += share * use.tens;
    sum.whole += share * use.whole;
    sum.profile += share * use.profile;
    sum.ten_profile += share * use.ten_profile;
}

/// One option in one world while its strain is worked out.
class Strainer {
public:
    Strainer(Experiment const& e, BillPlan const& plan, WorldOutcome const& world,
             std::vector<std::vector<MonthVolume>> const& volumes, OptionOutcome& out)
        : e_{e}, plan_{plan}, world_{world}, volumes_{volumes}, out_{out}, behaviours_{e, plan, world, out} {}

    void run() {
        out_.strain.blends.resize(features());
        capped_ = capped_shares(e_, plan_, world_, volumes_, out_);
        take_overflow();
        auto const groups = option().limits.targets.size();
        refused_.assign(features() * cells(), std::vector<double>(groups, 0));
        if (!plan_.demand.gauges.empty()) {
            prepare_minutes();
            for (auto const group : order_of(groups)) watch_group(group);
            for (std::size_t r = 0; r < plan_.demand.reservations.size(); ++r) watch_reservation(r);
        }
        for (std::size_t f = 0; f < features(); ++f) add_blends(f);
    }

private:
    [[nodiscard]] Scenario const& scenario() const { return *e_.scenario; }
    [[nodiscard]] Option const& option() const { return scenario().options[plan_.option.index()]; }
    [[nodiscard]] std::size_t features() const { return e_.layout.features; }
    [[nodiscard]] std::size_t cells() const { return e_.layout.cells(); }
    std::vector<double>& refused(std::size_t feature, std::size_t cell) { return refused_[feature * cells() + cell]; }

    /// Which parts of a feature's sessions find the pool full how often, the rest never.
    void take_overflow() {
        overflow_.assign(features() * cells(), {{1, 0}});
        for (auto const& pool : out_.pools) {
            for (std::size_t f = 0; !pool.beyond.empty() && f < features(); ++f) {
                for (std::size_t cell = 0; cell < cells(); ++cell) {
                    auto const at = cell * features() + f;
                    auto& parts = overflow_[f * cells() + cell];
                    for (auto const& part : overflow_parts(pool.beyond[at], pool.crowding[at])) {
                        parts.front().share -= part.share;
                        parts.push_back(part);
                    }
                    parts.front().share = std::max(0.0, parts.front().share);
                }
            }
        }
    }
    [[nodiscard]] std::vector<OverflowPart> const& overflow(std::size_t feature, std::size_t cell) const {
        return overflow_[feature * cells() + cell];
    }

    void prepare_minutes() {
        auto& strain = out_.strain;
        auto const& demand = plan_.demand;
        bool const surveyed = world_.id.index < surveyed_worlds;
        strain.needed.resize(surveyed ? (demand.limits.size() + demand.reservations.size()) * cells() : 0);
        strain.asked.resize(strain.needed.size());
        strain.spilled.assign(demand.reservations.size() * cells() * features(), 1);
        for (std::size_t f = 0; f < features(); ++f) {
            auto const& traffic = scenario().features[f].traffic;
            traffic_.push_back({&traffic, &volumes_[f], traffic.gaps_cv.in(world_.beliefs[0]),
                                traffic.day_to_day.in(world_.beliefs[0])});
        }
        for (std::size_t m = 0; m < e_.layout.months; ++m) hours_.push_back(equal_hours(traffic_, m));
    }

    /// A group comes after those whose refused calls its targets answer.
    [[nodiscard]] std::vector<std::size_t> order_of(std::size_t groups) const {
        std::vector<std::size_t> order;
        std::vector<bool> done(groups, false);
        while (order.size() < groups) {
            std::size_t next = 0;
            while (done[next]) ++next;
            for (std::size_t g = next; g < groups; ++g) {
                if (!done[g] && !answers_others(g, done)) {
                    next = g;
                    break;
                }
            }
            done[next] = true;
            order.push_back(next);
        }
        return order;
    }

    [[nodiscard]] bool answers_others(std::size_t group, std::vector<bool> const& done) const {
        auto const& all = option().limits.targets;
        auto const in = [](TargetLimits const& limits, TargetId t) {
            return std::find(limits.targets.begin(), limits.targets.end(), t) != limits.targets.end();
        };
        auto follows = option().behaviour.fallbacks;
        for (auto const& route : option().behaviour.routes) {
            auto const* cascade = route ? std::get_if<Cascade>(&*route) : nullptr;
            if (cascade) follows.push_back({cascade->first, cascade->then});
        }
        for (auto const& fallback : follows) {
            if (!in(all[group], fallback.to)) continue;
            for (std::size_t g = 0; g < all.size(); ++g) {
                if (g != group && !done[g] && in(all[g], fallback.of)) return true;
            }
        }
        return false;
    }

    /// A feature's mean session in a cell, as far as a gauge sees it.
    MinuteUse use_of(std::size_t feature, std::size_t cell, std::size_t gauge) {
        MinuteUse sum;
        if (!behaviours_.counted(feature)) return sum;
        double const capped = capped_[feature].empty() ? 0 : capped_[feature][cell];
        for (auto const& part : nested(refused(feature, cell)))
            for (auto const& full : overflow(feature, cell))
                add(sum, behaviours_.in(feature, {full.probability, part.refusing}).minutes[gauge],
                    part.share * full.share * (1 - capped));
        if (capped == 0) return sum;
        auto const& beyond = behaviours_.beyond_cap(feature);
        if (!beyond.minutes.empty()) add(sum, beyond.minutes[gauge], capped);
        return sum;
    }

    MinuteDemand demand_of(std::size_t gauge, std::size_t cell) {
        bool const pools = scenario().scales.multiply == ScaleOf::customers;
        std::vector<MinuteUse> uses;
        for (std::size_t f = 0; f < features(); ++f)
            uses.push_back(with_misses(use_of(f, cell, gauge), f, cell, gauge));
        return {hours_[e_.layout.month_of(cell)], traffic_, uses, e_.multiple(cell),
                pools ? Pooling::pools : Pooling::does_not};
    }

    /// Prefixes that a session would find alive but misses count as prompt tokens, where reads do not.
    [[nodiscard]] MinuteUse with_misses(MinuteUse use, std::size_t feature, std::size_t cell, std::size_t gauge) const {
        auto const& of = plan_.demand.gauges[gauge];
        auto const& shared = out_.usage[feature].shared;
        double missed = 0;
        for (std::size_t p = 0; p < shared.size(); ++p) {
            auto const target = out_.usage[feature].keys[shared[p].usage].target;
            if (std::find(of.targets.begin(), of.targets.end(), target) == of.targets.end()) continue;
            double const counted = of.weights[static_cast<std::size_t>(shared[p].on_miss)] -
                                   of.weights[static_cast<std::size_t>(Meter::cache_read)];
            missed += counted * shared[p].at_risk * out_.shared[feature].missed[cell * shared.size() + p];
        }
        if (!(missed > 0) || !(use.mean > 0)) return use;
        double const more = 1 + missed / use.mean;
        use.mean *= more;
        for (double MinuteUse::*square :
             {&MinuteUse::squares, &MinuteUse::tens, &MinuteUse::whole, &MinuteUse::profile, &MinuteUse::ten_profile})
            use.*square *= more * more;
        return use;
    }

    void survey(std::size_t row, std::size_t cell, MinuteDemand const& asked) {
        auto& strain = out_.strain;
        if (strain.needed.empty()) return;
        strain.needed[row * cells() + cell] = static_cast<float>(asked.quantile(0.99));
        strain.asked[row * cells() + cell] = static_cast<float>(asked.mean());
    }

    [[nodiscard]] std::size_t gauge_of(std::size_t group) const {
        auto const& limits = plan_.demand.limits;
        return std::find_if(limits.begin(), limits.end(), [&](RateLimit const& l) { return l.group == group; })->gauge;
    }

    /// The share of sessions that a refused share of calls falls on: those that other groups refuse come first, and
    /// many of them may be the only ones that ask this one at all.
    double session_share(std::size_t feature, std::size_t cell, std::size_t gauge, double of_calls) {
        if (!behaviours_.counted(feature)) return 0;
        auto parts = nested(refused(feature, cell));
        std::reverse(parts.begin(), parts.end());
        auto const calls = [&](NestedShare const& part) {
            double sum = 0;
            for (auto const& full : overflow(feature, cell))
                sum += full.share * behaviours_.in(feature, {full.probability, part.refusing}).minutes[gauge].mean;
            return sum;
        };
        double left = 0;
        for (auto const& part : parts) left += part.share * calls(part);
        left *= of_calls;
        double share = 0;
        for (auto const& part : parts) {
            double const here = part.share * calls(part);
            if (here >= left) return here > 0 ? share + part.share * left / here : share;
            share += part.share;
            left -= here;
        }
        return share;
    }

    void watch_group(std::size_t group) {
        for (std::size_t cell = 0; cell < cells(); ++cell) {
            std::vector<double> most(features(), 0);
            for (std::size_t l = 0; l < plan_.demand.limits.size(); ++l) {
                auto const& limit = plan_.demand.limits[l];
                if (limit.group != group) continue;
                auto const asked = demand_of(limit.gauge, cell);
                survey(l, cell, asked);
                auto const shares = asked.refused(limit.allowed);
                for (std::size_t f = 0; f < features(); ++f) most[f] = std::max(most[f], shares[f]);
            }
            for (std::size_t f = 0; f < features(); ++f)
                refused(f, cell)[group] = session_share(f, cell, gauge_of(group), most[f]);
        }
    }

    void watch_reservation(std::size_t r) {
        auto const& reservation = plan_.demand.reservations[r];
        for (std::size_t cell = 0; cell < cells(); ++cell) {
            auto const month = static_cast<int>(e_.layout.month_of(cell));
            if (!reservation.spec.in_force(scenario().calendar.month(month))) continue;
            auto const asked = demand_of(reservation.gauge, cell);
            survey(plan_.demand.limits.size() + r, cell, asked);
            auto const shares = asked.refused(reservation.spec.units * reservation.spec.each_per_minute);
            for (std::size_t f = 0; f < features(); ++f) {
                if (behaviours_.counted(f)) out_.strain.spilled[e_.layout.reserved(r, cell, f)] = shares[f];
            }
        }
    }

    void add_blends(std::size_t f) {
        std::map<Way, std::vector<double>> shares;
        for (std::size_t cell = 0; cell < cells(); ++cell) {
            double const capped = capped_[f].empty() ? 0 : capped_[f][cell];
            for (auto const& part : nested(refused(f, cell))) {
                for (auto const& full : overflow(f, cell)) {
                    auto const way = behaviours_.effective(f, {full.probability, part.refusing});
                    if (way == Way{}) continue;
                    auto& share = shares[way];
                    share.resize(cells(), 0);
                    share[cell] += part.share * full.share * (1 - capped);
                }
            }
        }
        for (auto& [way, share] : shares) {
            auto const cause = way.refusing.empty() ? Blend::Cause::overflow : Blend::Cause::limit;
            add_blend(f, {.cause = cause, .share = share, .usage = behaviours_.in(f, way)});
        }
        bool const any = std::any_of(capped_[f].begin(), capped_[f].end(), [](double c) { return c > 0; });
        if (!any) return;
        auto const& degraded = *plan_.demand.degraded[f];
        add_blend(f, {.cause = Blend::Cause::cap,
                      .share = capped_[f],
                      .option = degraded.option,
                      .served = degraded.program != nullptr,
                      .usage = behaviours_.beyond_cap(f)});
    }

    void add_blend(std::size_t f, Blend blend) {
        if (blend.served) {
            std::swap(out_.usage[f], blend.usage);  // as if all its sessions ran so
            blend.shared = shared_months(e_, f, volumes_, out_.usage, world_.beliefs[0]);
            std::swap(out_.usage[f], blend.usage);
        }
        out_.strain.blends[f].push_back(std::move(blend));
    }

    Experiment const& e_;
    BillPlan const& plan_;
    WorldOutcome const& world_;
    std::vector<std::vector<MonthVolume>> const& volumes_;
    OptionOutcome& out_;
    Behaviours behaviours_;
    std::vector<std::vector<double>> capped_;   ///< by feature: share of sessions beyond the cap, by cell; or empty
    std::vector<std::vector<double>> refused_;  ///< [feature, cell]: share by group
    std::vector<std::vector<OverflowPart>> overflow_;  ///< [feature, cell]: all of its sessions
    std::vector<FeatureTraffic> traffic_;
    std::vector<std::vector<EqualHours>> hours_;  ///< by month
};

}  // namespace

void apply_strain(Experiment const& e, BillPlan const& plan, WorldOutcome const& world,
                  std::vector<std::vector<MonthVolume>> const& volumes, OptionOutcome& out) {
    Strainer{e, plan, world, volumes, out}.run();
}

}  // namespace runrate
