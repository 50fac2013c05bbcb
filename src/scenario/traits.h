#pragma once

#include "scenario/scenario.h"

namespace runrate {

/// Which parts of the language a scenario uses, where rules depend on it.
struct Traits {
    bool window = false, user = false, compaction = false, limit = false, agents = false;
    bool counts = false;  ///< a count with `at_most`, or a geometric one
    bool caps = false, continues = false, reasoning = false, reasoning_share = false, embeds = false;
    bool split = false, shadow = false;
    bool uses = false;       ///< a tool, a query or a rerank that is billed by use
    bool automatic = false;  ///< a model whose vendor caches by itself
    bool growth = false, logistic = false, rates = false;
};

Traits traits_of(Scenario const&);

}  // namespace runrate
