#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runrate/result.h"
#include "runrate/scenario.h"

namespace runrate {

/// How worlds are drawn: randomised Sobol points, or independent ones to compare them with.
enum class Sampling { sobol, independent };

/// Which options are held against which, and where. What is left out is as the scenario says.
struct BreakevenSettings {
    bool always = false;  ///< also where the scenario neither has `compare` nor a pool
    std::string baseline{};
    std::vector<std::string> challengers{};
    bool mixes = false;         ///< also for other mixes of features, which takes as long again for each
    double from = 0, to = 0;    ///< volumes, as multiples of a month's; 0: the scenario's range
    std::uint32_t points = 17;  ///< volumes, evenly in logarithms, beside the scales; at least 3
};

/// How a scenario is run. None of it changes what is true of the scenario, only how well it is known.
struct StudySettings {
    std::uint64_t seed = 1;
    std::uint32_t worlds = 256;        ///< 8 scramble groups of 2^m: 64, 128, 256, ...
    std::optional<double> until;       ///< double the worlds until no total's relative standard error exceeds it
    std::uint32_t most_worlds = 8192;  ///< where `until` gives up
    unsigned threads = 0;              ///< 0: as many as the machine has
    std::vector<std::string> options;  ///< only these; empty: all
    std::vector<double> scales;        ///< instead of the scenario's
    Sampling sampling = Sampling::sobol;
    bool keep_samples = false;  ///< fill Study::samples
    bool audit = true;          ///< hold pools against days run event by event, and correct their hours by them
    BreakevenSettings breakeven{};
};

/// How far a run has come, for a progress bar.
struct Progress {
    std::uint32_t done = 0, all = 0;       ///< worlds
    std::optional<double> estimate;        ///< of the first option's total at the largest scale so far
    std::optional<double> relative_error;  ///< of it
};

/// One row per (world, price draw): what every belief was and what every option cost.
struct Samples {
    std::vector<std::string> columns;
    std::vector<std::vector<double>> rows;
};

struct Study {
    Result result;
    Samples samples;
};

/// Runs a scenario. `progress` is called from one thread at a time; `stop` is asked between worlds, and a stopped run
/// keeps the longest finished prefix of scramble groups, at least two, with `status` partial.
/// \throws std::invalid_argument for settings that do not fit: unknown options, a scale twice, other numbers of worlds
/// \throws std::runtime_error when it was stopped before two groups had finished, or a number leaves its range
Study run(Scenario const&, StudySettings const&, std::function<void(Progress const&)> const& progress = {},
          std::function<bool()> const& stop = {});

}  // namespace runrate
