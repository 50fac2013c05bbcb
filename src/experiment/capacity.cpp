#include "experiment/capacity.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "experiment/bill_plan.h"
#include "experiment/chosen.h"
#include "hardware/precision.h"

namespace runrate {
namespace {

constexpr int unbounded = 10'000;   ///< replicas: the most that a scenario may state
constexpr double endless_s = 3600;  ///< of TTFT: calls wait for hours

/// What a run says of one plan.
struct Trial {
    int at_least = 0;
    ServiceRow service;
    Dollars cost;
    std::vector<WarningRow> warnings;

    [[nodiscard]] double met() const { return service.objective_met_p.value_or(0); }
};

/// A pool at one scale, with any plan of it.
class PoolTrials {
public:
    PoolTrials(Scenario const& s, ServedOption const& served, CapacitySettings const& settings, double scale,
               std::function<void(std::string const&)> const& progress, std::function<bool()> const& stop)
        : scenario_{s}, served_{served}, settings_{settings.study}, progress_{&progress}, stop_{&stop} {
        settings_.options = {s.options[served.option].name};
        settings_.scales = {scale};
    }

    [[nodiscard]] PoolPlan const& plan() const { return scenario_.pool_plans[served_.pool]; }
    [[nodiscard]] FleetTerms& fleet() { return scenario_.pools[served_.pool].fleet; }

    enum class Hours { as_projected, audited };
    /// \param at_least  in each region
    Trial run(int at_least, Hours hours = Hours::as_projected);

private:
    Scenario scenario_;
    ServedOption served_;
    StudySettings settings_;
    std::function<void(std::string const&)> const* progress_;
    std::function<bool()> const* stop_;
};

Trial PoolTrials::run(int at_least, Hours hours) {
    if (*progress_)
        (*progress_)(fmt::format("{:g}x: at least {} replicas of pool {}", settings_.scales.front(), at_least,
                                 scenario_.pools[served_.pool].name));
    scenario_.pool_plans[served_.pool].at_least = at_least * plan().regions;
    settings_.audit = hours == Hours::audited;
    auto const result = runrate::run(scenario_, settings_, {}, *stop_).result;
    if (result.status == Status::partial) throw std::runtime_error("stopped before the plan was found");
    auto const month = scenario_.periods()[static_cast<std::size_t>(scenario_.reference_month())].name;
    Trial trial{at_least, {}, {}, {}};
    for (auto const& row : result.service)
        if (row.period == month && row.pool == scenario_.pools[served_.pool].name) trial.service = row;
    for (auto const& row : result.cost)
        if (row.period == month && row.view == "accrual") trial.cost = row.mean;
    for (auto const& row : result.warnings)
        if (row.where == trial.service.pool) trial.warnings.push_back(row);
    return trial;
}

/// Numbers of replicas in each region.
struct Bounds {
    int least = 1, most = 1;
};

Bounds bounds_of(Scenario const& s, std::size_t pool) {
    auto const& plan = s.pool_plans[pool];
    auto const& autoscale = s.pools[pool].fleet.autoscale;
    if (autoscale) return {1, std::max(1, autoscale->most / plan.regions)};
    int base = 0;
    for (int m = 0; m < s.calendar.months; ++m)
        base = std::max(base, plan.base_in(s.calendar.month(m), s.calendar.start));
    Bounds bounds{1, unbounded};
    while (bounds.least < bounds.most && plan.paid(bounds.least * plan.regions) < base) ++bounds.least;
    return bounds;
}

/// Finds one plan after the other, at rising scales.
class Search {
public:
    Search(PoolTrials& trials, Bounds bounds, double confidence)
        : trials_{trials}, bounds_{bounds}, confidence_{confidence} {}

    /// The smallest plan that meets the objective. \param first  that is tried
    std::optional<Trial> smallest(int first);

