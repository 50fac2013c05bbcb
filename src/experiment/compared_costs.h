#pragma once

#include <vector>

#include "experiment/gpu_rates.h"
#include "experiment/tables.h"

namespace runrate {

/// What a comparison counts: the bill, or with it what failed sessions cost.
enum class Quality { as_bought, adjusted };
inline constexpr char const* quality_names[] = {"as_bought", "adjusted"};

/// What an option costs in a cell, expected dollars by draw (accrual view).
std::vector<double> costs_of(Findings const&, std::size_t option, std::size_t cell, Quality,
                             GpuPriceBasis = GpuPriceBasis::as_planned);

/// What is paid for it month by month at a scale, discounted to the start: [month][draw].
std::vector<std::vector<double>> payments_of(Findings const&, std::size_t option, std::size_t scale, Quality);

/// A cell of the month in which options are compared.
struct VolumeCell {
    double multiple = 1;
    std::size_t cell = 0;
};

/// Scales and volumes within the range of the comparison, rising. \pre options are compared
std::vector<VolumeCell> volume_cells(Findings const&);

/// Other mixes that volumes might keep: the largest feature alone (by its part of the baseline's bill), and the mix of
/// the last month. Those that are the reference's own are left out. \pre options are compared
std::vector<Mix> other_mixes(Findings const&);

/// The scale of 1; nothing where it is not run.
std::optional<std::size_t> scale_of_one(Findings const&);

}  // namespace runrate
