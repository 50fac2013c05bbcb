#include "cli/program.h"

#include <array>
#include <ostream>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/program_options/errors.hpp>

#include "cli/verbs.h"
#include "core/contract.h"
#include "core/diagnostics.h"
#include "runrate/version.h"

namespace runrate {
namespace {

struct Verb {
    char const* name;
    char const* what;
    Exit (*run)(std::vector<std::string> const&, Surroundings&);
};

constexpr std::array verbs{
    Verb{"run", "forecast what a scenario costs per month, quarter and fiscal year, at several scales", run_verb},
    Verb{"breakeven", "say from which volume on one option is cheaper than another", breakeven_verb},
    Verb{"capacity", "say how many replicas a pool needs to meet its objective, at each scale", capacity_verb},
    Verb{"verify", "run days event by event, and hold them against the projection", verify_verb},
    Verb{"lint", "check a scenario; --resolved prints it with every default filled in", lint_verb},
    Verb{"init", "write a commented scenario to start from", init_verb},
    Verb{"prices", "list, show and compare price books, or import another program's prices", prices_verb},
    Verb{"replay", "bill a recorded trace of requests under models of the price books", replay_verb},
    Verb{"calibrate", "fit how fast engines are to benchmarks of one's own", calibrate_verb},
    Verb{"validate", "predict every row of benchmarks, and say how far off that is", validate_verb},
    Verb{"engine", "serve requests with a model on GPUs of your own: latency, throughput and what limits them",
         engine_verb},
    Verb{"schema", "print the JSON Schema of scenario files, for editors", schema_verb},
};

std::string help() {
    std::string text = fmt::format(
        "runrate {}: what will LLM inference cost, and how sure is that?\n\nusage: runrate VERB "
        "[options]\n\nexamples:\n"
        "  runrate init > mine.yaml\n  runrate lint mine.yaml\n  runrate run mine.yaml\n"
        "  runrate run mine.yaml --format json --out result.json\n\nverbs:\n",
        version());
    for (auto const& verb : verbs) text += fmt::format("  {:<10}{}\n", verb.name, verb.what);
    text +=
        "\n`runrate VERB --help` prints a verb's options; `runrate --version` the version.\n"
        "exit codes: 0 ok, 1 failure, 2 usage or bad input, 4 a gate is breached, 5 inconclusive, 70 bug, 130 "
        "interrupted\n";
    return text;
}

Exit dispatch(std::vector<std::string> const& arguments, Surroundings& around) {
    if (arguments.empty()) throw UsageError("no verb given (try 'runrate --help')");
    auto const& first = arguments[0];
    if (first == "--help" || first == "-h" || first == "help") return around.out << help(), Exit::ok;
    if (first == "--version") return around.out << "runrate " << version() << '\n', Exit::ok;
    std::vector<std::string> known;
    for (auto const& verb : verbs) {
        if (first == verb.name) return verb.run({arguments.begin() + 1, arguments.end()}, around);
        known.emplace_back(verb.name);
    }
    auto const near = nearest(first, known);
    throw UsageError(near.empty() ? fmt::format("unknown verb '{}' (try 'runrate --help')", first)
                                  : fmt::format("unknown verb '{}' (did you mean '{}'?)", first, near));
}

}  // namespace

Exit run_program(std::vector<std::string> const& arguments, Surroundings& around) {
    try {
        return dispatch(arguments, around);
    } catch (InputError const& e) {
        around.err << e.what();
        return Exit::bad_input;
    } catch (UsageError const& e) {
        around.err << "runrate: " << e.what() << '\n';
        return Exit::bad_input;
    } catch (std::overflow_error const& e) {  // of amounts: no scenario that means it has such volumes or prices
        around.err << "runrate: " << e.what() << '\n';
        return Exit::bad_input;
    } catch (boost::program_options::error const& e) {
        around.err << "runrate: " << e.what() << " (try --help)\n";
        return Exit::bad_input;
    } catch (ContractError const& e) {
        around.err << "runrate: internal error: " << e.what() << " (a bug; please report it with the scenario)\n";
        return Exit::bug;
    } catch (std::exception const& e) {
        around.err << "runrate: " << e.what() << '\n';
        return around.stop && around.stop() ? Exit::interrupted : Exit::failure;
    }
}

}  // namespace runrate
