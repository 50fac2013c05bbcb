#include <fmt/format.h>

#include "scenario/corners.h"
#include "scenario/sections.h"
#include "scenario/words.h"

namespace runrate {
namespace {

/// A rate per month or per year; a belief brings its own period.
ExponentialGrowth read_exponential(Reading& reading, Cursor const& at) {
    ExponentialGrowth growth{number(reading, dimension::growth).read(at), false};
    growth.per_year = growth.rate.belief ? reading.beliefs.unit_of(*growth.rate.belief) == Unit::change_per_year
                                         : at.node().text.ends_with("per year");
    return growth;
}

Shape<ExponentialGrowth> exponential_shape(Reading& reading) {
    return {"a change such as 4% per month", [&reading](Cursor const& at) { return read_exponential(reading, at); },
            [&reading](SchemaBuilder& b) { return number(reading, dimension::growth).schema(b); }};
}

/// A ceiling is a factor, or with `from` a share that is reached in the end.
Shape<LogisticGrowth> logistic_shape(Reading& reading) {
    auto const half_way = "month in which half of the rise is behind";
    auto const factor = Table<LogisticGrowth>("{ceiling, half_way} or {from, ceiling, half_way}")
                            .required("ceiling", &LogisticGrowth::ceiling, number(reading, dimension::positive_factor),
                                      "what traffic is multiplied by in the end")
                            .required("half_way", &LogisticGrowth::half_way, month_shape(), half_way);
    auto const adoption =
        Table<LogisticGrowth>("{from, ceiling, half_way}")
            .optional("from", &LogisticGrowth::from, number(reading, dimension::share), "adoption at the start")
            .required("ceiling", &LogisticGrowth::ceiling, number(reading, dimension::share), "adoption in the end")
            .required("half_way", &LogisticGrowth::half_way, month_shape(), half_way);
    auto const adopts = [](Node const& n) { return n.find("from") != nullptr; };
    auto const any = [](Node const&) { return true; };
    return any_of<LogisticGrowth>("{ceiling, half_way} or {from, ceiling, half_way}",
                                  {{adopts, adoption.shape()}, {any, factor.shape()}});
}

Shape<GrowthTable> table_shape(Reading& reading) {
    return converted<GrowthTable, std::vector<std::pair<std::string, Number>>>(
        map_of(number(reading, dimension::factor), 1), [](auto const& rows, Cursor const& at) {
            GrowthTable table;
            for (auto const& [name, factor] : rows) {
                auto const month = parse_month(name);
                if (!month)
                    at.error(fmt::format("'{}' is not a month (write 2026-01)", name));
                else if (!table.rows.empty() && *month <= table.rows.back().first)
                    at.error("the months of a table must rise (write them in order of time)");
                else
                    table.rows.emplace_back(*month, factor);
            }
            return table;
        });
}

struct GrowthText {
    std::optional<ExponentialGrowth> exponential;
    std::optional<LogisticGrowth> logistic;
    std::optional<GrowthTable> table;
    std::optional<Month> until;
    std::optional<Growth> then;
};

Growth joined(GrowthText const& t, Cursor const& at) {
    Growth growth;
    int const laws = int{t.exponential.has_value()} + int{t.logistic.has_value()} + int{t.table.has_value()};
    if (laws != 1) return at.error("growth is one of 'exponential', 'logistic' or 'table'"), growth;
    if (t.until.has_value() != t.then.has_value())
        at.error("'until' and 'then' belong together (until when, and what follows)");
    GrowthPart part;
    if (t.exponential) part.law = *t.exponential;
    if (t.logistic) part.law = *t.logistic;
    if (t.table) part.law = *t.table;
    part.until = t.until;
    growth.push_back(part);
    if (!t.then) return growth;
    if (!t.then->empty() && t.then->front().until && t.until && *t.then->front().until <= *t.until) {
        at.error("the later growth must end after this one");
    }
    growth.insert(growth.end(), t.then->begin(), t.then->end());
    return growth;
}

Shape<Growth> parts_shape(Reading& reading) {
    auto const then = lazy<Growth>("growth", "a growth", [&reading] { return parts_shape(reading); });
    auto const table =
        Table<GrowthText>("how traffic grows")
            .optional("exponential", &GrowthText::exponential, exponential_shape(reading), "month i is (1 + rate)^i")
            .optional("logistic", &GrowthText::logistic, logistic_shape(reading), "an S-curve to a ceiling")
            .optional("table", &GrowthText::table, table_shape(reading), "factors that hold from their month on")
            .optional("until", &GrowthText::until, month_shape(), "last month of this growth")
            .optional("then", &GrowthText::then, then, "the growth that takes over");
    return converted<Growth, GrowthText>(table.shape(), joined);
}

/// The growth must exist for every drawable value.
void check_exists(Growth const& growth, Scenario const& scenario, Cursor const& at) {
    for (auto const& draws : belief_corners(scenario, beliefs_of(growth))) {
        if (auto const fault = growth_fault(growth, scenario.calendar.start, draws, scenario.calendar.months))
            return at.error(blame(scenario, beliefs_of(growth)) + *fault);
    }
}

/// The word `none`; a change alone does not say which law it is of.
Shape<Growth> no_growth() {
    auto const read = [](Cursor const& at) {
        auto const& text = at.node().text;
        if (text != "none")
            at.error(fmt::format("'{}' is no growth (write {{exponential: 5% per month}}, or none)", text));
        return Growth{};
    };
    return {"none", read, [](SchemaBuilder&) { return Json{{"enum", {"none"}}}; }};
}

}  // namespace

Shape<Growth> growth_shape(Reading& reading) {
    auto const is_word = [](Node const& n) { return n.kind == Node::Kind::scalar; };
    auto const is_law = [](Node const& n) { return n.kind == Node::Kind::map; };
    auto const any = any_of<Growth>("a growth such as {exponential: 4% per month}",
                                    {{is_word, no_growth()}, {is_law, parts_shape(reading)}});
    return converted<Growth, Growth>(any, [&reading](Growth const& growth, Cursor const& at) {
        reading.later.emplace_back([growth, at](Scenario const& s) { check_exists(growth, s, at); });
        return growth;
    });
}

}  // namespace runrate
