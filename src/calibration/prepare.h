#pragma once

#include <filesystem>

#include "benchmark/measurement.h"
#include "calibration/study_set.h"

namespace runrate {

/// Benchmarks as a fit takes them: read, completed where the files do not say what they were measured on, and without
/// the rows that a rule excludes.
struct Prepared {
    StudySet set;
    std::vector<SkippedRow> skipped;
    std::vector<std::string> sources;  ///< `file: rows`
};

/// The one engine whose rows are wanted, as it is configured: rows change of it what they state.
struct WantedEngine {
    std::string name;    ///< what messages call it: `pool 'llama-70b'`
    std::string engine;  ///< class
    Replica replica;
    bool any_engine = false;  ///< rows of every engine are wanted; `engine` is that of rows that do not say it
};

/// \param defaults  of every row that does not say so itself
/// \throws InputError where nothing usable is left, with the reasons, and for defaults that no row needs
Prepared prepare(std::vector<std::filesystem::path> const& paths, Setup const& defaults, Catalogue const&);

/// The rows of one engine: what a row does not say of it is taken to be as wanted, the others are skipped.
Prepared prepare_rows_of(WantedEngine const&, std::vector<std::filesystem::path> const& paths, Catalogue const&);

}  // namespace runrate
