#include "experiment/caps.h"

#include <algorithm>

#include "cost/meter_price.h"
#include "projection/token_cap.h"

namespace runrate {
namespace {

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

/// One capped feature in one world.
struct CappedFeature {
    Experiment const& e;
    Feature const& feature;
    BeliefValues world;
    std::vector<MonthVolume> const& months;
    double tokens, variance;  ///< of a session

    [[nodiscard]] double share(std::size_t scale, std::size_t month) const {
        double const factor = e.scales[scale];
        bool const more_customers = e.scenario->scales.multiply == ScaleOf::customers;
        auto const& customers = feature.traffic.customers;
        CappedCustomers c{.count = customers.count.in(world) * (more_customers ? factor : 1), .zipf = {}};
        if (customers.zipf) c.zipf = customers.zipf->in(world);
        c.sessions = months[month].sessions * factor;
        c.tokens = tokens;
        c.tokens_variance = variance;
        c.gaps_cv = feature.traffic.gaps_cv.in(world);
        return share_beyond_cap(c, feature.cap->per_month.in(world));
    }
};

}  // namespace

std::vector<std::vector<double>> capped_shares(Experiment const& e, BillPlan const& plan, WorldOutcome const& world,
                                               std::vector<std::vector<MonthVolume>> const& volumes,
                                               OptionOutcome const& out) {
    auto const& layout = e.layout;
    std::vector<std::vector<double>> shares(layout.features);
    for (std::size_t f = 0; f < layout.features; ++f) {
        if (!plan.demand.degraded[f]) continue;
        CappedFeature const capped{e,          e.scenario->features[f], world.beliefs[0],
                                   volumes[f], tokens_of(out.usage[f]), token_variance(out.usage[f])};
        for (std::size_t s = 0; s < layout.scales; ++s) {
            for (std::size_t m = 0; m < layout.months; ++m) shares[f].push_back(capped.share(s, m));
        }
    }
    return shares;
}

}  // namespace runrate