    /// What fails with one replica less than the smallest plan, or with the largest.
    [[nodiscard]] std::optional<Trial> const& failed() const { return failed_; }
    [[nodiscard]] bool meets(Trial const& trial) const { return trial.met() >= confidence_; }

private:
    PoolTrials& trials_;
    Bounds bounds_;
    double confidence_;
    std::optional<Trial> failed_{};
};

std::optional<Trial> Search::smallest(int first) {
    auto found = trials_.run(first);
    while (!meets(found)) {
        failed_ = found;
        if (found.at_least == bounds_.most) return std::nullopt;
        found = trials_.run(std::min(2 * found.at_least, bounds_.most));
    }
    auto const fails = [&] { return failed_ ? failed_->at_least : bounds_.least - 1; };
    while (found.at_least - fails() > 1) {
        auto trial = trials_.run((found.at_least + fails()) / 2);
        (meets(trial) ? found : failed_.emplace()) = std::move(trial);
    }
    return found;
}

/// Which latency fails in a plan; it is run again with one objective alone where there are two.
std::string failing_latency(PoolTrials& trials, Search const& search, Trial const& failed) {
    if (failed.service.ttft_p95.value_or(0) >= endless_s) return "capacity";
    auto const both = *trials.fleet().objective;
    if (!both.tpot_p95_s) return "ttft";
    if (!both.ttft_p95_s) return "tpot";
    trials.fleet().objective = PoolObjective{both.ttft_p95_s, std::nullopt};
    bool const in_time = search.meets(trials.run(failed.at_least));
    trials.fleet().objective = both;
    return in_time ? "tpot" : "ttft";
}

/// Why no plan is large enough. Where an autoscaler bounds them: would any number of replicas do?
std::string why_none(PoolTrials& trials, Search const& search, Trial const& largest) {
    if (auto& autoscale = trials.fleet().autoscale) {
        int const stated = autoscale->most;
        autoscale->most = unbounded * trials.plan().regions;
        bool const enough = search.meets(trials.run(unbounded));
        autoscale->most = stated;
        if (enough) return "most";
    }
    return failing_latency(trials, search, largest);
}

CapacityRow row_of(Scenario const& s, ServedOption const& served, Trial const& trial) {
    auto const& replica = s.pools[served.pool].replica;
    CapacityRow row;
    row.option = trial.service.option;
    row.scale = trial.service.scale;
    row.gpu = replica.gpu.name;
    row.gpus_per_replica = replica.parallel.gpus();
    row.precision = std::string{name_of(replica.precision)};
    row.reserved = s.pool_plans[served.pool].reserved_in(s.calendar.month(s.reference_month()), s.calendar.start);
    row.replicas_mean = trial.service.replicas_mean;
    row.replicas_peak = trial.service.replicas_peak;
    row.ttft_p95 = trial.service.ttft_p95;
    row.objective_met_p = trial.service.objective_met_p;
    return row;
}

/// Adds what is found of a scale; with how many replicas the next one is tried first.
int add_scale(PoolTrials& trials, Search search, Scenario const& s, ServedOption const& served, int first,
              CapacityFindings& findings) {
    auto const found = search.smallest(first);
    auto const shown = found ? trials.run(found->at_least, PoolTrials::Hours::audited) : *search.failed();
    auto row = row_of(s, served, shown);
    if (found) {
        row.at_least = shown.at_least;
        row.cost_mean = shown.cost;
    }
    if (!found)
        row.limited_by = why_none(trials, search, shown);
    else if (search.failed())
        row.limited_by = failing_latency(trials, search, *search.failed());
    findings.rows.push_back(std::move(row));
    findings.warnings.insert(findings.warnings.end(), shown.warnings.begin(), shown.warnings.end());
    return found ? found->at_least : first;
}

}  // namespace

ServedOption served_option(Scenario const& s, std::string const& option, std::string const& pool) {
    std::vector<std::string> pools;
    for (auto const& known : s.pools) pools.push_back(known.name);
    if (!pool.empty() && std::find(pools.begin(), pools.end(), pool) == pools.end())
        throw std::invalid_argument(
            fmt::format("no pool '{}' in the scenario ({})", pool,
                        pools.empty() ? "it has none" : fmt::format("{}", fmt::join(pools, ", "))));
    for (std::size_t const o : chosen_options(s, option.empty() ? std::vector<std::string>{} : std::vector{option}))
        for (auto const& lines : plan_bill(s, OptionId{o}).pools)
            if (pool.empty() || pools[lines.pool] == pool) return {o, lines.pool};
    auto const who = option.empty() ? "no option" : fmt::format("option '{}'", option);
    auto const by = pool.empty() ? "a pool" : fmt::format("pool '{}'", pool);
    throw std::invalid_argument(fmt::format("{} is {}served by {} (write for instance serve: {{default: pool {}}})",
                                            who, option.empty() ? "" : "not ", by,
                                            pool.empty() ? (pools.empty() ? "NAME" : pools.front()) : pool));
}

CapacityFindings capacity(Scenario const& s, ServedOption const& served, CapacitySettings const& settings,
                          std::function<void(std::string const&)> const& progress, std::function<bool()> const& stop) {
    auto const& pool = s.pools[served.pool];
    if (!pool.fleet.objective)
        throw std::invalid_argument(fmt::format(
            "pool '{0}' has no objective to be met (state pools.{0}.objective: {{ttft_p95: 2 s, tpot_p95: 60 ms}})",
            pool.name));
    auto scales = settings.study.scales.empty() ? s.scales.by : settings.study.scales;
    std::sort(scales.begin(), scales.end());
    if (auto const same = std::adjacent_find(scales.begin(), scales.end()); same != scales.end())
        throw std::invalid_argument(fmt::format("scale {:g} is named twice", *same));
    auto const bounds = bounds_of(s, served.pool);
    int first = bounds.least;
    CapacityFindings findings;
    try {
        for (double const scale : scales) {
            PoolTrials trials{s, served, settings, scale, progress, stop};
            first = add_scale(trials, Search{trials, bounds, settings.confidence}, s, served, first, findings);
        }
    } catch (std::runtime_error const&) {
        if (!stop || !stop()) throw;
        findings.stopped = true;
    }
    return findings;
}

void mark_frontier(std::vector<CapacityRow>& rows) {
    auto const better = [](CapacityRow const& a, CapacityRow const& b) {
        return a.scale == b.scale && a.at_least && a.cost_mean <= b.cost_mean && a.ttft_p95 <= b.ttft_p95 &&
               (a.cost_mean < b.cost_mean || a.ttft_p95 < b.ttft_p95);
    };
    for (auto& row : rows)
        if (row.at_least)
            row.on_frontier = std::none_of(rows.begin(), rows.end(), [&](auto const& r) { return better(r, row); });
}

}  // namespace runrate
