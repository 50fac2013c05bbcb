#pragma once

#include <map>
#include <utility>
#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// Groups of targets (of OptionLimits::targets) that refuse, ascending.
using RefusingGroups = std::vector<std::size_t>;

/// In which way sessions run otherwise than usual: calls that find a pool full, each by itself with this probability,
/// and targets that refuse.
struct Way {
    double overflow = 0;
    RefusingGroups refusing{};
    friend auto operator<=>(Way const&, Way const&) = default;
};

/// How the sessions of an option's features run in one world: as usual, in other ways, or beyond a cap. Each is
/// simulated when it is first asked for, over the same sessions.
class Behaviours {
public:
    Behaviours(Experiment const&, BillPlan const&, WorldOutcome const&, OptionOutcome const&);

    /// Whether a feature's calls count against limits: batches wait in a queue of their own.
    [[nodiscard]] bool counted(std::size_t feature) const;

    FeatureUsage const& in(std::size_t feature, Way const&);
    /// The same without groups whom nobody asks then: they change nothing by refusing.
    Way effective(std::size_t feature, Way);
    FeatureUsage const& beyond_cap(std::size_t feature);  ///< empty where such sessions are not served

private:
    [[nodiscard]] Sample sample(std::size_t feature) const;
    [[nodiscard]] FeatureUsage const* known_in(std::size_t feature, Way const&) const;
    [[nodiscard]] bool asks(FeatureUsage const&, std::size_t group) const;

    Experiment const& e_;
    BillPlan const& plan_;
    WorldOutcome const& world_;
    OptionOutcome const& out_;
    std::map<std::pair<std::size_t, Way>, FeatureUsage> ways_;
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

/// A share of sessions whose calls find the pool full with a probability.
struct OverflowPart {
    double share = 0, probability = 0;
};

/// Sessions that stand for calls of which a share goes elsewhere, and does so where others do: whoever goes once finds
/// there what it left the last time. \param crowding  of a call that goes, the mean share that goes with it; at least
/// `beyond`
std::vector<OverflowPart> overflow_parts(double beyond, double crowding);

}  // namespace runrate
