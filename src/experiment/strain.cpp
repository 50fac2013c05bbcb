#include "experiment/strain.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "cost/meter_price.h"
#include "experiment/shared_prefixes.h"
#include "projection/minute_demand.h"
#include "projection/token_cap.h"

namespace runrate {
namespace {

constexpr double negligible = 1e-6;  // shares of sessions not worth a behaviour of their own

/// One option in one world.
struct World {
    Experiment const& e;
    BillPlan const& plan;
    WorldOutcome const& world;
    std::vector<std::vector<MonthVolume>> const& volumes;
    OptionOutcome& out;

    [[nodiscard]] Scenario const& scenario() const { return *e.scenario; }
    [[nodiscard]] BeliefValues beliefs() const { return world.beliefs[0]; }
    [[nodiscard]] std::size_t cells() const { return e.layout.scales * e.layout.months; }
    [[nodiscard]] Sample sample(std::size_t feature) const {
        return {e.seed, world.id.number(), FeatureId{feature}, e.sessions[feature]};
    }
};

/// Batches wait in a queue of their own and ask nothing of the minute's limits.
bool waits(Feature const& feature) { return feature.session.lane == Lane::batch; }

std::vector<FeatureTraffic> traffic_of(World const& w) {
    std::vector<FeatureTraffic> all;
    for (std::size_t f = 0; f < w.e.layout.features; ++f) {
        auto const& traffic = w.scenario().features[f].traffic;
        all.push_back({&traffic, &w.volumes[f], traffic.gaps_cv.in(w.beliefs()), traffic.day_to_day.in(w.beliefs())});
    }
    return all;
}

std::vector<MinuteUse> uses_of(World const& w, std::size_t gauge) {
    std::vector<MinuteUse> uses;
    for (std::size_t f = 0; f < w.e.layout.features; ++f)
        uses.push_back(waits(w.scenario().features[f]) ? MinuteUse{} : w.out.usage[f].minutes[gauge]);
    return uses;
}

bool in_force(ProvisionedSpec const& spec, Calendar const& calendar, std::size_t month) {
    auto const here = calendar.month(static_cast<int>(month));
    return (!spec.from || *spec.from <= here) && (!spec.until || here <= *spec.until);
}

/// Every gauge in every cell: what is needed, refused and covered. \returns the refused share, [group][cell]
std::vector<std::vector<double>> watch_minutes(World const& w) {
    auto const& demand = w.plan.demand;
    auto const& layout = w.e.layout;
    auto& strain = w.out.strain;
    auto const pooling = w.scenario().scales.multiply == ScaleOf::customers ? Pooling::pools : Pooling::does_not;
    auto const features = traffic_of(w);
    bool const surveyed = w.world.id.index < surveyed_worlds;
    auto const& option = w.scenario().options[w.plan.option.index()];
    std::vector<std::vector<double>> refused(option.limits.targets.size(), std::vector<double>(w.cells(), 0));
    strain.needed.resize(surveyed ? demand.limits.size() * w.cells() : 0);
    strain.asked.resize(strain.needed.size());
    strain.spilled.assign(demand.reservations.size() * w.cells(), 1);
    for (std::size_t m = 0; m < layout.months; ++m) {
        auto const hours = equal_hours(features, m);
        for (std::size_t s = 0; s < layout.scales; ++s) {
            auto const cell = layout.cell(s, m);
            auto const minutes = [&](std::size_t gauge) {
                return MinuteDemand{hours, features, uses_of(w, gauge), w.e.scales[s], pooling};
            };
            for (std::size_t l = 0; l < demand.limits.size(); ++l) {
                auto const& limit = demand.limits[l];
                auto const asked = minutes(limit.gauge);
                auto& share = refused[limit.group][cell];
                share = std::max(share, asked.refused(limit.allowed));
                if (!surveyed) continue;
                strain.needed[l * w.cells() + cell] = static_cast<float>(asked.quantile(0.99));
                strain.asked[l * w.cells() + cell] = static_cast<float>(asked.mean());
            }
            for (std::size_t r = 0; r < demand.reservations.size(); ++r) {
                auto const& spec = demand.reservations[r].spec;
                if (!in_force(spec, w.scenario().calendar, m)) continue;
                double const capacity = spec.units * spec.each_per_minute;
                strain.spilled[r * w.cells() + cell] = minutes(demand.reservations[r].gauge).refused(capacity);
            }
        }
    }
    return refused;
}

bool any_share(std::vector<double> const& shares) {
    return std::any_of(shares.begin(), shares.end(), [](double share) { return share > negligible; });
}

bool reaches(FeatureUsage const& usage, std::vector<TargetId> const& targets) {
    return std::any_of(usage.keys.begin(), usage.keys.end(), [&](UsageKey const& key) {
        return std::find(targets.begin(), targets.end(), key.target) != targets.end();
    });
}

/// Sessions whose calls to a group of targets are refused.
void add_refusals(World const& w, std::vector<std::vector<double>> const& refused) {
    auto const& groups = w.scenario().options[w.plan.option.index()].limits.targets;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        if (!any_share(refused[g])) continue;
        Probe probe;
        for (auto const target : groups[g].targets)
            probe.refusing.push_back({target, groups[g].per_minute.retry_after_s});
        for (std::size_t f = 0; f < w.e.layout.features; ++f) {
            if (waits(w.scenario().features[f]) || !reaches(w.out.usage[f], groups[g].targets)) continue;
            Blend blend{.cause = Blend::Cause::limit, .share = refused[g]};
            blend.usage = simulate(*w.plan.programs[f], w.beliefs(), w.sample(f), probe);
            w.out.strain.blends[f].push_back(std::move(blend));
        }
    }
}

double tokens_of(FeatureUsage const& usage) {
    double tokens = 0;
    for (auto const& meters : usage.mean) {
        for (std::size_t m = 0; m < meter_count; ++m) tokens += counts_tokens(static_cast<Meter>(m)) ? meters[m] : 0;
    }
    return tokens;
}

double token_variance(FeatureUsage const& usage) {
    auto const width = usage.keys.size() * meter_count;
    double variance = 0;
    for (std::size_t a = 0; a < width; ++a) {
        for (std::size_t b = 0; b < width; ++b) {
            bool const both = counts_tokens(static_cast<Meter>(a % meter_count)) &&
                              counts_tokens(static_cast<Meter>(b % meter_count));
            variance += both ? usage.covariance[a * width + b] : 0;
        }
    }
    return std::max(0.0, variance);
}

/// The share of a capped feature's sessions in a cell that find their customer's tokens used up.
double capped_share(World const& w, std::size_t f, double tokens, double variance, std::size_t scale,
                    std::size_t month) {
    auto const& feature = w.scenario().features[f];
    bool const more_customers = w.scenario().scales.multiply == ScaleOf::customers;
    double const factor = w.e.scales[scale];
    auto const& customers = feature.traffic.customers;
    CappedCustomers c{.count = customers.count.in(w.beliefs()) * (more_customers ? factor : 1), .zipf = {}};
    if (customers.zipf) c.zipf = customers.zipf->in(w.beliefs());
    c.sessions = w.volumes[f][month].sessions * factor;
    c.tokens = tokens;
    c.tokens_variance = variance;
    c.gaps_cv = feature.traffic.gaps_cv.in(w.beliefs());
    return share_beyond_cap(c, feature.cap->per_month.in(w.beliefs()));
}

void add_caps(World const& w) {
    auto const& layout = w.e.layout;
    for (std::size_t f = 0; f < layout.features; ++f) {
        auto const& degraded = w.plan.demand.degraded[f];
        if (!degraded) continue;
        double const tokens = tokens_of(w.out.usage[f]);
        double const variance = token_variance(w.out.usage[f]);
        Blend blend{.cause = Blend::Cause::cap, .option = degraded->option, .served = degraded->program != nullptr};
        for (std::size_t s = 0; s < layout.scales; ++s) {
            for (std::size_t m = 0; m < layout.months; ++m)
                blend.share.push_back(capped_share(w, f, tokens, variance, s, m));
        }
        if (!any_share(blend.share)) continue;
        if (degraded->program) blend.usage = simulate(*degraded->program, w.beliefs(), w.sample(f));
        w.out.strain.blends[f].push_back(std::move(blend));
    }
}

}  // namespace

void apply_strain(Experiment const& e, BillPlan const& plan, WorldOutcome const& world,
                  std::vector<std::vector<MonthVolume>> const& volumes, OptionOutcome& out) {
    World const w{e, plan, world, volumes, out};
    out.strain.blends.resize(e.layout.features);
    if (!plan.demand.gauges.empty()) add_refusals(w, watch_minutes(w));
    add_caps(w);
    for (std::size_t f = 0; f < e.layout.features; ++f) {
        for (auto& blend : out.strain.blends[f]) {
            if (!blend.served) continue;
            std::swap(out.usage[f], blend.usage);  // as if all its sessions ran so
            blend.shared = shared_months(e, f, volumes, out.usage, w.beliefs());
            std::swap(out.usage[f], blend.usage);
        }
    }
}

}  // namespace runrate
