#include <algorithm>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "scenario/words.h"

namespace runrate {
namespace {

/// `+01:00` in minutes.
Shape<int> utc_offset_shape() {
    return converted<int, std::string>(
        text("an offset such as \"+01:00\""), [](std::string const& t, Cursor const& at) {
            auto const digit = [&](std::size_t i) { return t[i] >= '0' && t[i] <= '9' ? t[i] - '0' : 99; };
            bool const form = t.size() == 6 && (t[0] == '+' || t[0] == '-') && t[3] == ':';
            int const hours = form ? 10 * digit(1) + digit(2) : 99;
            int const minutes = form ? 10 * digit(4) + digit(5) : 99;
            if (hours > 14 || minutes > 59)
                return at.error(fmt::format("'{}' is no offset from UTC (write \"+01:00\")", t)), 0;
            return (t[0] == '-' ? -1 : 1) * (60 * hours + minutes);
        });
}

Shape<std::chrono::month> month_name_shape() {
    static constexpr std::string_view names[] = {"January", "February", "March",     "April",   "May",      "June",
                                                 "July",    "August",   "September", "October", "November", "December"};
    std::vector<std::pair<std::string, std::chrono::month>> words;
    for (unsigned m = 0; m < 12; ++m) words.emplace_back(names[m], std::chrono::month{m + 1});
    return one_word_of(std::move(words));
}

/// The dates of a CSV whose header has a column `date`.
std::set<Date> dates_of(std::string const& csv, std::string const& name, Cursor const& at) {
    std::set<Date> dates;
    auto const lines = lines_of(csv);
    auto const header = lines.empty() ? std::vector<std::string>{} : cells_of(lines[0]);
    auto const column = std::find(header.begin(), header.end(), "date") - header.begin();
    if (static_cast<std::size_t>(column) == header.size())
        return at.error(fmt::format("'{}' has no column 'date'", name)), dates;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        auto const cells = cells_of(lines[i]);
        if (cells.size() == 1 && cells[0].empty()) continue;
        auto const date = static_cast<std::size_t>(column) < cells.size()
                              ? parse_date(cells[static_cast<std::size_t>(column)])
                              : std::nullopt;
        if (date)
            dates.insert(*date);
        else
            at.error(fmt::format("'{}' line {} has no date such as 2026-12-25", name, i + 1));
    }
    return dates;
}

Shape<std::set<Date>> holidays_shape(Reading& reading) {
    return converted<std::set<Date>, std::string>(
        text("a CSV file with a column 'date'"), [&reading](std::string const& name, Cursor const& at) {
            std::string fault;
            auto const csv = reading.files.read(name, "holidays", fault);
            if (!csv) return at.error(fmt::format("cannot read '{}' ({})", name, fault)), std::set<Date>{};
            return dates_of(*csv, name, at);
        });
}

Shape<bool> month_rule_shape() { return one_word_of<bool>({{"calendar", false}, {"730 h", true}}); }

}  // namespace

Shape<Calendar> calendar_shape(Reading& reading) {
    return Table<Calendar>("the months that are forecast")
        .required("start", &Calendar::start, month_shape(), "first month")
        .defaulted("months", &Calendar::months, whole_number(1, 240), "12", "how many months are forecast")
        .defaulted("fiscal_year_starts", &Calendar::fiscal_year_starts, month_name_shape(), "January",
                   "first month of the fiscal year")
        .defaulted("fiscal_year_named", &Calendar::named_by_start, one_word_of<bool>({{"end", false}, {"start", true}}),
                   "end", "whether a fiscal year is named by the year in which it ends or starts")
        .defaulted("utc_offset", &Calendar::utc_offset_minutes, utc_offset_shape(), "\"+00:00\"", "local time, fixed")
        .defaulted("month", &Calendar::flat_months, month_rule_shape(), "calendar",
                   "`730 h`: every month is 365/12 days, as in worked examples")
        .optional("holidays", &Calendar::holidays, holidays_shape(reading), "days that behave as Sundays")
        .shape();
}

Shape<Scales> scales_shape(Reading&) {
    return Table<Scales>("the multiples of traffic that are compared")
        .defaulted("multiply", &Scales::multiply,
                   one_word_of<ScaleOf>({{"customers", ScaleOf::customers}, {"usage", ScaleOf::usage}}), "customers",
                   "what grows: the number of customers, or what each of them uses")
        .defaulted("by", &Scales::by, list_of(known_number(dimension::positive_factor), 1), "[1, 10, 100]",
                   "the multiples")
        .check([](Scales& s, Cursor const& at) {
            auto sorted = s.by;
            std::sort(sorted.begin(), sorted.end());
            auto const twice = std::adjacent_find(sorted.begin(), sorted.end());
            if (twice != sorted.end()) at.find("by")->error(fmt::format("scale {:g} is listed twice", *twice));
        })
        .shape();
}

}  // namespace runrate
