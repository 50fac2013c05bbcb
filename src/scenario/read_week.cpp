#include <numeric>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "scenario/words.h"

namespace runrate {
namespace {

constexpr std::size_t hours_in_week = 168;

/// 168 numbers with mean 1.
WeekShape normalised(std::vector<double> const& hours, Cursor const& at) {
    WeekShape week = flat_week();
    double const sum = std::accumulate(hours.begin(), hours.end(), 0.0);
    if (hours.size() != hours_in_week) {
        at.error(fmt::format("a week has 168 numbers, Monday 00:00 first (found {})", hours.size()));
    } else if (!(sum > 0)) {
        at.error("a week needs some traffic");
    } else {
        for (std::size_t h = 0; h < hours_in_week; ++h) week[h] = hours[h] * static_cast<double>(hours_in_week) / sum;
    }
    return week;
}

WeekShape week_of_file(Reading& reading, Cursor const& at) {
    std::string fault;
    auto const csv = reading.files.read(at.node().text, "week", fault);
    if (!csv) return at.error(fmt::format("cannot read '{}' ({})", at.node().text, fault)), flat_week();
    std::vector<double> hours;
    auto const lines = lines_of(*csv);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto const value = parse_value(lines[i]);
        auto const* v = std::get_if<Value>(&value);
        if (v && v->unit == Unit::none && v->number >= 0)
            hours.push_back(v->number);
        else if (i > 0 && !lines[i].empty()) {  // the first line may be a header
            return at.error(fmt::format("'{}' line {} is no number of at least 0", at.node().text, i + 1)), flat_week();
        }
    }
    return normalised(hours, at);
}

WeekShape read_week(Reading& reading, Cursor const& at) {
    if (at.node().kind == Node::Kind::list) return normalised(list_of(known_number(dimension::count)).read(at), at);
    if (!at.expect(Node::Kind::scalar, "a named week, 168 numbers or a file")) return flat_week();
    std::vector<std::string> known;
    for (auto const& [name, week] : named_weeks()) {
        if (name == at.node().text) return week;
        known.push_back(name);
    }
    if (at.node().text.ends_with(".csv")) return week_of_file(reading, at);
    auto const near = nearest(at.node().text, known);
    at.error(near.empty() ? fmt::format("unknown week '{}' (known: {}; or 168 numbers, or a .csv file)", at.node().text,
                                        fmt::join(known, ", "))
                          : fmt::format("unknown week '{}' (did you mean '{}'?)", at.node().text, near));
    return flat_week();
}

}  // namespace

Shape<WeekShape> week_shape(Reading& reading) {
    return {"a named week, 168 numbers or a file", [&reading](Cursor const& at) { return read_week(reading, at); },
            [](SchemaBuilder&) {
                return Json{{"type", Json::array({"string", "array"})}};
            }};
}

}  // namespace runrate
