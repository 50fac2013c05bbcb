#pragma once

#include "scenario/reading.h"
#include "scenario/scenario.h"

namespace runrate {

/// Whoever is asked and billed by use must have a fee: for a tool or a query one per request, for a rerank one of
/// either kind. Reports models that have none where they are first named.
void check_fees(Scenario const&, Reading&);

}  // namespace runrate
