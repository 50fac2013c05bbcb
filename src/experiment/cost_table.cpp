#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "experiment/parallel_rows.h"

namespace runrate {
namespace {

double mean_of(std::span<double const> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Root mean square of the differences.
double distance(std::span<double const> a, std::span<double const> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum / static_cast<double>(a.size()));
}

double spread(std::span<double const> values) {
    Moments moments;
    for (double v : values) moments.add(v);
    return std::sqrt(moments.variance());
}

std::optional<double> finite(double x) { return std::isfinite(x) ? std::optional{x} : std::nullopt; }

struct Job {
    std::size_t option, scale;
    bool cash;
};

/// The exact mean of an accrual row; of a cash row the sum of its months' rounded means, so that they add up too.
Amount row_mean(Findings const& f, Job const& job, Period const& period, std::vector<Amount> const& cash_months) {
    Amount sum{};
    for (int m = period.first; m < period.first + period.months; ++m) {
        auto const month = static_cast<std::size_t>(m);
        if (job.cash)
            sum = sum + cash_months[month];
        else
            sum.millionths += f.amounts[job.option].total(f.layout().cell(job.scale, month));
    }
    return sum;
}

std::optional<double> over_budget(Findings const& f, Period const& period, Series const& sum) {
    for (auto const& budget : f.scenario().money.budgets) {
        if (budget.period != period.name) continue;
        std::size_t over = 0;
        auto const& t = f.totals;
        for (std::size_t i = 0; i < sum.drawn.size(); ++i) {
            auto const& world = t.worlds[i / f.layout().draws];
            if (sum.drawn[i] > budget.amount_usd.in(world.beliefs[i % f.layout().draws])) ++over;
        }
        return static_cast<double>(over) / static_cast<double>(sum.drawn.size());
    }
    return std::nullopt;
}

CostRow make_row(Findings const& f, Job const& job, Period const& period, Series const& sum,
                 std::span<std::uint32_t const> groups) {
    CostRow row;
    row.option = f.option(job.option).name;
    row.scale = f.experiment().scales[job.scale];
    row.period = period.name;
    row.period_kind = kind_of(period.kind);
    row.months_in = period.months;
    row.basis = "forecast";
    row.view = job.cash ? "cash" : "accrual";
    auto const means =
        job.cash ? group_means(sum.expected, groups) : group_totals(f.totals, job.option, job.scale, period);
    auto const error = estimate(means);
    row.se = dollars_of(finite(error.standard_error));
    row.sd_worlds = amount_of(spread(sum.expected));
    row.sd_within = amount_of(distance(sum.drawn, sum.expected));
    constexpr double wanted[] = {0.05, 0.5, 0.95};
    auto const q = quantiles(sum.drawn, groups, wanted);
    row.p5 = amount_of(q[0].value);
    row.p50 = amount_of(q[1].value);
    row.p95 = amount_of(q[2].value);
    row.p5_half = dollars_of(q[0].half_width);
    row.p95_half = dollars_of(q[2].half_width);
    if (!job.cash) row.p_over_budget = over_budget(f, period, sum);
    return row;
}

std::vector<CostRow> rows_of(Findings const& f, Job const& job, std::span<std::uint32_t const> groups) {
    auto const months = month_series(f.totals, job.option, job.scale, job.cash);
    std::vector<Amount> cash_means;
    for (auto const& month : months) cash_means.push_back(amount_of(mean_of(month.expected)));
    std::vector<CostRow> rows;
    for (auto const& period : f.periods) {
        auto const sum = sum_of(
            std::span{months}.subspan(static_cast<std::size_t>(period.first), static_cast<std::size_t>(period.months)));
        auto row = make_row(f, job, period, sum, groups);
        row.mean = row_mean(f, job, period, cash_means);
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace

bool is_amount(double usd) { return std::abs(usd) < 9.2e12; }

Amount amount_of(double usd) {
    if (!is_amount(usd))
        throw std::overflow_error("an amount is beyond 9.2 trillion dollars (the traffic or the scale is too large)");
    return {static_cast<std::int64_t>(std::nearbyint(usd * 1e6))};
}

Dollars dollars_of(std::optional<double> usd) {
    if (!usd) return std::nullopt;
    return amount_of(*usd);
}

std::string kind_of(PeriodKind kind) {
    switch (kind) {
        case PeriodKind::month: return "month";
        case PeriodKind::quarter: return "quarter";
        case PeriodKind::fiscal_quarter: return "fiscal_quarter";
        case PeriodKind::fiscal_year: return "fiscal_year";
        case PeriodKind::horizon: return "horizon";
    }
    return "";
}

std::vector<CostRow> cost_table(Findings const& f) {
    auto const groups = sample_groups(f.totals);
    return rows_by_option_and_scale<CostRow>(f, [&](std::size_t o, std::size_t s) {
        auto rows = rows_of(f, {o, s, false}, groups);
        auto const cash = rows_of(f, {o, s, true}, groups);
        rows.insert(rows.end(), cash.begin(), cash.end());
        return rows;
    });
}

}  // namespace runrate
