#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace runrate {

/// What the process ends with.
enum class Exit : int {
    ok = 0,
    failure = 1,
    bad_input = 2,
    gate_breached = 4,
    inconclusive = 5,
    bug = 70,
    interrupted = 130
};

/// What the program knows of the world around it.
struct Surroundings {
    std::istream& in;
    std::ostream& out;  ///< data
    std::ostream& err;  ///< progress, notes, errors
    bool out_is_terminal = false, err_is_terminal = false;
    bool color = false;                      ///< whether colour is welcome (`NO_COLOR`)
    int width = 100;                         ///< of the terminal
    std::vector<std::string> price_folders;  ///< where shipped price books lie
    std::string data_folder{};               ///< of the study's tables (`RUNRATE_DATA`), may be empty
    std::function<bool()> stop{};            ///< whether the user has asked to stop
};

/// The program without the process: parses `arguments` (without the program's name), dispatches, and maps errors to
/// codes. Only this function and `main` know that there is a terminal.
Exit run_program(std::vector<std::string> const& arguments, Surroundings&);

}  // namespace runrate
