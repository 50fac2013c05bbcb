#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/engine_load.h"
#include "report/flat_table.h"

namespace runrate {

/// What a reader must know besides the figures, as sentences with a code.
struct EngineNote {
    std::string code, text;
};

/// The table `load`: what was asked for.
FlatTable load_table(EngineLoad const&, ArrivalSpan const&);

/// The table `skipped`: rows of a list that could not be read, by reason.
FlatTable skipped_table(EngineLoad const&);

/// Tokens of the requests that were served, on average.
struct MeanLengths {
    double prompt = 0, output = 0;
};

/// The load in a sentence; of a list, `means` say how long its requests are (0: not said).
std::string load_text(EngineLoad const&, ArrivalSpan const&, MeanLengths const& means);

/// What was left out of a list, and what it holds that is not looked at.
void note_list(EngineLoad const&, bool prefix_cache, std::vector<EngineNote>&);

/// `1 row`, `3 rows`.
std::string counted(std::int64_t n, std::string_view what);

/// A duration: `41.2 ms`, `3.20 s`, `13.9 hours`.
std::string time_text(double seconds);

}  // namespace runrate
