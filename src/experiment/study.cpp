#include "runrate/study.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <mutex>
#include <stdexcept>

#include <fmt/format.h>

#include "decide/breakeven.h"
#include "experiment/chosen.h"
#include "experiment/compared_costs.h"
#include "experiment/comparison.h"
#include "experiment/event_day.h"
#include "experiment/samples.h"
#include "experiment/tables.h"
#include "montecarlo/parallel.h"
#include "scenario/sections.h"

namespace runrate {
namespace {

using Watch = std::function<void(Progress const&)>;
using Stop = std::function<bool()>;

/// The first option that is compared.
OptionId baseline_of(Scenario const& s) {
    auto const at = std::find_if(s.options.begin(), s.options.end(), [](Option const& o) { return !o.only_fallback; });
    return OptionId{static_cast<std::size_t>(at - s.options.begin())};
}

/// \throws std::invalid_argument for an option whose pools cannot be billed
void check_pools(Scenario const& s, BillPlan const& plan) {
    for (std::size_t f = 0; f < plan.demand.degraded.size(); ++f) {
        auto const& degraded = plan.demand.degraded[f];
        if (!degraded || !degraded->option) continue;
        for (auto const target : reached_targets(s.options[degraded->option->index()].behaviour))
            if (s.targets[target.index()].pool)
                throw std::invalid_argument(fmt::format(
                    "the cap of feature '{}' degrades to option '{}', which {} serves: what a cap moves to a "
                    "pool is not worked out (degrade to an option of API models)",
                    s.features[f].name, s.options[degraded->option->index()].name, s.targets[target.index()].name));
    }
    auto const why = event_fault(s);
    if (why && !plan.pools.empty())
        throw std::invalid_argument(
            fmt::format("option '{}' is served by a pool: {}", s.options[plan.option.index()].name, *why));
    for (auto const& lines : plan.pools) {
        auto const& pool = s.pools[lines.pool];
        auto const& option = s.options[plan.option.index()].name;
        auto const& plan_of_pool = s.pool_plans[lines.pool];
        auto const most = pool.fleet.autoscale ? pool.fleet.autoscale->most : plan_of_pool.at_least;
        if (!plan_of_pool.rest && lines.least_base() < plan_of_pool.paid(most))
            throw std::invalid_argument(
                fmt::format("option '{}' is served by pool '{}', whose GPUs have no price "
                            "(state plan.{}.rest: {{on_demand: $2.95/GPU-h}})",
                            option, pool.name, pool.name));
    }
}

Experiment make_experiment(Scenario const& s, StudySettings const& settings, Worlds const& worlds) {
    Experiment e;
    e.scenario = &s;
    e.seed = settings.seed;
    e.scales = settings.scales.empty() ? s.scales.by : settings.scales;
    std::sort(e.scales.begin(), e.scales.end());
    if (auto const same = std::adjacent_find(e.scales.begin(), e.scales.end()); same != e.scales.end())
        throw std::invalid_argument(fmt::format("scale {:g} is named twice", *same));
    for (std::size_t o : chosen_options(s, settings.options)) e.plans.push_back(plan_bill(s, OptionId{o}));
    for (auto const& plan : e.plans) check_pools(s, plan);
    e.comparison = comparison_of(s, settings.breakeven, e.plans);
    e.left_out = left_out(s, settings.breakeven, e.plans);
    if (e.comparison) {
        auto const& [from, to] = e.comparison->range;
        for (double const volume : even_volumes(from, to, settings.breakeven.points))
            if (!std::binary_search(e.scales.begin(), e.scales.end(), volume)) e.volumes.push_back(volume);
    }
    e.layout = {.scales = e.scales.size(),
                .months = static_cast<std::size_t>(s.calendar.months),
                .features = s.features.size(),
                .draws = worlds.price_draws(),
                .volumes = e.volumes.size(),
                .compared_month = static_cast<std::size_t>(s.compared_month())};
    // By the scenario's baseline, so that leaving an option out changes no figure of the others.
    e.sessions = sample_sizes(s, plan_bill(s, baseline_of(s)), worlds, settings.seed);
    return e;
}

/// Tells the caller how far the run is, from one thread at a time.
class Reporter {
public:
    Reporter(Watch const& watch, Experiment const& e, std::uint32_t all) : watch_{&watch}, experiment_{&e}, all_{all} {}

    void more(std::uint32_t worlds) { all_ += worlds; }

