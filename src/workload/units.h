#pragma once

#include <string>
#include <vector>

#include "workload/session.h"

namespace runrate {

/// What the cost of a feature is divided by.
enum class UnitOf { session, turn, call, customer_month, largest_customer_month, success, success_with_failures };

struct CostUnit {
    UnitOf of;
    std::string name;  ///< as reports and gates call it
};

/// The units of a feature: a visit (of a job: an item), its parts, a customer's month where customers are stated, and a
/// success where it is named, alone and with the cost of the failures beside it. Unequal customers have a largest.
std::vector<CostUnit> cost_units(Feature const&);

/// The share of the first of `customers` whose shares by rank are as 1 / rank^exponent (Zipf): one over the generalised
/// harmonic number, by Euler-Maclaurin past its first terms. \pre customers >= 1, exponent >= 0
double largest_share(double customers, double exponent);

}  // namespace runrate
