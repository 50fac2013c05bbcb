#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>

#include "cli/program.h"
#include "runrate/replica.h"
#include "runrate/scenario.h"
#include "runrate/study.h"

namespace runrate {

/// What stands without a name on a verb's command line.
enum class Positional { scenario, files };  ///< one `scenario` at most, or a list `files`

/// Parses a verb's arguments: named options and positional ones. Prints the help and yields nothing when it is asked
/// for. \throws boost::program_options::error for what it does not know; UsageError for a file that is read and written
std::optional<boost::program_options::variables_map> parse_arguments(
    std::string const& usage, boost::program_options::options_description const& options,
    std::vector<std::string> const& arguments, Surroundings&, Positional = Positional::scenario);

/// Where the scenario lies that a verb names, and what is changed in it; `-` is standard input, which is read here.
/// \throws UsageError without one
ScenarioSource source_argument(boost::program_options::variables_map const&, Surroundings&);

/// Reads the scenario that a verb names. \throws UsageError without one
LoadedScenario load_argument(boost::program_options::variables_map const&, Surroundings&);

/// The options that every verb has which reads a scenario.
void add_scenario_options(boost::program_options::options_description&);

/// The options of every verb that runs worlds. \param worlds  by default; nothing: as StudySettings has it
void add_world_options(boost::program_options::options_description&, char const* worlds = nullptr);
/// Takes them into settings. \throws UsageError
void read_world_options(boost::program_options::variables_map const&, StudySettings&);

/// `2%` or `0.02` as a share of at most `most`. \throws UsageError
double parse_share(std::string const& name, std::string const& text, double most);

/// A whole number from 0 to `most`. \throws UsageError
std::uint64_t parse_count(std::string const& name, std::string const& text, std::uint64_t most);

/// A whole number from 1 to `most`, of an option that has a value. \throws UsageError
std::int64_t at_least_one(char const* name, boost::program_options::variables_map const&, std::uint64_t most);

/// The text as a number, nothing where it is none.
std::optional<double> parse_number(std::string_view text);

/// The number of an option, within the closed range; `wanted` says which. \throws UsageError
double number_within(boost::program_options::variables_map const&, char const* name, double low, double high,
                     char const* wanted);

/// Where the word stands among those that an option takes. \throws UsageError
std::size_t parse_word(std::span<std::string_view const> known, std::string const& what, std::string const& word);

/// `fp8`. \throws UsageError
Precision parse_precision(std::string const& text);

/// \throws UsageError where the option was given, which `why` says it is ignored for
void refuse_ignored(boost::program_options::variables_map const&, char const* name, std::string_view why);

/// A word as a shell takes it.
std::string shell_word(std::string const& word);

/// Those of the named options that were given, as a command line has them, with a space before each.
std::string given_options(boost::program_options::variables_map const&, std::span<char const* const> names);

/// `10`, `10x`: a scale. \throws UsageError
double parse_scale(std::string const& text);

}  // namespace runrate
