#include "experiment/pricing.h"

#include <cmath>

#include "cost/meter_price.h"

namespace runrate {
namespace {

/// The share of a month's sessions that start on or after `from` and before `to`.
double share_between(MonthVolume const& volume, Month month, Date from, Date to) {
    if (volume.days.size() <= 1 || volume.sessions <= 0) {
        return static_cast<double>((to - from).count()) / days_in(month);
    }
    double sum = 0;
    for (auto const& day : volume.days) {
        if (day.day >= from && day.day < to) sum += day.sessions;
    }
    return sum / volume.sessions;
}

Money monthly(double usd_per_month) { return from_dollars(usd_per_month); }

/// Equal parts over the life, month by month, that sum to the whole exactly.
Money spread_part(Money whole, int life, int month) {
    if (month >= life) return Money{};
    std::vector<double> const equal(static_cast<std::size_t>(life), 1.0);
    return split(whole, equal)[static_cast<std::size_t>(month)];
}

}  // namespace

std::vector<PriceSegment> price_segments(ModelPrices const& prices, Month month, MonthVolume const& volume) {
    Date const end = first_day(month + std::chrono::months{1});
    Date from = first_day(month);
    std::vector<PriceSegment> segments;
    auto changes = changes_within(prices, from, end);
    changes.push_back(end);
    for (Date to : changes) {
        if (to > from) segments.push_back({price_at(prices, from).row, share_between(volume, month, from, to)});
        from = to;
    }
    return segments;
}

double mean_price_usd(BillLine const& line, std::vector<PriceSegment> const& segments) {
    double usd = 0;
    for (auto const& s : segments)
        usd += s.share * static_cast<double>(price_of(*line.meter, *s.row, line.of).count()) * 1e-12;
    return usd;
}

DriftTable drift_table(Scenario const& s, std::vector<std::vector<double>> const& beliefs) {
    DriftTable table;
    for (auto const& draw : beliefs) {
        std::vector<double> factors;
        for (int m = 0; m <= s.calendar.months; ++m) {
            factors.push_back(drift_factor(s.prices.api_drift.in(draw), s.calendar.first(), s.calendar.start, m));
        }
        table.push_back(std::move(factors));
    }
    return table;
}

LinePrices drifted_prices(BillLine const& line, std::vector<PriceSegment> const& segments, DriftTable const& drift,
                          Month start, int month) {
    LinePrices prices;
    for (auto const& segment : segments) {
        auto const list = price_of(*line.meter, *segment.row, line.of);
        auto const elapsed = static_cast<std::size_t>(drifted_months(segment.row->as_of, start, month));
        std::vector<TokenPrice> drawn;
        for (auto const& factors : drift)
            drawn.push_back(factors[elapsed] == 1 ? list : scaled(list, factors[elapsed]));
        prices.shares.push_back(segment.share);
        prices.each.push_back(std::move(drawn));
    }
    return prices;
}

std::vector<std::vector<Money>> fixed_costs(Scenario const& s, BillPlan const& plan, BeliefValues world) {
    auto const& option = s.options[plan.option.index()];
    std::vector<Money> running;
    for (std::size_t l = plan.direct_lines; l < plan.one_off_line; ++l) {
        if (plan.lines[l].group == "staff") {
            running.push_back(monthly(option.staff_fte.in(world)*s.costs.staff_usd_per_year.in(world) / 12));
        } else {
            for (auto const& [name, cost] : s.costs.observability_usd_per_month) {
                if (name == option.name) running.push_back(monthly(cost.in(world)));
            }
        }
    }
    std::vector<std::vector<Money>> months;
    for (int m = 0; m < s.calendar.months; ++m) {
        auto lines = running;
        for (auto const& item : option.one_off)
            lines.push_back(spread_part(from_dollars(item.usd.in(world)), option.spread_months, m));
        months.push_back(std::move(lines));
    }
    return months;
}

Money one_off_total(Scenario const& s, BillPlan const& plan, BeliefValues world) {
    Money sum{};
    for (auto const& item : s.options[plan.option.index()].one_off) sum += from_dollars(item.usd.in(world));
    return sum;
}

}  // namespace runrate
