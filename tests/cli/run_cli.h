#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "cli/program.h"

namespace runrate {

struct Ran {
    Exit code;
    std::string out, err;
};

/// The program without the process, with the shipped price books.
inline Ran run_cli(std::vector<std::string> const& arguments, std::string const& input = {},
                   std::function<bool()> stop = {}) {
    std::istringstream in{input};
    std::ostringstream out, err;
    Surroundings around{.in = in,
                        .out = out,
                        .err = err,
                        .price_folders = {std::string{RUNRATE_SOURCE_DIR} + "/calibration/prices"},
                        .stop = std::move(stop)};
    auto const code = run_program(arguments, around);
    return {code, out.str(), err.str()};
}

/// The scenario that `init` writes.
inline std::string first_scenario() { return run_cli({"init"}).out; }

}  // namespace runrate
