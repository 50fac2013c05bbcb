#include "experiment/totals.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stat/elementary.h"

namespace runrate {
namespace {

void merge(RoleTokens& into, RoleTokens const& from) {
    into.prompt.merge(from.prompt);
    into.output.merge(from.output);
    for (std::size_t c = 0; c < cause_count; ++c) into.causes[c] += from.causes[c];
    into.calls += from.calls;
    into.over_cap += from.over_cap;
    into.over_limit += from.over_limit;
}

void add_option(OptionTotals& totals, OptionOutcome& outcome, std::uint32_t group) {
    for (std::size_t i = 0; i < outcome.line_nano.size(); ++i) {
        totals.line_nano[group][i] += outcome.line_nano[i];
        totals.quantity[i] += outcome.quantity[i];
    }
    for (std::size_t i = 0; i < outcome.strain.covered.size(); ++i) totals.covered[i] += outcome.strain.covered[i];
    for (std::size_t p = 0; p < outcome.pools.size(); ++p) {
        for (std::size_t i = 0; i < outcome.pools[p].load.size(); ++i)
            totals.pool_load[p][i] += outcome.pools[p].load[i];
        outcome.pools[p].load = std::vector<double>();
    }
    for (std::size_t f = 0; f < outcome.usage.size(); ++f) {
        auto& usage = outcome.usage[f];
        for (std::size_t r = 0; r < usage.roles.size(); ++r) merge(totals.roles[f][r], usage.roles[r]);
        totals.context[f].merge(usage.context);
        usage.roles = std::vector<RoleTokens>();  // clear() and {} would keep the memory
        usage.context = {};
    }
    outcome.line_nano = std::vector<Wide>();
    outcome.quantity = std::vector<double>();
}

/// What the features and the agreements of a cell cost in one draw, on top of what is fixed.
struct DrawnCost {
    double expected = 0, drawn = 0;
};

DrawnCost cost_of_cell(Layout const& layout, OptionOutcome const& out, std::size_t draw, std::size_t cell,
                       double fixed) {
    DrawnCost cost{fixed + out.cost[layout.cost(draw, cell, layout.agreement_slot())],
                   fixed + out.agreement_drawn[layout.agreement(draw, cell)]};
    for (std::size_t f = 0; f < layout.features; ++f) {
        double const of_feature = out.cost[layout.cost(draw, cell, f)];
        cost.expected += of_feature;
        cost.drawn += of_feature * out.chance[layout.chance(cell, f)];
    }
    return cost;
}

/// Rank position of a type-7 quantile among n values.
double interpolate(double p, std::size_t n, std::vector<double> const& at_ranks) {
    double const rank = p * static_cast<double>(n - 1);
    auto const low = static_cast<std::size_t>(rank);
    double const share = rank - static_cast<double>(low);
    double const a = at_ranks[low];
    double const b = at_ranks[std::min(low + 1, n - 1)];
    return a + share * (b - a);
}

}  // namespace

Totals empty_totals(Experiment const& e) {
    Totals totals{.experiment = &e, .worlds = {}, .options = {}};
    for (auto const& plan : e.plans) {
        auto const size = e.layout.cells() * plan.lines.size();
        OptionTotals option;
        option.line_nano.assign(group_count, std::vector<Wide>(size, 0));
        option.quantity.assign(size, 0);
        option.covered.assign(plan.demand.reservations.size() * e.layout.cells() * e.layout.features, 0);
        option.pool_load.assign(plan.pools.size(), std::vector<double>(e.layout.cells() * e.layout.features, 0));
        option.roles.assign(e.layout.features, std::vector<RoleTokens>(e.scenario->roles.size()));
        option.context.resize(e.layout.features);
        totals.options.push_back(std::move(option));
    }
    return totals;
}

void add_worlds(Totals& totals, std::vector<WorldOutcome>&& worlds) {
    for (auto& world : worlds) {
        for (std::size_t o = 0; o < world.options.size(); ++o)
            add_option(totals.options[o], world.options[o], world.id.group);
        totals.worlds.push_back(std::move(world));
    }
    std::sort(totals.worlds.begin(), totals.worlds.end(), [](WorldOutcome const& a, WorldOutcome const& b) {
        return std::pair{a.id.group, a.id.index} < std::pair{b.id.group, b.id.index};
    });
}

std::vector<Series> month_series(Totals const& t, std::size_t option, std::size_t scale, bool cash) {
    auto const& layout = t.layout();
    std::vector<Series> months(layout.months);
    for (auto const& world : t.worlds) {
        auto const& out = world.options[option];
        for (std::size_t d = 0; d < layout.draws; ++d) {
            for (std::size_t m = 0; m < layout.months; ++m) {
                auto const cell = layout.cell(scale, m);
                double fixed = out.cost[layout.cost(d, cell, layout.running_slot())];
                if (!cash)
                    fixed += out.cost[layout.cost(d, cell, layout.one_off_slot())];
                else if (m == 0)
                    fixed += out.one_off[d];
                if (cash && !out.cash_shift.empty()) fixed += out.cash_shift[d * layout.months + m];
                auto const cost = cost_of_cell(layout, out, d, cell, fixed);
                double const value = cash ? present_value(*t.experiment->scenario, world.beliefs[d], m) : 1;
                months[m].expected.push_back(cost.expected * value);
                months[m].drawn.push_back(cost.drawn * value);
            }
        }
    }
    return months;
}

Series cell_series(Totals const& t, std::size_t option, std::size_t cell) {
    auto const& layout = t.layout();
    Series series;
    for (auto const& world : t.worlds) {
        auto const& out = world.options[option];
        for (std::size_t d = 0; d < layout.draws; ++d) {
            double const fixed = out.cost[layout.cost(d, cell, layout.running_slot())] +
                                 out.cost[layout.cost(d, cell, layout.one_off_slot())];
            auto const cost = cost_of_cell(layout, out, d, cell, fixed);
            series.expected.push_back(cost.expected);
            series.drawn.push_back(cost.drawn);
        }
    }
    return series;
}

double present_value(Scenario const& s, BeliefValues world, std::size_t month) {
    return real::exp(-real::log1p(s.money.discount_rate.in(world)) * static_cast<double>(month + 1) / 12);
}

Series sum_of(std::span<Series const> months) {
    Series sum{std::vector<double>(months[0].expected.size(), 0), std::vector<double>(months[0].drawn.size(), 0)};
    for (auto const& month : months) {
        for (std::size_t i = 0; i < sum.expected.size(); ++i) {
            sum.expected[i] += month.expected[i];
            sum.drawn[i] += month.drawn[i];
        }
    }
    return sum;
}

std::vector<std::uint32_t> sample_groups(Totals const& t) {
    std::vector<std::uint32_t> groups;
    for (auto const& world : t.worlds) groups.insert(groups.end(), t.layout().draws, world.id.group);
    return groups;
}

std::vector<QuantileEstimate> quantiles(std::span<double const> samples, std::span<std::uint32_t const> groups,
                                        std::span<double const> probabilities) {
    std::vector<std::uint32_t> order(samples.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(),
              [&](auto a, auto b) { return samples[a] < samples[b] || (samples[a] == samples[b] && a < b); });
    std::uint32_t const count = groups.empty() ? 0 : *std::max_element(groups.begin(), groups.end()) + 1;
    std::vector<std::vector<double>> without(count);
    std::vector<double> all;
    for (auto i : order) {
        all.push_back(samples[i]);
        for (std::uint32_t g = 0; g < count; ++g) {
            if (groups[i] != g) without[g].push_back(samples[i]);
        }
    }
    std::vector<QuantileEstimate> result;
    for (double p : probabilities) {
        QuantileEstimate q{interpolate(p, all.size(), all), std::nullopt};
        if (count >= 2)
            q.half_width = jackknife(q.value, count, [&](std::size_t g) {
                               return interpolate(p, without[g].size(), without[g]);
                           }).half_width;
        result.push_back(q);
    }
    return result;
}

std::vector<double> group_means(std::span<double const> samples, std::span<std::uint32_t const> groups) {
    std::uint32_t const count = groups.empty() ? 0 : *std::max_element(groups.begin(), groups.end()) + 1;
    std::vector<double> sums(count, 0);
    std::vector<double> sizes(count, 0);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        sums[groups[i]] += samples[i];
        sizes[groups[i]] += 1;
    }
    for (std::uint32_t g = 0; g < count; ++g) sums[g] /= sizes[g];
    return sums;
}

}  // namespace runrate
