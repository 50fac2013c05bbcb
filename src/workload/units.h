#pragma once

#include <string>
#include <vector>

#include "workload/session.h"

namespace runrate {

/// What the cost of a feature is divided by.
enum class UnitOf { session, turn, call, customer_month, success, success_with_failures };

struct CostUnit {
    UnitOf of;
    std::string name;  ///< as reports and gates call it
};

/// The units of a feature: a visit (of a job: an item), its parts, a customer's month where customers are stated, and a
/// success where it is named, alone and with the cost of the failures beside it.
std::vector<CostUnit> cost_units(Feature const&);

}  // namespace runrate
