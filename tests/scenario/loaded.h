#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/diagnostics.h"
#include "runrate/scenario.h"

namespace runrate {

inline std::filesystem::path source_folder() { return RUNRATE_SOURCE_DIR; }

/// Where the tests' own price books stand.
inline std::filesystem::path test_books() { return source_folder() / "tests/scenario/books"; }

/// A scenario given as text, with the tests' price books.
inline LoadedScenario load_text(std::string text, std::vector<std::string> sets = {}) {
    return load_scenario({"-", std::move(text), std::move(sets), {test_books()}, {source_folder() / "calibration"}});
}

/// All that is said of a scenario given as text: its errors, else its warnings.
inline std::string said_of(std::string text, std::vector<std::string> sets = {}) {
    try {
        return load_text(std::move(text), std::move(sets)).warnings;
    } catch (InputError const& error) { return error.what(); }
}

/// A small scenario without mistakes.
inline std::string const good_scenario = R"(schema: runrate/scenario/1
name: chat
calendar: {start: 2026-01, months: 12}
features:
  chat:
    traffic: {sessions: 50k per month}
    session: {turns: 4, turn: reply}
workflows:
  reply:
    context: {system: 500 tokens}
    steps:
      - {call: answerer, user: 60 tokens, output: 200 tokens}
options:
  api: {serve: {answerer: acme/large}}
prices: {books: [small.yaml]}
)";

}  // namespace runrate
