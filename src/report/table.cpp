#include "report/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/figures.h"
#include "report/screen.h"
#include "report/utf8.h"

namespace runrate {
namespace {

constexpr std::size_t narrowest = 60;

std::size_t width_of(ScreenSettings const& settings) { return std::max(settings.width, narrowest); }

void add_header(Screen& screen) {
    auto const& result = screen.result;
    auto const& scenario = result.scenario;
    add_line(screen, cut_to(on_one_line(scenario.name), width_of(screen.settings)), Paint::bold);
    auto const rule = scenario.month_rule == "calendar" ? "calendar months" : "months of " + scenario.month_rule;
    add_paragraph(screen, fmt::format("{} months from {} ({}); {} worlds x {} price draws, seed {}; accrual view in {}",
                                      scenario.months, scenario.start, rule, result.worlds, result.price_draws,
                                      result.seed, result.currency));
    if (result.status == Status::partial) {
        add_paragraph(screen, "PARTIAL: stopped early; only the worlds that had finished are counted", Paint::yellow);
    }
}

}  // namespace

void add_line(Screen& screen, std::string_view line, Paint paint) {
    auto const printable = on_one_line(line);
    screen.text += (screen.settings.color ? painted(printable, paint) : printable) + "\n";
}

void add_title(Screen& screen, std::string_view title) {
    screen.text += "\n";
    add_paragraph(screen, title, Paint::bold);
}

void add_paragraph(Screen& screen, std::string_view text, Paint paint) {
    std::string_view indent = "";
    for (auto const& line : wrapped(on_one_line(text), width_of(screen.settings) - 2)) {
        add_line(screen, std::string{indent} + line, paint);
        indent = "  ";
    }
}

void add_table(Screen& screen, OptionTable const& table) {
    for (auto const& line : lines_of(table, width_of(screen.settings))) add_line(screen, line);
}

std::string at_scale(Screen const& screen) {
    return fmt::format(" at {} {}", times_text(screen.shown.scale), screen.result.scenario.scale_multiplies);
}

std::string to_screen(Result const& result, ScreenSettings const& settings) {
    Screen screen{result, settings, select(result, settings.period), {}};
    add_header(screen);
    add_costs(screen);
    add_lines(screen);
    add_unit_costs(screen);
    add_tokens(screen);
    add_nonlinearity(screen);
    add_pools(screen);
    add_limits(screen);
    add_breakeven(screen);
    add_gates(screen);
    add_warnings(screen);
    add_claims(screen);
    add_trust(screen);
    return screen.text;
}

}  // namespace runrate
