#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "cli/program.h"
#include "runrate/scenario.h"

namespace runrate {

/// What stands without a name on a verb's command line.
enum class Positional { scenario, files };  ///< one `scenario` at most, or a list `files`

/// Parses a verb's arguments: named options and positional ones. Prints the help and yields nothing when it is asked
/// for. \throws boost::program_options::error for what it does not know
std::optional<boost::program_options::variables_map> parse_arguments(
    std::string const& usage, boost::program_options::options_description const& options,
    std::vector<std::string> const& arguments, Surroundings&, Positional = Positional::scenario);

/// Reads the scenario that a verb names; `-` is standard input. \throws UsageError without one
LoadedScenario load_argument(boost::program_options::variables_map const&, Surroundings&);

/// The options that every verb has which reads a scenario.
void add_scenario_options(boost::program_options::options_description&);

/// `2%` or `0.02` as a share of at most `most`. \throws UsageError
double parse_share(std::string const& name, std::string const& text, double most);

/// A whole number from 0 to `most`. \throws UsageError
std::uint64_t parse_count(std::string const& name, std::string const& text, std::uint64_t most);

/// `10`, `10x`: a scale. \throws UsageError
double parse_scale(std::string const& text);

}  // namespace runrate
