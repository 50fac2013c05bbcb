#include "cli/pool_argument.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/verbs.h"
#include "scenario/scenario.h"
#include "yaml/cursor.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

Pool const& pool_named(std::vector<Pool> const& pools, std::optional<std::string> const& name) {
    if (pools.empty()) throw UsageError("the scenario has no pools (name a model and a GPU with --model and --gpu)");
    std::vector<std::string> names;
    for (auto const& pool : pools) names.push_back(pool.name);
    if (!name && pools.size() > 1)
        throw UsageError(fmt::format("the scenario has {} pools (choose one with --pool: {})", pools.size(),
                                     fmt::join(names, ", ")));
    if (!name) return pools.front();
    auto const at = std::find(names.begin(), names.end(), *name);
    if (at == names.end())
        throw UsageError(
            fmt::format("--pool: the scenario has no pool '{}'{}", *name, suggestion(*name, names, "its pools")));
    return pools[static_cast<std::size_t>(at - names.begin())];
}

}  // namespace

void add_pool_options(po::options_description& options) {
    options.add_options()("scenario", po::value<std::string>()->value_name("FILE"),
                          "take the replica from a pool of this scenario, instead of naming its parts")(
        "pool", po::value<std::string>()->value_name("NAME"), "of its pools (left out: the only one)");
    // Without the folders of the catalogue, which these verbs have themselves.
    po::options_description of_scenario;
    add_scenario_options(of_scenario);
    for (auto const& option : of_scenario.options())
        if (option->long_name() != "catalogue") options.add(option);
}

std::optional<ChosenPool> pool_argument(po::variables_map const& v, Surroundings& around,
                                        std::span<char const* const> parts) {
    if (v.count("scenario") == 0) {
        for (auto const* name : {"pool", "set", "prices"}) refuse_ignored(v, name, "is of --scenario");
        return std::nullopt;
    }
    for (auto const* part : parts)
        refuse_ignored(v, part, "is what the pool says; change it with --set pools.NAME.KEY=VALUE");
    auto const loaded = load_argument(v, around);
    if (!loaded.warnings.empty()) around.err << loaded.warnings;
    std::optional<std::string> name;
    if (v.count("pool") > 0) name = v["pool"].as<std::string>();
    return ChosenPool{pool_named(loaded.scenario->pools, name), loaded.scenario->beliefs};
}

}  // namespace runrate
