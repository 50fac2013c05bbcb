#pragma once

#include <string>
#include <vector>

#include "replay/replay.h"
#include "report/flat_table.h"

namespace runrate {

/// The tables of `runrate/replay/1`: trace, options, meters, lines, minutes, cache, limits, refusals, models, unpriced,
/// skipped, notes.
std::vector<FlatTable> replay_tables(Replayed const&, ReplaySettings const&);

/// Those of the limits of a tier; without rows where none was asked for.
FlatTable limits_table(Replayed const&);
FlatTable refusals_table(Replayed const&);

/// The limits of a tier, and what they refused, for the screen; nothing where none was asked for.
std::string limit_lines(Replayed const&, ReplaySettings const&, std::size_t width);

/// What a reader must know besides the figures, as sentences with a code.
struct ReplayNote {
    std::string code, text;
};
std::vector<ReplayNote> replay_notes(Replayed const&, ReplaySettings const&);

/// The screen: the bill by option, the busiest minute, prefix caches, notes.
/// \param books  names of the price books, for the reader
std::string replay_screen(Replayed const&, ReplaySettings const&, std::string const& books, std::size_t width);

/// The same as Markdown.
std::string replay_markdown(Replayed const&, ReplaySettings const&, std::string const& books);

/// `1,234,567`.
std::string grouped(std::int64_t);

/// On one line, wrapped to the width, with what follows set in by two.
void add_wrapped(std::string& out, std::string const& text, std::size_t width);

/// Amounts in millionths of a dollar that sum to their rounded sum, in order.
std::vector<Amount> rounded_lines(std::vector<LedgerLine> const&);

/// `2023-11-16 18:17:03 UTC`, or `0:40:12` from the zero of the trace.
std::string time_text(TraceTime, bool relative);

}  // namespace runrate
