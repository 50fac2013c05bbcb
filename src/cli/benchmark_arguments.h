#pragma once

#include <boost/program_options.hpp>

#include "calibration/calibration_file.h"
#include "calibration/prepare.h"
#include "calibration/work.h"
#include "cli/program.h"
#include "cli/progress.h"
#include "scenario/pool.h"

namespace runrate {

/// The options of verbs that read benchmarks: what was measured, where files do not say so, and how to print.
/// \param first_table  the table of --format csv where none is named
void add_benchmark_options(boost::program_options::options_description&, char const* first_table);

/// The folders of the catalogue and of calibrations: those that are named, then the shipped ones. \throws UsageError
/// for a name that is no folder
std::vector<std::filesystem::path> calibration_folders(boost::program_options::variables_map const&,
                                                       Surroundings const&);

/// A calibration by its file; the newest shipped one for `newest`, nothing where there is none.
std::optional<Calibration> calibration_of(std::string const& file, std::vector<std::filesystem::path> const& folders);

/// Reads the files that a verb names, of a pool only the rows of its engine (of one that
/// states its capacity, of any engine). \param data  where `benchmarks` are taken
/// from without any; empty: nowhere. \throws UsageError without either
Prepared prepared_argument(boost::program_options::variables_map const&, Surroundings const&,
                           std::string const& data = {}, Pool const* = nullptr);

/// The calibration that is named. \throws UsageError where none is installed; `instead` says what else to do
Calibration calibration_argument(boost::program_options::variables_map const&, Surroundings const&,
                                 std::string const& instead);

/// `--threads`, and a progress bar that stops the work when the user asks to.
Work work_argument(boost::program_options::variables_map const&, Surroundings const&, ProgressBar&);

/// The command line that gives the same result again: the verb, its files, and those options.
std::string benchmark_command(std::string const& verb, boost::program_options::variables_map const&,
                              std::vector<char const*> more);

}  // namespace runrate
