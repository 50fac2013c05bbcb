#include <utility>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "scenario/words.h"

namespace runrate {
namespace {

std::optional<RatePer> rate_per(std::string_view word) {
    if (word == "month") return RatePer::month;
    if (word == "day") return RatePer::day;
    if (word == "workday") return RatePer::workday;
    if (word == "week") return RatePer::week;
    return std::nullopt;
}

/// Splits `6 per developer per workday` into the count, who, and the period.
struct RateText {
    std::string count;
    bool per_customer = false;
    std::optional<RatePer> per;
};

RateText split_rate(std::string text) {
    RateText rate;
    auto const last = text.rfind(" per ");
    if (last == std::string::npos) return rate;
    rate.per = rate_per(text.substr(last + 5));
    text.resize(last);
    auto const who = text.find(" per ");
    if (who != std::string::npos) {
        rate.per_customer = true;
        text.resize(who);
    }
    rate.count = text;
    return rate;
}

SessionRate read_rate(Reading& reading, Cursor const& at) {
    SessionRate rate;
    if (!at.expect(Node::Kind::scalar, "sessions per period, such as 50k per month")) return rate;
    auto const parts = split_rate(at.node().text);
    if (!parts.per) {
        at.error(fmt::format("'{}' is no rate (write 50k per month, 6 per customer per workday, or per day or week)",
                             at.node().text));
        return rate;
    }
    Node& count = at.node();
    std::string const whole = std::exchange(count.text, parts.count);  // the same place, without its periods
    rate = {number(reading, dimension::count).read(at), *parts.per, parts.per_customer};
    count.text = whole;
    return rate;
}

Shape<SessionRate> rate_shape(Reading& reading) {
    return {"sessions per period, such as 50k per month",
            [&reading](Cursor const& at) { return read_rate(reading, at); },
            [](SchemaBuilder&) {
                return Json{{"type", "string"}, {"pattern", " per (month|day|workday|week)$"}};
            }};
}

std::optional<Weekday> weekday(std::string_view word) {
    static constexpr std::string_view names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    for (unsigned i = 0; i < 7; ++i) {
        if (names[i] == word) return Weekday{i};
    }
    return std::nullopt;
}

/// `02:00` or `Sat 01:00`.
struct StartTime {
    std::optional<Weekday> day;
    int minute = 0;
};

Shape<StartTime> start_time_shape() {
    return converted<StartTime, std::string>(
        text("a time such as \"02:00\" or \"Sat 01:00\""), [](std::string t, Cursor const& at) {
            StartTime start;
            if (t.size() == 9 && t[3] == ' ') {
                start.day = weekday(t.substr(0, 3));
                if (!start.day)
                    at.error(fmt::format("unknown day '{}' (Mon, Tue, Wed, Thu, Fri, Sat, Sun)", t.substr(0, 3)));
                t = t.substr(4);
            }
            auto const minute = minute_of_day(t);
            if (!minute) at.error(fmt::format("'{}' is no time of day (write \"02:00\")", at.node().text));
            start.minute = minute.value_or(0);
            return start;
        });
}

struct JobsText {
    Schedule::Every every = Schedule::Every::day;
    StartTime at;
    Number items{0};
};

Shape<Schedule> schedule_shape(Reading& reading) {
    using Every = Schedule::Every;
    auto const table =
        Table<JobsText>("what a schedule starts")
            .required(
                "every", &JobsText::every,
                one_word_of<Every>(
                    {{"day", Every::day}, {"workday", Every::workday}, {"week", Every::week}, {"month", Every::month}}),
                "how often it starts")
            .defaulted("at", &JobsText::at, start_time_shape(), "\"00:00\"",
                       "when, in local time; with the day for `every: week`")
            .required("items", &JobsText::items, number(reading, dimension::count), "items of each start")
            .check([](JobsText& j, Cursor const& at) {
                if (j.every == Every::week && !j.at.day)
                    at.error("a weekly job needs its day (write at: \"Sat 01:00\")");
                if (j.every != Every::week && j.at.day) at.error("only a weekly job has a day (write every: week)");
            });
    return converted<Schedule, JobsText>(table.shape(), [](JobsText const& j, Cursor const&) {
        return Schedule{j.every, j.at.day, j.at.minute, j.items};
    });
}

struct Share {
    std::optional<Number> zipf;
};

Shape<Customers> customers_shape(Reading& reading) {
    auto const share =
        Table<Share>("how traffic is shared among customers")
            .optional("zipf", &Share::zipf, number(reading, dimension::count), "exponent of the shares by rank");
    auto const zipf = converted<Number, Share>(share.shape(), [](Share const& s, Cursor const& at) {
        if (!s.zipf) at.error("missing 'zipf'");
        return s.zipf.value_or(Number{0});
    });
    return Table<Customers>("who uses the feature")
        .required("count", &Customers::count, number(reading, dimension::positive), "number of customers at 1x")
        .optional("share", &Customers::zipf, zipf, "unequal shares: {zipf: 1.1}; equal where left out")
        .shape();
}

Shape<TrafficEvent> event_shape(Reading& reading) {
    return Table<TrafficEvent>("days of other traffic")
        .required("name", &TrafficEvent::name, text("what it is called"), "what it is")
        .required("from", &TrafficEvent::from, date_shape(), "first day")
        .defaulted("days", &TrafficEvent::days, whole_number(1, 366), "1", "how many days")
        .required("traffic", &TrafficEvent::factor, number(reading, dimension::factor),
                  "factor on the traffic of these days")
        .shape();
}

Shape<std::array<Number, 12>> season_shape(Reading& reading) {
    return converted<std::array<Number, 12>, std::vector<Number>>(
        list_of(number(reading, dimension::factor), 1), [](std::vector<Number> const& months, Cursor const& at) {
            std::array<Number, 12> season{};
            if (months.size() != 12)
                at.error(fmt::format("a season has 12 factors, January first (found {})", months.size()));
            for (std::size_t i = 0; i < 12 && i < months.size(); ++i) season[i] = months[i];
            return season;
        });
}

/// What the file says, before `sessions` and `jobs` are known to exclude each other.
struct TrafficText {
    Traffic traffic;
    std::optional<SessionRate> sessions;
    std::optional<Schedule> jobs;
    Customers customers;
    Growth growth;
    WeekShape week = flat_week();
    std::optional<std::array<Number, 12>> season;
    Number day_to_day{0}, day_memory{0}, gaps_cv{0};
    std::vector<TrafficEvent> events;
};

/// A schedule starts its items at its own time: keys about when sessions come would be ignored. Their defaults leave
/// the tree, so that the resolved scenario can be read again.
void refuse_chance(Cursor const& at) {
    for (char const* key : {"customers", "week", "day_to_day", "day_memory", "gaps_cv"}) {
        auto const child = at.find(key);
        if (child && !child->node().from_default)
            child->error(fmt::format("'{}' has no effect on jobs (leave it out)", key));
        std::erase_if(at.node().entries, [&](Node::Entry const& e) { return e.key == key && e.value.from_default; });
    }
}

}  // namespace

Shape<Traffic> traffic_shape(Reading& reading) {
    auto const table =
        Table<TrafficText>("when and how often the feature is used")
            .optional("sessions", &TrafficText::sessions, rate_shape(reading),
                      "sessions per period; `per month` is that month's total")
            .optional("jobs", &TrafficText::jobs, schedule_shape(reading),
                      "work that a schedule starts, instead of sessions")
            .defaulted("customers", &TrafficText::customers, customers_shape(reading), "{count: 1}", "who uses it")
            .defaulted("growth", &TrafficText::growth, growth_shape(reading), "none",
                       "how traffic changes from month to month")
            .defaulted("week", &TrafficText::week, week_shape(reading), "flat", "traffic by hour of the week")
            .optional("season", &TrafficText::season, season_shape(reading),
                      "12 factors by calendar month, normalised to mean 1")
            .defaulted("day_to_day", &TrafficText::day_to_day, number(reading, dimension::spread), "0%",
                       "spread (coefficient of variation) of whole days; it does not average out at scale")
            .defaulted("day_memory", &TrafficText::day_memory, number(reading, dimension::share_below_one), "50%",
                       "correlation of one day's factor with the next (assumption)")
            .defaulted("gaps_cv", &TrafficText::gaps_cv, number(reading, dimension::count), "1",
                       "coefficient of variation of the gaps between sessions")
            .defaulted("events", &TrafficText::events, list_of(event_shape(reading)), "[]", "launches and spikes");
    return converted<Traffic, TrafficText>(table.shape(), [](TrafficText const& t, Cursor const& at) {
        if (t.sessions.has_value() == t.jobs.has_value())
            at.error(t.jobs ? "traffic has either 'sessions' or 'jobs', not both"
                            : "traffic needs 'sessions' or 'jobs'");
        if (t.jobs) refuse_chance(at);
        if (t.sessions && t.sessions->per_customer && at.find("customers")->node().from_default)
            at.find("sessions")->error("a rate per customer needs their number (add customers: {count: 400})");
        Traffic traffic{.customers = t.customers,
                        .growth = t.growth,
                        .week = t.week,
                        .season = t.season,
                        .day_to_day = t.day_to_day,
                        .day_memory = t.day_memory,
                        .gaps_cv = t.gaps_cv,
                        .events = t.events};
        if (t.jobs)
            traffic.volume = *t.jobs;
        else if (t.sessions)
            traffic.volume = *t.sessions;
        return traffic;
    });
}

}  // namespace runrate
