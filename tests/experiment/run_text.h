#pragma once

#include <string>

#include "runrate/study.h"

namespace runrate {

inline std::string test_prices() { return std::string{RUNRATE_SOURCE_DIR} + "/tests/experiment/data"; }

inline LoadedScenario load_text(std::string const& yaml) {
    return load_scenario({"-", yaml + "prices: {books: [prices.yaml]}\n", {}, {test_prices()}});
}

/// One feature with one call of 1,000 tokens in and 400 out at $3 and $15: $0.009 a session.
inline std::string one_call(std::string const& sessions, std::string const& more = {}) {
    return "schema: runrate/scenario/1\nname: one call\n"
           "calendar: {start: 2026-01, months: 3, fiscal_year_starts: February}\n"
           "features:\n"
           "  chat:\n"
           "    tags: {team: support}\n"
           "    traffic: {sessions: " +
           sessions +
           "}\n"
           "    session: {turn: ask}\n"
           "    outcome: {name: answer, revenue: $0.05}\n"
           "workflows:\n"
           "  ask: {steps: [{call: answerer, user: 1000 tokens, output: 400 tokens}]}\n"
           "options:\n"
           "  large: {serve: {default: test/plain}}\n"
           "  small: {serve: {default: test/small}}\n" +
           more;
}

inline CostRow const& cost_of(Result const& r, std::string const& option, double scale, std::string const& period,
                              std::string const& view = "accrual") {
    for (auto const& row : r.cost) {
        if (row.option == option && row.scale == scale && row.period == period && row.view == view) return row;
    }
    throw std::out_of_range("no such row: " + option + " " + period);
}

inline double dollars(Dollars const& amount) { return static_cast<double>(amount.value().millionths) * 1e-6; }

}  // namespace runrate