    void finished(WorldOutcome const& world) {
        if (!*watch_) return;
        std::scoped_lock const lock{mutex_};
        auto const& layout = experiment_->layout;
        double total = 0;
        for (std::size_t m = 0; m < layout.months; ++m) {
            for (std::size_t slot = 0; slot < layout.slots(); ++slot)
                total +=
                    static_cast<double>(world.options[0].cost[layout.cost(0, layout.cell(layout.scales - 1, m), slot)]);
        }
        seen_.add(total);
        Progress progress{++done_, all_, seen_.mean, std::nullopt};
        if (seen_.count >= 8 && seen_.mean > 0)
            progress.relative_error = std::sqrt(seen_.variance() / seen_.count) / seen_.mean;
        (*watch_)(progress);
    }

private:
    Watch const* watch_;
    Experiment const* experiment_;
    std::mutex mutex_;
    Moments seen_;
    std::uint32_t done_ = 0, all_;
};

/// Points [from, to) of every group, in group order. Returns how many groups finished; their worlds are added.
std::uint32_t run_groups(Experiment const& e, Worlds const& worlds, std::uint32_t from, std::uint32_t to,
                         StudySettings const& settings, Reporter& reporter, Stop const& stop,
                         std::vector<WorldOutcome>& done) {
    std::atomic<bool> stopped{false};
    for (std::uint32_t g = 0; g < group_count; ++g) {
        std::vector<WorldOutcome> group(to - from);
        for_each_index(to - from, settings.threads, [&](std::uint32_t i) {
            if (stopped || (stop && stop())) {
                stopped = true;
                return;
            }
            group[i] = run_world(e, worlds, {g, from + i});
            reporter.finished(group[i]);
        });
        if (stopped) return g;
        for (auto& world : group) done.push_back(std::move(world));
    }
    return group_count;
}

/// The largest relative standard error of any total: every option, scale and period.
double worst_error(Totals const& t, std::vector<Period> const& periods) {
    double worst = 0;
    for (std::size_t o = 0; o < t.options.size(); ++o) {
        for (std::size_t s = 0; s < t.layout().scales; ++s) {
            for (auto const& period : periods) {
                auto const error = estimate(group_totals(t, o, s, period));
                if (error.mean > 0) worst = std::max(worst, error.standard_error / error.mean);
            }
        }
    }
    return worst;
}

/// Runs worlds, twice as many each time, until the errors are small enough or the most is reached.
Status run_worlds(Totals& totals, Worlds const& worlds, StudySettings const& settings,
                  std::vector<Period> const& periods, Watch const& watch, Stop const& stop) {
    auto const& e = *totals.experiment;
    std::uint32_t from = 0;
    std::uint32_t to = (settings.until ? std::min(settings.worlds, 64u) : settings.worlds) / group_count;
    Reporter reporter{watch, e, to * group_count};
    while (true) {
        std::vector<WorldOutcome> done;
        auto const groups = run_groups(e, worlds, from, to, settings, reporter, stop, done);
        bool const whole = groups == group_count;
        if (!whole && from == 0 && groups < 2)
            throw std::runtime_error("stopped before two scramble groups had finished (nothing can be said yet)");
        if (whole || from == 0) add_worlds(totals, std::move(done));
        if (!whole) return Status::partial;
        if (!settings.until || worst_error(totals, periods) <= *settings.until ||
            2 * to * group_count > settings.most_worlds)
            return Status::complete;
        from = to;
        to *= 2;
        reporter.more((to - from) * group_count);
    }
}

/// The breakeven of other mixes, in the same worlds. Those that are stopped are left out.
Status add_other_mixes(Findings const& f, Worlds const& worlds, StudySettings const& settings, Watch const& watch,
                       Stop const& stop, Result& result) {
    auto const points = static_cast<std::uint32_t>(f.totals.worlds.size()) / group_count;
    for (auto const& mix : other_mixes(f)) {
        auto experiment = f.experiment();
        experiment.mix = mix;
        Totals totals = empty_totals(experiment);
        Reporter reporter{watch, experiment, points * group_count};
        std::vector<WorldOutcome> done;
        if (run_groups(experiment, worlds, 0, points, settings, reporter, stop, done) < group_count)
            return Status::partial;
        add_worlds(totals, std::move(done));
        add_breakeven(Findings{totals, f.periods, {}, f.audits, settings.threads}, result);
    }
    mark_dependent(result);
    return Status::complete;
}

void fill(Findings const& f, Result& result) {
    describe(f, result);
    result.cost = cost_table(f);
    result.cost_lines = cost_lines_table(f);
    result.nonlinearity = nonlinearity_table(f);
    result.ratios = ratios_table(f);
    result.usage = usage_table(f);
    result.service = service_table(f);
    result.accuracy = accuracy_table(f);
    result.tokens = tokens_table(f);
    result.unit_costs = unit_costs_table(f);
    result.provenance = provenance_table(f);
    result.limits = limits_table(f);
    result.liabilities = liabilities_table(f);
    result.gates = gates_table(f, result);
    add_breakeven(f, result);
    result.claims = claims_table(f, result);
    result.warnings = warnings_table(f, result);
}

}  // namespace

Study run(Scenario const& scenario, StudySettings const& settings, Watch const& progress, Stop const& stop) {
    if (settings.worlds < 8 * group_count || !std::has_single_bit(settings.worlds))
        throw std::invalid_argument("worlds come in 8 groups of a power of two: 64, 128, 256, ...");
    Worlds const worlds{scenario, settings.seed, settings.sampling};
    Experiment experiment = make_experiment(scenario, settings, worlds);
    auto audits = settings.audit ? audit_pools(experiment, worlds, settings.threads, stop) : no_audits(experiment);
    for (auto const& of_plan : audits) {
        auto& factors = experiment.pool_factors.emplace_back();
        for (auto const& audit : of_plan) factors.push_back(audit.applied());
    }
    Totals totals = empty_totals(experiment);
    auto const periods = scenario.periods();
    Study study;
    auto& result = study.result;
    result.status = run_worlds(totals, worlds, settings, periods, progress, stop);
    result.seed = settings.seed;
    result.worlds = static_cast<std::int64_t>(totals.worlds.size());
    result.price_draws = worlds.price_draws();
    result.currency = scenario.money.currency;
    Findings findings{totals, periods, {}, std::move(audits), settings.threads};
    for (std::size_t o = 0; o < experiment.plans.size(); ++o) findings.amounts.push_back(line_amounts(totals, o));
    fill(findings, result);
    if (experiment.comparison && settings.breakeven.mixes && result.status == Status::complete)
        result.status = add_other_mixes(findings, worlds, settings, progress, stop, result);
    if (settings.keep_samples) study.samples = samples_of(findings);
    return study;
}

}  // namespace runrate
