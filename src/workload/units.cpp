#include "workload/units.h"

namespace runrate {

std::vector<CostUnit> cost_units(Feature const& feature) {
    bool const job = std::holds_alternative<Schedule>(feature.traffic.volume);
    std::vector<CostUnit> units{{UnitOf::session, job ? "item" : "session"}};
    if (!job) units.push_back({UnitOf::turn, "turn"});
    units.push_back({UnitOf::call, "call"});
    auto const& customers = feature.traffic.customers.count;
    if (customers.uncertain() || customers.value > 1) units.push_back({UnitOf::customer_month, "customer and month"});
    if (feature.outcome.stated) {
        units.push_back({UnitOf::success, feature.outcome.name});
        units.push_back({UnitOf::success_with_failures, feature.outcome.name + ", failures paid"});
    }
    return units;
}

}  // namespace runrate
