#include <fmt/format.h>

#include "scenario/sections.h"

namespace runrate {
namespace {

struct Drift {
    Number api{0}, gpu{0};
};

struct PriceText {
    std::vector<NamedBook> books;
    Drift drift;
    double stale_after_s = 0;
    bool strict = false;
};

struct StaffText {
    Number rate{0};
};

struct CostText {
    StaffText staff;
    std::vector<std::pair<std::string, Number>> observability, on_call;
};

struct TotalText {
    std::string option, period;
    std::optional<std::string> unit, feature;
    double scale = 1;
    std::optional<int> p;
};

struct GateText {
    std::optional<TotalText> total, unit_cost, margin;
    std::optional<std::string> below, above;
};

Shape<TotalText> figure_shape() {
    return Table<TotalText>("which figure")
        .required("option", &TotalText::option, text("the name of an option"), "option")
        .defaulted("scale", &TotalText::scale, known_number(dimension::positive_factor), "1", "scale")
        .defaulted("period", &TotalText::period, text("a period such as 2026-12, 2026-Q4, FY2026 or horizon"),
                   "horizon", "period")
        .optional("unit", &TotalText::unit, text(),
                  "of a unit cost: session (the default; of a job: item), turn, call, the outcome's name, ...")
        .optional("feature", &TotalText::feature, text(), "feature of a unit cost")
        .optional("p", &TotalText::p, whole_number(1, 99), "percentile (5, 50 or 95); the mean where left out")
        .shape();
}

double bound_of(std::string const& written, bool margin, Exchange const& exchange, Cursor const& at) {
    auto const value = parse_value(written);
    auto const* v = std::get_if<Value>(&value);
    if (v && v->unit == (margin ? Unit::percent : Unit::dollars)) {
        auto const converted = in_currency(*v, written, exchange);
        if (auto const* found = std::get_if<Value>(&converted)) return found->number;
        return at.error(std::get<std::string>(converted)), 0;
    }
    at.error(fmt::format("'{}' is no bound (write {})", written, margin ? "60%" : "$900k"));
    return 0;
}

Gate gate_of(GateText const& t, Exchange const& exchange, Cursor const& at) {
    Gate gate;
    int const figures = int{t.total.has_value()} + int{t.unit_cost.has_value()} + int{t.margin.has_value()};
    if (figures != 1)
        return at.error(figures == 0 ? "a gate needs 'total', 'unit_cost' or 'margin'"
                                     : "a gate has one of 'total', 'unit_cost' and 'margin'"),
               gate;
    if (t.below.has_value() == t.above.has_value())
        return at.error(t.below ? "a gate has either 'below' or 'above', not both" : "a gate needs 'below' or 'above'"),
               gate;
    auto const& figure = t.total ? *t.total : t.unit_cost ? *t.unit_cost : *t.margin;
    gate.of = t.total ? GateOf::total : t.unit_cost ? GateOf::unit_cost : GateOf::margin;
    Cursor const place = *at.find(t.total ? "total" : t.unit_cost ? "unit_cost" : "margin");
    if (figure.p && *figure.p != 5 && *figure.p != 50 && *figure.p != 95) place.find("p")->error("'p' is 5, 50 or 95");
    if (figure.p && t.margin) place.find("p")->error("a margin is of the mean (leave 'p' out)");
    if (t.total && (figure.unit || figure.feature))
        place.error("a total has neither 'unit' nor 'feature' (leave them out)");
    gate.option = figure.option;
    gate.scale = figure.scale;
    gate.period = figure.period;
    gate.unit = figure.unit.value_or("");
    gate.feature = figure.feature.value_or("");
    if (figure.p) gate.percentile = *figure.p / 100.0;
    gate.above = t.above.has_value();
    gate.bound =
        bound_of(t.above ? *t.above : *t.below, t.margin.has_value(), exchange, *at.find(t.above ? "above" : "below"));
    return gate;
}

}  // namespace

Shape<PriceSection> prices_shape(Reading& reading) {
    auto const drift = Table<Drift>("how prices change")
                           .defaulted("api", &Drift::api, number(reading, dimension::change_per_year, Reach::price),
                                      "0% per year", "drift of list prices, on top of dated changes")
                           .defaulted("gpu", &Drift::gpu, number(reading, dimension::change_per_year, Reach::price),
                                      "0% per year", "drift of what GPUs cost on demand");
    auto const book = converted<NamedBook, std::string>(text("a price book such as api-2026-08.yaml"),
                                                        [](std::string const& name, Cursor const& at) {
                                                            return NamedBook{name, at.node().at, at.path()};
                                                        });
    auto const table =
        Table<PriceText>("where prices come from")
            .defaulted("books", &PriceText::books, list_of(book), "[]", "price books; the shipped ones where left out")
            .defaulted("drift", &PriceText::drift, drift.shape(), "{}", "how list prices change")
            .defaulted("stale_after", &PriceText::stale_after_s, known_number(dimension::age), "90 days",
                       "age of a price that is warned of")
            .defaulted("strict", &PriceText::strict, yes_or_no(), "no",
                       "whether a price used before its first date is an error");
    return converted<PriceSection, PriceText>(table.shape(), [](PriceText const& t, Cursor const&) {
        return PriceSection{t.books, t.drift.api, t.drift.gpu, t.stale_after_s, t.strict, true};
    });
}

Shape<Costs> costs_shape(Reading& reading) {
    auto const staff = Table<StaffText>("people").required(
        "rate", &StaffText::rate, number(reading, dimension::money_per_year, Reach::price), "loaded cost of one FTE");
    auto const table =
        Table<CostText>("what inference costs besides calls")
            .defaulted("staff", &CostText::staff, staff.shape(), "{rate: $0 per year}", "cost of people")
            .defaulted("observability", &CostText::observability,
                       map_of(number(reading, dimension::money_per_month, Reach::price)), "{}",
                       "logging and tracing, by option")
            .defaulted("on_call", &CostText::on_call, map_of(number(reading, dimension::money_per_month, Reach::price)),
                       "{}", "people who are called when something breaks, by option");
    return converted<Costs, CostText>(table.shape(), [](CostText const& t, Cursor const&) {
        return Costs{t.staff.rate, t.observability, t.on_call};
    });
}

Shape<std::vector<Gate>> gates_shape(Reading& reading) {
    auto const table =
        Table<GateText>("a bound on a result")
            .optional("total", &GateText::total, figure_shape(), "the bill")
            .optional("unit_cost", &GateText::unit_cost, figure_shape(), "what one of something costs")
            .optional("margin", &GateText::margin, figure_shape(), "1 - cost / revenue")
            .optional("below", &GateText::below, text("a bound such as $900k"), "the figure must stay below")
            .optional("above", &GateText::above, text("a bound such as 60%"), "the figure must stay above");
    return list_of(converted<Gate, GateText>(
        table.shape(), [&reading](GateText const& t, Cursor const& at) { return gate_of(t, reading.exchange, at); }));
}

}  // namespace runrate
