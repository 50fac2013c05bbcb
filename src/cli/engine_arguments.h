#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "cli/engine_load.h"
#include "cli/engine_run.h"
#include "cli/pool_argument.h"
#include "cli/program.h"

namespace runrate {

boost::program_options::options_description engine_options();

/// The pool of a scenario that is to be served, where one is named.
std::optional<ChosenPool> engine_pool(boost::program_options::variables_map const&, Surroundings&);

/// The replica that the options describe, or that of the pool, and its step time: what the calibration knows, with what
/// `--parameters` states. \param pool  with step times, or nullptr. \throws UsageError with what is wrong with it, also
/// where the model does not fit
EngineSetup engine_setup(boost::program_options::variables_map const&, Pool const* pool, Surroundings const&);

/// How many replicas there are.
int replicas_argument(boost::program_options::variables_map const&);

/// The load that the options describe: a list that is open, or what to draw. \throws UsageError where it is none, or
/// more than one; InputError where the list cannot be opened
EngineLoad load_of(boost::program_options::variables_map const&, Surroundings&);

/// What gives the same result again, without the files that it is written to.
std::string engine_command(boost::program_options::variables_map const&);

}  // namespace runrate
