#include "workload/units.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate {

std::vector<CostUnit> cost_units(Feature const& feature) {
    bool const job = std::holds_alternative<Schedule>(feature.traffic.volume);
    std::vector<CostUnit> units{{UnitOf::session, job ? "item" : "session"}};
    if (!job) units.push_back({UnitOf::turn, "turn"});
    units.push_back({UnitOf::call, "call"});
    auto const& customers = feature.traffic.customers.count;
    if (customers.uncertain() || customers.value > 1) {
        units.push_back({UnitOf::customer_month, "customer and month"});
        // A cap meets the largest first: their cost is no longer in proportion to their sessions.
        if (feature.traffic.customers.zipf && !feature.cap)
            units.push_back({UnitOf::largest_customer_month, "largest customer and month"});
    }
    if (feature.outcome.stated) {
        units.push_back({UnitOf::success, feature.outcome.name});
        units.push_back({UnitOf::success_with_failures, feature.outcome.name + ", failures paid"});
    }
    return units;
}

double largest_share(double customers, double exponent) {
    RUNRATE_EXPECT(customers >= 1 && exponent >= 0);
    double const first = std::min(16.0, std::floor(customers));
    double sum = 0;
    for (double rank = 1; rank <= first; ++rank) sum += real::pow(rank, -exponent);
    if (customers <= first) return 1 / sum;
    auto const share = [&](double x) { return real::pow(x, -exponent); };
    auto const slope = [&](double x) { return -exponent * share(x) / x; };
    double const logarithm = real::log(customers / first), one_less = 1 - exponent;
    double const integral =
        one_less == 0 ? logarithm : first * share(first) * real::expm1(one_less * logarithm) / one_less;
    sum += integral + (share(customers) - share(first)) / 2 + (slope(customers) - slope(first)) / 12;
    return 1 / sum;
}

}  // namespace runrate
