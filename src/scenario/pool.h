#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "calibration/speed.h"
#include "core/date.h"
#include "pricing/owned_machines.h"
#include "runrate/replica.h"
#include "scenario/belief.h"
#include "scenario/fleet_terms.h"

namespace runrate {

/// Throughput that is stated of a replica instead of measured: no latency is known then.
struct StatedCapacity {
    enum class Of { output, total } of = Of::output;  ///< which tokens count: written ones, or prompts too
    Number tokens_per_s;
};

/// Step times that measurements say.
struct CalibratedSpeed {
    std::string calibration;  ///< name of the set
    EngineSpeed speed;
};

/// Identical replicas of a model on one's own GPUs.
struct Pool {
    std::string name;
    Replica replica;
    std::string engine;  ///< class by which calibrations know it
    std::variant<CalibratedSpeed, StatedCapacity> speed{};
    FleetTerms fleet{};
};

/// Replicas that are paid for whether they are needed or not.
struct ReservedReplicas {
    int replicas = 1;
    std::optional<Month> from{};  ///< first month; nothing: the scenario's
    std::optional<int> months{};  ///< term; nothing: to the end of the horizon
    Number usd{0};                ///< per GPU-hour, as agreed: it does not drift
    Number upfront{0};            ///< share of all of the term that is paid in its first month

    [[nodiscard]] bool in_force(Month month, Month start) const {
        auto const first = from.value_or(start);
        return first <= month && (!months || month < first + std::chrono::months{*months});
    }
};

/// Replicas on machines that one has bought. Amounts and power are of all of them together; prices do not drift.
struct OwnedReplicas {
    int replicas = 1;
    std::optional<Month> from{};  ///< first month of their life, also one before the horizon; nothing: the scenario's
    int life_months = 36;         ///< after which they are sold and serve no more
    Number capex_usd{0}, residual{0}, maintenance{0};
    Number power_w{0}, idle_power{0}, pue{1};
    Number energy_usd{0};                    ///< per kWh; 0 where it is part of colocation
    std::optional<Number> colocation_usd{};  ///< per kW and month

    [[nodiscard]] Month first(Month start) const { return from.value_or(start); }
    [[nodiscard]] bool in_force(Month month, Month start) const {
        return first(start) <= month && month < first(start) + std::chrono::months{life_months};
    }
    /// Whether electricity is billed by itself.
    [[nodiscard]] bool pays_energy() const { return energy_usd.stated(); }
    /// As a world knows them.
    [[nodiscard]] OwnedMachines machines(BeliefValues) const;
};

/// Spot GPUs: cheaper, and taken away without asking.
struct SpotTerms {
    double share = 0;   ///< of the hours that replicas serve beyond the base
    Number usd{0};      ///< per GPU-hour, at the scenario's start
    Number every_s{0};  ///< mean time of a replica between interruptions
    Number lost_s{0};   ///< that each takes: work done again, and a cold start
};

/// What replicas cost that are neither reserved nor owned.
struct RentTerms {
    Number on_demand_usd{0};          ///< per GPU-hour, at the scenario's start
    std::optional<SpotTerms> spot{};  ///< the part of it that is cheaper and interrupted
};

/// How many replicas of a pool are decided on beforehand: the same in every world.
struct PoolPlan {
    std::string pool;
    int at_least = 1;  ///< that serve in all regions, whatever is asked; 0: none while nothing is asked
    int regions = 1;
    int spare = 0;               ///< that are paid in each region beyond what serves
    double deploy_headroom = 0;  ///< share of what serves that is paid beyond it, for replicas that are replaced
    std::vector<ReservedReplicas> reserve{};
    std::vector<OwnedReplicas> own{};
    std::optional<RentTerms> rest{};  ///< of all beyond
    Number host_usd{0};               ///< per rented GPU-hour, where its price leaves the machine out
    Number storage_usd{0};            ///< per month
    Number network_usd{0};            ///< per byte that goes to and from the pool

    [[nodiscard]] int spares() const { return spare * regions; }
    /// Replicas that are paid for where so many serve.
    [[nodiscard]] double paid(double serving) const { return serving * (1 + deploy_headroom) + spares(); }

    /// Replicas that are reserved, and owned, in a month.
    [[nodiscard]] int reserved_in(Month, Month start) const;
    [[nodiscard]] int owned_in(Month, Month start) const;
    /// Those that are paid for whether they are needed or not.
    [[nodiscard]] int base_in(Month month, Month start) const {
        return reserved_in(month, start) + owned_in(month, start);
    }
};

}  // namespace runrate
