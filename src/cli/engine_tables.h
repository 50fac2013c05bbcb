#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/engine_load_tables.h"
#include "cli/engine_run.h"
#include "report/flat_table.h"

namespace runrate {

/// What a run shows: what was asked, and what became of it.
struct EngineResult {
    EngineSetup const& setup;
    EngineLoad const& load;
    EngineReport const& report;
};

/// The tables of `runrate/engine/1`: replica, load, latency, totals, times, provenance, skipped, notes.
std::vector<FlatTable> engine_tables(EngineResult const&);

/// Their names, in order.
std::vector<std::string_view> engine_table_names();

/// What a reader must know besides the figures.
std::vector<EngineNote> engine_notes(EngineResult const&);

/// Parts of the time of all iterations, by what they wait for, in seconds; what takes no time is there too.
std::vector<std::pair<std::string_view, double>> time_parts(EngineTimes const&);

/// KV capacity where requests wait for it more than half of the time; else the part of iterations that takes most,
/// attention of prompts counted with compute: `reading weights`. Nothing where no time passed.
std::string_view limited_by(EngineTotals const&);

/// The screen: replica, load, latency, rates, the batch, where the time goes, notes.
std::string engine_screen(EngineResult const&, std::size_t width);

/// The same as Markdown.
std::string engine_markdown(EngineResult const&);

/// The header and one row of `--outcomes`: times as a client sees them, but for admission to the engine.
std::string_view outcome_header();
std::string outcome_row(EngineOutcome const&);

}  // namespace runrate
