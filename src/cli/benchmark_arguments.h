#pragma once

#include <boost/program_options.hpp>

#include "calibration/calibration_file.h"
#include "calibration/prepare.h"
#include "cli/program.h"

namespace runrate {

/// The options of verbs that read benchmarks: what was measured, where files do not say so.
void add_benchmark_options(boost::program_options::options_description&);

/// Where the catalogue and the shipped calibrations lie.
std::vector<std::filesystem::path> calibration_folders(boost::program_options::variables_map const&,
                                                       Surroundings const&);

/// A calibration by its file; the newest shipped one for `newest`, nothing where there is none.
std::optional<Calibration> calibration_of(std::string const& file, std::vector<std::filesystem::path> const& folders);

/// Reads the files that a verb names. \throws UsageError without any
Prepared prepared_argument(boost::program_options::variables_map const&, Surroundings const&);

/// The calibration that is named.
std::optional<Calibration> calibration_argument(boost::program_options::variables_map const&, Surroundings const&);

}  // namespace runrate
