#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/money.h"
#include "experiment/bill_plan.h"
#include "experiment/mix.h"
#include "experiment/worlds.h"
#include "projection/volume.h"
#include "serving/usage.h"

namespace runrate {

/// What does not change from world to world: how arrays over cells and features are laid out. A cell is a month at a
/// multiple of its traffic: every month at every scale of the result, then the month in which options are compared at
/// every volume of the breakeven.
struct Layout {
    std::size_t scales = 0, months = 0, features = 0, draws = 1;
    std::size_t volumes = 0, compared_month = 0;

    /// Slots of a month's cost: one per feature, then running fixed costs, one-off costs (accrued), and what agreements
    /// with vendors add or take off.
    [[nodiscard]] std::size_t slots() const { return features + 3; }
    [[nodiscard]] std::size_t running_slot() const { return features; }
    [[nodiscard]] std::size_t one_off_slot() const { return features + 1; }
    [[nodiscard]] std::size_t agreement_slot() const { return features + 2; }
    [[nodiscard]] std::size_t cell(std::size_t scale, std::size_t month) const { return scale * months + month; }
    [[nodiscard]] std::size_t scale_cells() const { return scales * months; }
    [[nodiscard]] std::size_t volume_cell(std::size_t volume) const { return scale_cells() + volume; }
    [[nodiscard]] std::size_t cells() const { return scale_cells() + volumes; }
    [[nodiscard]] std::size_t month_of(std::size_t cell) const {
        return cell < scale_cells() ? cell % months : compared_month;
    }
    [[nodiscard]] std::size_t agreement(std::size_t draw, std::size_t cell) const { return draw * cells() + cell; }
    [[nodiscard]] std::size_t reserved(std::size_t reservation, std::size_t cell, std::size_t feature) const {
        return (reservation * cells() + cell) * features + feature;
    }
    [[nodiscard]] std::size_t cost(std::size_t draw, std::size_t cell, std::size_t slot) const {
        return (draw * cells() + cell) * slots() + slot;
    }
    [[nodiscard]] std::size_t chance(std::size_t cell, std::size_t feature) const { return cell * features + feature; }
};

/// What becomes of the prefixes that sessions share, [cell][shared prefix].
struct SharedMonths {
    std::vector<double> missed;  ///< share of uses at risk that miss
    std::vector<double> stored;  ///< token-hours by session for which the vendor bills storage
    std::vector<double> steady;  ///< the part of these that stays when chance draws more or fewer sessions
};

/// Sessions of a feature that run otherwise than its usage says, and their share.
struct Blend {
    enum class Cause { limit, cap, overflow };
    Cause cause = Cause::limit;
    std::vector<double> share{};       ///< of the feature's sessions, by cell
    std::optional<OptionId> option{};  ///< whose success they have; nothing: the option's own
    bool served = true;                ///< they have usage at all
    FeatureUsage usage{};
    SharedMonths shared{};
};

/// What limits, reservations and caps do to an option in one world.
struct Strain {
    std::vector<std::vector<Blend>> blends{};  ///< by feature
    std::vector<double> spilled{};             ///< share that a reservation leaves, [(reservation, cell, feature)]
    std::vector<double> covered{};             ///< list dollars that it takes off, in the same order
    std::vector<float> needed{}, asked{};      ///< at the p99 minute and on average, [limit, then reservation][cell]
    std::vector<double> spend{};               ///< expected dollars, [ceiling][cell]
    std::vector<double> by_limit{};            ///< what blends add to the bill, expected dollars, [cell]
    std::vector<double> by_reservation{};      ///< what reservations take off it
};

/// What a pool takes in one world: by cell. Hours are of replicas.
struct PoolUse {
    std::vector<double> paid_hours{}, in_flight_hours{}, peak{};  ///< expected
    std::vector<double> on_demand_hours{};                        ///< of those paid: beyond reserved and owned ones
    std::vector<double> spare_hours{}, headroom_hours{};          ///< on demand too, for replicas that stand by
    std::vector<double> rented_drawn{};     ///< on demand, all of it, with the sessions that chance draws
    std::vector<double> busy_hours{};       ///< that the calls would take if replicas were as full as they shall be
    std::vector<double> saturated_hours{};  ///< the same of replicas that are as full as can be
    std::vector<double> tokens{};           ///< of prompts and answers
    std::vector<double> machines_usd{};     ///< without storage and network: expected, mean over price draws
    std::vector<double> shed{}, cached{};   ///< shares of calls, of prompt tokens
    std::vector<double> ttft_p95{}, tpot_p95{};  ///< seconds
    /// Of a feature's calls those that find the pool full, and how many do at the times at which these do (of a call
    /// that goes elsewhere the mean share that went with it), [cell * features + feature]; empty where none can.
    std::vector<double> beyond{}, crowding{};
    std::vector<double> elsewhere{};  ///< of all calls, by cell; likewise
    std::vector<double> load{};       ///< seconds that calls of a feature are in flight, [cell * features + feature]
};

/// Hours that are paid on demand because replicas serve, and because some stand by.
struct RentedHours {
    double serving = 0, spare = 0, headroom = 0;
    [[nodiscard]] double all() const { return serving + spare + headroom; }
};

/// Worlds of each scramble group in which the p99 minute is worked out.
inline constexpr std::uint32_t surveyed_worlds = 8;

/// One option in one world.
struct OptionOutcome {
    std::vector<double> cost;     ///< expected dollars, Layout::cost
    std::vector<double> chance;   ///< what chance makes of a feature's expected cost: a factor, Layout::chance
    std::vector<double> one_off;  ///< dollars paid at the start, by price draw
    std::vector<double>
        cash_shift{};  ///< dollars by which cash of pools differs from accrual, [draw][month]; may be empty
    std::vector<double> agreement_of_feature;  ///< expected dollars, [Layout::agreement][feature]; empty: no agreement
    std::vector<double> agreement_drawn;       ///< dollars of agreements at the drawn bill, Layout::agreement
    std::vector<double> owed;          ///< dollars of commitments after the horizon at the first scale, by agreement
    std::vector<Wide> line_nano;       ///< exact nano-dollars summed over price draws, [cell][line]
    std::vector<double> quantity;      ///< expected pieces, [cell][line]
    std::vector<FeatureUsage> usage;   ///< by feature, shared prefixes taken as alive
    std::vector<SharedMonths> shared;  ///< by feature
    Strain strain{};
    std::vector<PoolUse> pools{};  ///< in the order of BillPlan::pools
};

/// One world: every option, and what they share.
struct WorldOutcome {
    WorldId id;
    std::vector<std::vector<double>> beliefs{};   ///< by price draw
    std::vector<OptionOutcome> options{};         ///< in the order of the plans
    std::vector<std::vector<double>> sessions{};  ///< expected at scale 1, [feature][month]
    std::vector<double> session_chance{};         ///< drawn / expected sessions, Layout::chance
};

/// Which options are held against which, by plan.
struct Comparison {
    std::size_t baseline = 0;
    std::vector<std::size_t> challengers;
    VolumeRange range;
};

/// What a run of worlds needs.
struct Experiment {
    Scenario const* scenario = nullptr;
    std::vector<BillPlan> plans;
    std::vector<double> scales;              ///< rising
    std::optional<Comparison> comparison{};  ///< nothing: no options are compared
    std::vector<std::string> left_out{};     ///< options that would be compared, were they run
    std::vector<double> volumes{};           ///< of the breakeven, beside the scales; rising
    Mix mix{};
    std::vector<std::size_t> sessions;  ///< to simulate, by feature
    std::uint64_t seed = 1;
    Layout layout;
    /// What the traffic of a cell's month is multiplied by.
    [[nodiscard]] double multiple(std::size_t cell) const {
        return cell < layout.scale_cells() ? scales[cell / layout.months] : volumes[cell - layout.scale_cells()];
    }
    /// The scale whose ratio to a multiple is nearest to 1.
    [[nodiscard]] std::size_t nearest_scale(double multiple) const;
    std::vector<std::vector<double>> pool_factors{};  ///< PoolAudit::applied(), by plan and pool; empty: 1
    [[nodiscard]] double pool_factor(BillPlan const& plan, std::size_t pool) const {
        return pool_factors.empty() ? 1 : pool_factors[static_cast<std::size_t>(&plan - plans.data())][pool];
    }
};

/// How many sessions of each feature to simulate per world: as many as know the mean tokens of a session to 2 %, judged
/// by a pilot, but no more than about 8,000 calls and at least 64 sessions.
std::vector<std::size_t> sample_sizes(Scenario const&, BillPlan const&, Worlds const&, std::uint64_t seed);

/// All tokens of a session of a feature as usual.
struct SessionTokens {
    double mean = 0, variance = 0;
};
SessionTokens session_tokens(FeatureUsage const&);

/// Meters per session once it is known what becomes of shared prefixes: missed tokens are no reads, and a session bears
/// its part of their storage.
std::vector<Meters> meters_in(FeatureUsage const&, SharedMonths const&, std::size_t cell);

/// The share of a feature's sessions that run as its usage says.
double usual_share(OptionOutcome const&, std::size_t feature, std::size_t cell);

/// The share of a feature's sessions that run as a blend of it says; all shares add up to 1.
double blend_share(OptionOutcome const&, std::size_t feature, Blend const&, std::size_t cell);

/// Meters per session of a feature in a cell: the blend of its behaviours, misses included.
std::vector<Meters> meters_of(OptionOutcome const&, std::size_t feature, std::size_t cell);

/// Runs one world: a function of its arguments alone.
WorldOutcome run_world(Experiment const&, Worlds const&, WorldId);

}  // namespace runrate
