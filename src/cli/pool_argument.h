#pragma once

#include <optional>
#include <span>
#include <vector>

#include <boost/program_options.hpp>

#include "cli/program.h"
#include "scenario/pool.h"

namespace runrate {

/// `--scenario`, `--pool` and `--set`: a replica that a scenario describes, instead of options for its parts.
void add_pool_options(boost::program_options::options_description&);

/// A pool of a scenario, and the beliefs that its numbers may be.
struct ChosenPool {
    Pool pool;
    std::vector<Belief> beliefs;
};

/// The pool that is named, or the only one; nothing without `--scenario`. \param parts  options that the pool stands
/// for. \throws UsageError for those beside it and for a scenario without the pool; InputError where the scenario has
/// mistakes
std::optional<ChosenPool> pool_argument(boost::program_options::variables_map const&, Surroundings&,
                                        std::span<char const* const> parts);

}  // namespace runrate
