#include <ostream>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace runrate {
namespace po = boost::program_options;

Exit lint_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    po::options_description options{"options"};
    options.add_options()("resolved", "print the scenario with every default filled in and the rules that it uses");
    add_scenario_options(options);
    auto const parsed = parse_arguments("runrate lint SCENARIO [options]", options, arguments, around);
    if (!parsed) return Exit::ok;
    auto const loaded = load_argument(*parsed, around);
    around.err << loaded.warnings;
    if (parsed->count("resolved") > 0)
        deliver("", loaded.resolved, around);
    else
        around.err << (*parsed)["scenario"].as<std::string>() << ": ok\n";
    return Exit::ok;
}

Exit schema_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    auto const parsed = parse_arguments("runrate schema", po::options_description{"options"}, arguments, around);
    if (!parsed) return Exit::ok;
    deliver("", scenario_schema(), around);
    return Exit::ok;
}

}  // namespace runrate
