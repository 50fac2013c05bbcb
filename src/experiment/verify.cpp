#include "experiment/verify.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "experiment/chosen.h"
#include "experiment/event_day.h"
#include "experiment/pool_projection.h"
#include "montecarlo/parallel.h"
#include "projection/level_quantiles.h"

namespace runrate {
namespace {

constexpr std::array<char const*, 7> weekday_names{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::size_t monday = 0, sunday = 6;
constexpr std::size_t sampled_sessions = 2000;  ///< that the projected tokens of a session are known by

/// What one day of one option at one scale is simulated from.
struct Day {
    std::size_t plan = 0;
    EventDay which{};
};

std::vector<double> median_world(Scenario const& s) {
    std::vector<double> beliefs;
    for (auto const& belief : s.beliefs) beliefs.push_back(quantile(belief.law, 0.5));
    return beliefs;
}

std::vector<std::size_t> chosen_months(Scenario const& s, std::vector<std::string> const& named) {
    auto const last = static_cast<std::size_t>(s.calendar.months) - 1;
    if (named.empty()) {
        std::set<std::size_t> const three{0, last / 2, last};
        return {three.begin(), three.end()};
    }
    std::vector<std::size_t> months;
    for (auto const& name : named) {
        std::size_t m = 0;
        while (m <= last && to_string(s.calendar.month(static_cast<int>(m))) != name) ++m;
        if (m > last)
            throw std::invalid_argument(fmt::format("no month '{}' in the horizon ({} to {})", name,
                                                    to_string(s.calendar.start),
                                                    to_string(s.calendar.month(s.calendar.months - 1))));
        months.push_back(m);
    }
    return months;
}

/// Days of the month's first whole week, by rows of the week shape: holidays are passed over for the next such day.
std::vector<std::size_t> chosen_days(MonthVolume const& month, bool week) {
    std::vector<std::size_t> days;
    auto const wanted = [&](std::size_t row) { return week || row == monday || row == sunday; };
    if (month.flat()) {
        for (std::size_t row = 0; row < 7; ++row)
            if (wanted(row)) days.push_back(row);
        return days;
    }
    std::size_t first = 0;
    while (weekday_index(month.days[first].day) != static_cast<int>(monday)) ++first;
    for (std::size_t row = 0; row < 7; ++row) {
        if (!wanted(row)) continue;
        auto day = first + row;
        while (day + 7 < month.days.size() && month.days[day].weekday != static_cast<int>(row)) day += 7;
        days.push_back(day);
    }
    return days;
}

/// Tokens of prompts and answers, whatever their classes.
struct TokenSums {
    double prompt = 0, output = 0;
};

TokenSums tokens_of(std::vector<Meters> const& meters) {
    TokenSums t;
    for (auto const& m : meters) {
        auto const of = [&](Meter meter) { return m[static_cast<std::size_t>(meter)]; };
        t.prompt += of(Meter::input) + of(Meter::cache_read) + of(Meter::cache_write_5m) + of(Meter::cache_write_1h);
        t.output += of(Meter::output) + of(Meter::reasoning);
    }
    return t;
}

/// Days of a scenario while they are simulated.
struct Verification {
    Scenario const& s;
    VerifySettings const& settings;
    std::vector<BillPlan> plans;
    std::vector<double> beliefs;
    std::vector<std::vector<MonthVolume>> volumes;  ///< by feature
    std::vector<std::vector<FeatureUsage>> usage;   ///< by plan and feature

    [[nodiscard]] EventWorld world() const { return {beliefs, settings.seed, 0}; }
    [[nodiscard]] std::vector<VerifyRow> rows(Day const&) const;

private:
    [[nodiscard]] VerifyRow row_of(Day const&) const;
    void add_feature(Day const&, EventDayRun const&, std::size_t feature, std::vector<VerifyRow>&) const;
    void add_pool(Day const&, EventDayRun const&, std::size_t place, std::size_t pool, std::vector<VerifyRow>&) const;
};

VerifyRow Verification::row_of(Day const& day) const {
    auto const& month = volumes.front()[day.which.month];
    VerifyRow row{.option = s.options[plans[day.plan].option.index()].name, .scale = day.which.scale};
    row.date = month.flat() ? to_string(month.month()) : to_string(month.days[day.which.day].day);
    row.weekday =
        weekday_names[month.flat() ? day.which.day : static_cast<std::size_t>(month.days[day.which.day].weekday)];
    return row;
}

void Verification::add_feature(Day const& day, EventDayRun const& run, std::size_t feature,
                               std::vector<VerifyRow>& rows) const {
    auto const& events = run.events.features[feature];
    auto const& each = usage[day.plan][feature];
    double const sessions = run.expected[feature];
    auto const here = tokens_of(events.meters), expected = tokens_of(each.mean);
    auto const add = [&](char const* item, char const* unit, double projected, double simulated) {
        auto row = row_of(day);
        row.of = s.features[feature].name;
        row.item = item;
        row.unit = unit;
        row.projected = projected;
        row.simulated = simulated;
        rows.push_back(std::move(row));
    };
    char const* const starts =
        std::holds_alternative<Schedule>(s.features[feature].traffic.volume) ? "items" : "sessions";
    add(starts, starts, sessions, static_cast<double>(events.started));
    add("calls", "calls", sessions * each.calls, events.calls);
    add("prompt tokens", "tokens", sessions * expected.prompt, here.prompt);
    add("output tokens", "tokens", sessions * expected.output, here.output);
}

void Verification::add_pool(Day const& day, EventDayRun const& run, std::size_t place, std::size_t index,
                            std::vector<VerifyRow>& rows) const {
    auto const& pool = run.events.pools[place];
    PoolProjection const projection{s,       plans[day.plan], index,           world(),     usage[day.plan],
                                    volumes, day.which.month, day.which.scale, large_sample};
    auto const fluid = projection.day(run.per_hour, 1, {});
    auto const add = [&](char const* item, char const* unit, std::optional<double> projected,
                         std::optional<double> simulated) {
        auto row = row_of(day);
        row.of = fmt::format("pool {}", s.pools[index].name);
        row.item = item;
        row.unit = unit;
        row.projected = projected;
        row.simulated = simulated;
        rows.push_back(std::move(row));
    };
    auto const p95 = [](EventDuration const& d) {
        return d.sketch.count() > 0 ? std::optional{d.sketch.quantile(0.95)} : std::nullopt;
    };
    auto const fluid_p95 = [&](LogSketch LoadLevel::*figure) {
        return LevelQuantiles{projection.pool(), figure, figure == &LoadLevel::ttft}.at(0.95, fluid);
    };
    auto const& t = pool.totals;
    auto const prompt = static_cast<double>(pool.engines.prompt_tokens);
    add("paid replica-hours", "h", fluid.paid_hours, t.paid_hours);
    add("replicas at the peak", "replicas", fluid.peak_replicas, t.peak_replicas);
    add("calls", "calls", fluid.calls, static_cast<double>(t.requests));
    add("calls in flight, mean", "calls", fluid.in_flight_hours / 24, t.in_flight_hours / 24);
    add("busy", "share of paid hours", {},
        t.paid_hours > 0 ? std::optional{t.busy_hours / t.paid_hours} : std::nullopt);
    add("TTFT p95", "s", fluid_p95(&LoadLevel::ttft), p95(pool.ttft));
    add("TPOT p95", "s", fluid_p95(&LoadLevel::tpot), p95(pool.tpot));
    add("prompt tokens found in prefix caches", "share", cached_share(projection.pool(), fluid),
        prompt > 0 ? std::optional{static_cast<double>(pool.engines.cached_tokens) / prompt} : std::nullopt);
    if (!fluid.overflow.empty()) {
        double beyond = 0;
        for (auto const& o : fluid.overflow) beyond += o.beyond;
        add("calls answered elsewhere", "calls", beyond, static_cast<double>(t.overflowed));
    }
    add("calls turned away", "calls", fluid.shed, static_cast<double>(pool.refused));
}

std::vector<VerifyRow> Verification::rows(Day const& day) const {
    auto const& plan = plans[day.plan];
    auto const run = run_event_day(s, plan, volumes, world(), day.which);
    std::vector<VerifyRow> rows;
    for (std::size_t f = 0; f < s.features.size(); ++f) add_feature(day, run, f, rows);
    auto const pools = pools_of(s, plan);
    for (std::size_t p = 0; p < pools.size(); ++p) add_pool(day, run, p, pools[p], rows);
    return rows;
}

/// \throws std::invalid_argument for what cannot be run event by event
void check(Verification const& v, std::vector<Day> const& days) {
    constexpr double most_calls = 3e8;  // of a day: some minutes on one core
    if (auto const why = event_fault(v.s)) throw std::invalid_argument(*why);
    for (auto const& day : days) {
        double const calls = day.which.scale * calls_of_a_day(v.volumes, v.usage[day.plan], day.which.month);
        if (!(calls <= most_calls))
            throw std::invalid_argument(
                fmt::format("a day of '{}' has {:.2g} calls at {:g}x, too many to run one by "
                            "one (choose a lower --scale)",
                            v.s.options[v.plans[day.plan].option.index()].name, calls, day.which.scale));
    }
}

}  // namespace

std::vector<VerifyRow> verify(Scenario const& s, VerifySettings const& settings, std::function<bool()> const& stop) {
    Verification v{s, settings, {}, median_world(s), {}, {}};
    for (auto const o : chosen_options(s, settings.options)) v.plans.push_back(plan_bill(s, OptionId{o}));
    for (auto const& feature : s.features)
        v.volumes.push_back(expected_volumes(feature.traffic, s.calendar, v.beliefs));
    std::vector<Day> days;
    auto const scales = settings.scales.empty() ? std::vector{s.scales.by.front()} : settings.scales;
    for (std::size_t p = 0; p < v.plans.size(); ++p) {
        auto& usage = v.usage.emplace_back();
        for (std::size_t f = 0; f < s.features.size(); ++f)
            usage.push_back(
                simulate(*v.plans[p].programs[f], v.beliefs, {settings.seed, 0, FeatureId{f}, sampled_sessions}));
        for (double const scale : scales)
            for (auto const m : chosen_months(s, settings.months))
                for (auto const d : chosen_days(v.volumes.front()[m], settings.week))
                    days.push_back({p, {.month = m, .day = d, .scale = scale}});
    }
    check(v, days);
    std::vector<std::vector<VerifyRow>> by_day(days.size());
    for_each_index(static_cast<std::uint32_t>(days.size()), settings.threads, [&](std::uint32_t i) {
        if (stop && stop()) throw std::runtime_error("interrupted (nothing was written)");
        by_day[i] = v.rows(days[i]);
    });
    std::vector<VerifyRow> rows;
    for (auto& of_day : by_day) std::move(of_day.begin(), of_day.end(), std::back_inserter(rows));
    return rows;
}

}  // namespace runrate
