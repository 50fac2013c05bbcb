#pragma once

#include <map>
#include <utility>
#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// Groups of targets (of OptionLimits::targets) that refuse, ascending.
using RefusingGroups = std::vector<std::size_t>;

/// How the sessions of an option's features run in one world: as usual, with some targets refusing, or beyond a cap.
/// Each is simulated when it is first asked for, over the same sessions.
class Behaviours {
public:
    Behaviours(Experiment const&, BillPlan const&, WorldOutcome const&, OptionOutcome const&);

    /// Whether a feature's calls count against limits: batches wait in a queue of their own.
    [[nodiscard]] bool counted(std::size_t feature) const;

    FeatureUsage const& refused(std::size_t feature, RefusingGroups const&);
    FeatureUsage const& beyond_cap(std::size_t feature);  ///< empty where such sessions are not served

private:
    [[nodiscard]] Sample sample(std::size_t feature) const;

    Experiment const& e_;
    BillPlan const& plan_;
    WorldOutcome const& world_;
    OptionOutcome const& out_;
    std::map<std::pair<std::size_t, RefusingGroups>, FeatureUsage> refused_;
    std::map<std::size_t, FeatureUsage> beyond_;
};

/// A share of sessions and the groups that refuse them.
struct NestedShare {
    double share = 0;
    RefusingGroups refusing;
};

/// Shares refused by group, nested: the largest contains the others. All shares add up to 1; those that are not worth a
/// behaviour of their own are left out.
std::vector<NestedShare> nested(std::vector<double> const& refused_by_group);

}  // namespace runrate
