#include "experiment/pricing.h"

#include <cmath>

#include "cost/meter_price.h"

namespace runrate {
namespace {

Money monthly(double usd_per_month) { return from_dollars(usd_per_month); }

/// Equal parts over the life, month by month, that sum to the whole exactly.
Money spread_part(Money whole, int life, int month) {
    if (month >= life) return Money{};
    std::vector<double> const equal(static_cast<std::size_t>(life), 1.0);
    return split(whole, equal)[static_cast<std::size_t>(month)];
}

/// What a piece of the line costs in a segment before drift: the list price and the factor on it.
struct ListPrice {
    TokenPrice each;
    double factor;
};

ListPrice list_price(BillLine const& line, PriceSegment const& segment) {
    auto of = line.of;
    of.hours = segment.hours;
    return {price_of(*line.meter, *segment.row, of), factor_of(*line.meter, *segment.row, of, line.region)};
}

}  // namespace

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
        auto const list = list_price(line, segment);
        auto const elapsed = static_cast<std::size_t>(drifted_months(segment.row->as_of, start, month));
        std::vector<TokenPrice> drawn;
        for (auto const& factors : drift) {
            double const factor = factors[elapsed] * list.factor;
            drawn.push_back(factor == 1 ? list.each : scaled(list.each, factor));
        }
        prices.shares.push_back(segment.share);
        prices.each.push_back(std::move(drawn));
    }
    return prices;
}

double mean_usd(LinePrices const& prices) {
    double usd = 0;
    for (std::size_t g = 0; g < prices.shares.size(); ++g) {
        double sum = 0;
        for (auto const each : prices.each[g]) sum += static_cast<double>(each.count());
        usd += prices.shares[g] * sum / static_cast<double>(prices.each[g].size()) * 1e-12;
    }
    return usd;
}

/// What a reservation costs in a month.
Money reserved(ProvisionedSpec const& spec, Calendar const& calendar, int month, BeliefValues world) {
    auto const here = calendar.month(month);
    bool const holds = spec.in_force(here);
    return holds ? from_dollars(spec.units * spec.usd.in(world) * (spec.per_hour ? calendar.hours_in(month) : 1))
                 : Money{};
}

std::vector<std::vector<Money>> fixed_costs(Scenario const& s, BillPlan const& plan, BeliefValues world) {
    auto const& option = s.options[plan.option.index()];
    std::vector<Money> running;
    for (std::size_t l = plan.direct_lines; l < plan.one_off_line; ++l) {
        if (plan.lines[l].group == provisioned_group) break;
        auto const& line = plan.lines[l].line;
        if (line == "staff")
            running.push_back(monthly(option.staff_fte.in(world)*s.costs.staff_usd_per_year.in(world) / 12));
        for (auto const& [name, cost] : s.costs.observability_usd_per_month)
            if (line == "observability" && name == option.name) running.push_back(monthly(cost.in(world)));
        for (auto const& [name, cost] : s.costs.on_call_usd_per_month)
            if (line == "on call" && name == option.name) running.push_back(monthly(cost.in(world)));
    }
    std::vector<std::vector<Money>> months;
    for (int m = 0; m < s.calendar.months; ++m) {
        auto lines = running;
        for (auto const& reservation : plan.demand.reservations)
            lines.push_back(reserved(reservation.spec, s.calendar, m, world));
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
