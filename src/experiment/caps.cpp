#include "experiment/caps.h"

#include <algorithm>

#include "projection/token_cap.h"

namespace runrate {
namespace {

/// One capped feature in one world.
struct CappedFeature {
    Experiment const& e;
    Feature const& feature;
    BeliefValues world;
    std::vector<MonthVolume> const& months;
    SessionTokens tokens;

    [[nodiscard]] double share(std::size_t cell) const {
        double const factor = e.multiple(cell);
        bool const more_customers = e.scenario->scales.multiply == ScaleOf::customers;
        auto const& customers = feature.traffic.customers;
        CappedCustomers c{.count = customers.count.in(world) * (more_customers ? factor : 1), .zipf = {}};
        if (customers.zipf) c.zipf = customers.zipf->in(world);
        c.sessions = months[e.layout.month_of(cell)].sessions * factor;
        c.tokens = tokens.mean;
        c.tokens_variance = tokens.variance;
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
        CappedFeature const capped{e, e.scenario->features[f], world.beliefs[0], volumes[f],
                                   session_tokens(out.usage[f])};
        for (std::size_t cell = 0; cell < layout.cells(); ++cell) shares[f].push_back(capped.share(cell));
    }
    return shares;
}

}  // namespace runrate
