#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "catalogue/catalogue.h"
#include "cli/engine_load.h"
#include "cli/engine_run.h"
#include "cli/program.h"

namespace runrate {

boost::program_options::options_description engine_options();

/// GPUs, models and engines: of the folders that `--catalogue` names, then those that are shipped.
Catalogue catalogue_of(boost::program_options::variables_map const&, Surroundings const&);

/// The replica that the options describe. \throws UsageError with what is wrong with it, also where the model does not
/// fit
Replica replica_of(boost::program_options::variables_map const&, Catalogue const&);

/// The parameters of the step time: the priors of the calibration, with what `--parameters` states. \throws UsageError
AssumedSpeed assumed_speed(boost::program_options::variables_map const&, Replica const&, Surroundings const&);

/// The load that the options describe: a list that is open, or what to draw. \throws UsageError where it is none, or
/// more than one; InputError where the list cannot be opened
EngineLoad load_of(boost::program_options::variables_map const&, Surroundings&);

/// What gives the same result again, without the files that it is written to.
std::string engine_command(boost::program_options::variables_map const&);

}  // namespace runrate
