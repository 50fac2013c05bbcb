#include <filesystem>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

/// A first useful scenario: one screen, each line with its meaning.
constexpr char const* first_scenario =
    R"(# Question: what will our chat feature cost per month at 1x, 10x and 100x the traffic?
schema: runrate/scenario/1
name: My chat feature
calendar: {start: 2026-09, months: 12}        # first month and how many are forecast
money: {currency: USD}
scales: {multiply: customers, by: [1, 10, 100]}

beliefs:                                      # what we do not know: one draw per world
  growth: 2% to 8% per month                  # a range is the 5th to 95th percentile
  answer: 200 to 400 tokens

features:
  chat:
    tags: {team: product, environment: production}
    traffic:
      sessions: 20k per month                 # total of a calendar month
      growth: {exponential: =growth}
      week: business-hours
      day_to_day: 25%                         # spread of whole days
    session:
      turns: {geometric: {mean: 4}}           # exchanges in a visit
      think: {lognormal: {median: 45 s, p95: 4 min}}
      turn: chat-turn
    outcome: {name: answered question, revenue: $0.10, failure_cost: $1}

workflows:
  chat-turn:
    context: {system: 1500 tokens, tools: 500 tokens, history: dialogue, cache: {lifetime: 5 min}}
    steps:
      - {call: answerer, user: {lognormal: {median: 60 tokens, p95: 300 tokens}}, output: {lognormal: {mean: =answer, cv: 0.8}}}

options:                                      # what is compared; the first is the baseline
  large: {serve: {answerer: anthropic/claude-sonnet-4-5}, success: 90% to 95%}
  small: {like: large, serve: {answerer: openai/gpt-5-mini}, success: 84% to 92%}

targets:
  "*": {errors: 1%, ttft: {lognormal: {median: 900 ms, p95: 3 s}}, speed: {lognormal: {median: 70 tokens/s, p95: 120 tokens/s}}}

prices: {drift: {api: -20% to 0% per year}}   # list prices come from the newest shipped book
gates: [{total: {option: large, scale: 1, period: horizon, p: 95}, below: $60k}]
)";

}  // namespace

Exit init_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    po::options_description options{"options"};
    options.add_options()("out", po::value<std::string>()->default_value(""), "write there instead of standard output");
    auto const parsed = parse_arguments("runrate init [--out FILE]", options, arguments, around);
    if (!parsed) return Exit::ok;
    auto const file = (*parsed)["out"].as<std::string>();
    if (std::filesystem::is_regular_file(file))
        throw UsageError(fmt::format("'{}' is there already (name another file, or remove it)", file));
    deliver(file, first_scenario, around);
    return Exit::ok;
}

}  // namespace runrate
