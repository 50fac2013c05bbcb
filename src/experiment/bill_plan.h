#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cost/meter_price.h"
#include "experiment/demand_plan.h"
#include "scenario/scenario.h"
#include "serving/simulate.h"

namespace runrate {

/// A line that an option's bill can have. Lines of features come first, then what no feature causes directly.
struct BillLine {
    std::string line;   ///< `answerer output`, `staff`
    std::string group;  ///< `API tokens`, `API fees`, `staff`, `observability`, `one-off`
    std::optional<FeatureId> feature;
    std::optional<TargetId> target;
    std::optional<Meter> meter;
    std::size_t key = 0;                       ///< of the feature's usage keys
    RequestClass of{};                         ///< what its requests have in common
    std::string region{};                      ///< in which they are served; empty: anywhere
    std::optional<std::size_t> agreement{};    ///< with the vendor, of BillPlan::agreements
    std::optional<std::size_t> reservation{};  ///< that covers it first, of DemandPlan::reservations
    std::string unit{};                        ///< of its quantity, where no meter counts it
    std::optional<std::size_t> ceiling{};      ///< of spending that it counts against, of OptionLimits::spend
    std::optional<std::size_t> pool{};         ///< of BillPlan::pools
};
inline constexpr char const* provisioned_group = "provisioned throughput";

/// Lines of an agreement: discount, credits, shortfall.
inline constexpr std::size_t agreement_lines = 3, credit_line = 1, shortfall_line = 2;

/// What the bill of a pool can consist of.
enum class PoolItem {
    reserved,
    on_demand,
    spot,
    spare,
    headroom,
    owned,
    maintenance,
    colocation,
    power,
    hosts,
    storage,
    network
};
inline constexpr std::size_t pool_items = 12;
inline constexpr char const* gpu_group = "GPU-hours";

/// A pool of an option, and where its lines stand.
struct PoolLines {
    std::size_t pool = 0;                                          ///< of the scenario
    std::array<std::optional<std::size_t>, pool_items> line_of{};  ///< by PoolItem, of the plan; nothing: it has none
    std::vector<double> base_of_month{};  ///< replicas that are paid for whether they are needed or not
    std::vector<double> thresholds{};     ///< numbers of replicas for FluidDay::hours_above, rising

    [[nodiscard]] double base(std::size_t month) const { return base_of_month[month]; }
    /// The least of any month.
    [[nodiscard]] double least_base() const;
};

/// One option, prepared for every world: programs by feature and the lines of its bill.
struct BillPlan {
    OptionId option;
    std::vector<std::shared_ptr<FeatureProgram const>> programs;  ///< by FeatureId
    std::vector<BillLine> lines;
    std::size_t direct_lines = 0;  ///< lines of features; the fixed ones follow
    std::size_t one_off_line = 0;  ///< index of the first one-off line; the agreements' where there are none
    std::vector<VendorPlan> agreements;
    DemandPlan demand;
    std::size_t agreement_line = 0;  ///< index of the first agreement's lines; the pools' where there are none
    std::size_t pool_line = 0;       ///< index of the first pool's lines; `lines.size()` where there are none
    std::vector<PoolLines> pools{};
};

/// The class of the requests that a feature's usage key counts.
RequestClass request_class(Scenario const&, FeatureId, UsageKey const&);

BillPlan plan_bill(Scenario const&, OptionId);

}  // namespace runrate
