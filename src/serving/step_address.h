#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "workload/workflow.h"

namespace runrate {

/// Where the steps and the roles of one workflow take their chance from: kind, name, and how many of the same were
/// written before. So a step that is added shifts the numbers of no step of another name. Below 2^24 and never twice.
class StepAddresses {
public:
    explicit StepAddresses(std::vector<std::string> const& roles) : roles_{&roles} {}

    /// Of the next step in written order.
    std::uint32_t next(Step const&);

    std::uint32_t of_role(std::string const& name) { return next("role " + name); }

private:
    std::uint32_t next(std::string const& name);

    std::vector<std::string> const* roles_;
    std::map<std::uint32_t, std::uint32_t> before_;  ///< names so far, by their hash
};

}  // namespace runrate
