#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/option_table.h"
#include "report/paint.h"
#include "report/selection.h"
#include "report/table.h"

/// The blocks of the terminal screen. Each appends its lines to the screen, or nothing when the result holds nothing
/// for it.
namespace runrate {

/// A screen being written.
struct Screen {
    Result const& result;
    ScreenSettings const& settings;
    Selection shown;
    std::string text;
};

void add_line(Screen&, std::string_view line, Paint = Paint::plain);
void add_title(Screen&, std::string_view title);
/// Wrapped text under a hanging indent of two columns.
void add_paragraph(Screen&, std::string_view text, Paint = Paint::plain);
void add_table(Screen&, OptionTable const&);

/// ` at 10x customers`: every figure says what its scale multiplies.
std::string at_scale(Screen const&);

void add_costs(Screen&);         ///< every option, scale and headline period
void add_lines(Screen&);         ///< what the bill consists of, and by tag
void add_unit_costs(Screen&);    ///< per session, per success, margin
void add_tokens(Screen&);        ///< context by cause, percentiles of prompts and outputs
void add_nonlinearity(Screen&);  ///< how larger scales differ from linear
void add_limits(Screen&);        ///< what rate limits must allow, against what is allowed
void add_pools(Screen&);         ///< replicas on own GPUs, how full and how fast
void add_breakeven(Screen&);     ///< from which volume on another option is cheaper
void add_gates(Screen&);
void add_warnings(Screen&);
void add_claims(Screen&);
void add_trust(Screen&);

/// A part of a visit, or what divides by customers: for those who look closer.
bool is_detail(std::string_view unit);

/// What is true of the figures whatever they are, as sentences: price ages, Monte Carlo error, what the interval
/// holds, quality, what is not modelled. Shared by every page for people.
std::vector<std::string> trust_sentences(Result const&, Selection const&);

}  // namespace runrate
