#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "experiment/outcome.h"
#include "stat/interval.h"

namespace runrate {

/// One option over all worlds, where worlds need not be kept apart.
struct OptionTotals {
    std::vector<std::vector<Wide>> line_nano;    ///< summed over worlds and draws, [group][cell * lines + line]
    std::vector<double> quantity;                ///< summed over worlds, [cell * lines + line]
    std::vector<double> covered;                 ///< by reservations, summed over worlds, as Strain::covered
    std::vector<std::vector<double>> pool_load;  ///< by pool, summed over worlds, as PoolUse::load
    std::vector<std::vector<RoleTokens>> roles;  ///< merged, [feature][role]; means are sums over worlds
    std::vector<LogSketch> context;              ///< by feature
};

/// What a study keeps of its worlds: small arrays of each, and sums of what is large.
struct Totals {
    Experiment const* experiment = nullptr;
    std::vector<WorldOutcome> worlds;  ///< by group, then index; without what the totals hold
    std::vector<OptionTotals> options;

    [[nodiscard]] Layout const& layout() const { return experiment->layout; }
    [[nodiscard]] std::size_t samples() const { return worlds.size() * layout().draws; }
};

Totals empty_totals(Experiment const&);

/// Adds worlds that have just been run, in the given order, and sorts them in.
void add_worlds(Totals&, std::vector<WorldOutcome>&&);

/// The months of one period, option and scale, with one entry per (world, price draw) in the order of the worlds.
struct Series {
    std::vector<double> expected;  ///< dollars, chance averaged out
    std::vector<double> drawn;     ///< dollars with one draw of chance
};

/// Month totals of an option at a scale: a Series per month.
/// \param cash  one-off costs fall on the first month, upfront payments and machines on theirs, and everything is
/// discounted to the start
std::vector<Series> month_series(Totals const&, std::size_t option, std::size_t scale, bool cash);

/// The same of one cell in the accrual view.
Series cell_series(Totals const&, std::size_t option, std::size_t cell);

/// What a dollar at the end of a month is worth at the start of the horizon.
double present_value(Scenario const&, BeliefValues, std::size_t month);

/// The sum of some months' series.
Series sum_of(std::span<Series const> months);

/// Which scramble group each sample belongs to.
std::vector<std::uint32_t> sample_groups(Totals const&);

/// A quantile of samples and the half-width of its 95 % interval by leaving out one group at a time (nothing with
/// fewer than two groups).
struct QuantileEstimate {
    double value = 0;
    std::optional<double> half_width;
};
std::vector<QuantileEstimate> quantiles(std::span<double const> samples, std::span<std::uint32_t const> groups,
                                        std::span<double const> probabilities);

/// Mean of each group, in group order, for the standard error of the mean.
std::vector<double> group_means(std::span<double const> samples, std::span<std::uint32_t const> groups);

}  // namespace runrate
