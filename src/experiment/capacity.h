#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runrate/study.h"
#include "scenario/scenario.h"

namespace runrate {

/// A pool, and an option that it serves.
struct ServedOption {
    std::size_t option = 0, pool = 0;  ///< of the scenario
};

/// The pool and the option of these names; without a name the first that belong together.
/// \throws std::invalid_argument where there are none
ServedOption served_option(Scenario const&, std::string const& option, std::string const& pool);

/// How large a pool must be is judged so.
struct CapacitySettings {
    double confidence = 0.9;  ///< share of worlds in which the objective is met, at least
    StudySettings study{};    ///< worlds, seed, threads and scales; the rest is set here
};

/// Plans of a pool by scale, and what a run of them warns of.
struct CapacityFindings {
    std::vector<CapacityRow> rows;
    std::vector<WarningRow> warnings;
    bool stopped = false;  ///< before all scales were found: the rows are of those that were
};

/// At each scale the smallest `at_least` of the pool's plan (in each region) with which its objective is met in the
/// reference month, in as large a share of worlds as the confidence asks for: latencies never rise with replicas, so
/// that a bisection finds it. It is 1 at least, and without an autoscaler what is reserved or owned; at most what the
/// autoscaler allows, or 10,000.
///
/// `limited_by` is what fails with one replica less (in each region), or where there is no such plan, with the largest:
/// `capacity` where calls wait for hours, else `ttft` or `tpot`; `most` where more replicas than the autoscaler allows
/// would do. \param progress  told each plan before it is tried
/// \throws std::invalid_argument for a pool without an objective, and as run()
CapacityFindings capacity(Scenario const&, ServedOption const&, CapacitySettings const&,
                          std::function<void(std::string const&)> const& progress = {},
                          std::function<bool()> const& stop = {});

/// Says of each row which no other of its scale is as cheap and as fast as, and better in one of both.
void mark_frontier(std::vector<CapacityRow>&);

}  // namespace runrate
