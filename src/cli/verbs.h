#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "cli/program.h"

namespace runrate {

/// The command line is wrong; the message says what to do.
struct UsageError : std::runtime_error {
    using runtime_error::runtime_error;
};

// One function per verb; `arguments` are those after the verb.
Exit run_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit breakeven_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit capacity_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit verify_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit lint_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit init_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit prices_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit replay_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit calibrate_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit validate_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit engine_verb(std::vector<std::string> const& arguments, Surroundings&);
Exit schema_verb(std::vector<std::string> const& arguments, Surroundings&);

}  // namespace runrate
