#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "cost/meter_price.h"
#include "experiment/contracts.h"
#include "experiment/outcome.h"
#include "experiment/pool_bill.h"
#include "experiment/pricing.h"
#include "experiment/reservations.h"
#include "experiment/shared_prefixes.h"
#include "experiment/strain.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

/// One feature under one option in one world, while its months are priced.
struct FeatureRun {
    Experiment const& experiment;
    BillPlan const& plan;
    FeatureId feature;
    std::vector<MonthVolume> const& volumes;
    FeatureUsage const& usage;
    DriftTable const& drift;
    VendorBills& vendors;
    std::vector<std::size_t> lines{};  ///< of the plan that are this feature's

    [[nodiscard]] Scenario const& scenario() const { return *experiment.scenario; }
    [[nodiscard]] ModelPrices const& prices_of(BillLine const& line) const {
        return scenario().prices.book.models.at(scenario().targets[line.target->index()].name);
    }
};

/// Prices of a feature's lines in one month.
struct MonthPrices {
    std::vector<LinePrices> lines;  ///< by FeatureRun::lines
    std::vector<double> usd;        ///< mean list price, by line
    std::vector<double> drifted;    ///< mean of `lines`, dollars, by line
};

MonthPrices month_prices(FeatureRun const& run, std::size_t month) {
    MonthPrices result;
    auto const index = static_cast<int>(month);
    for (std::size_t l : run.lines) {
        auto const& line = run.plan.lines[l];
        auto const segments = price_segments(run.prices_of(line), run.scenario().calendar, index,
                                             run.scenario().features[run.feature.index()].traffic, run.volumes[month]);
        result.usd.push_back(mean_price_usd(line, segments));
        result.lines.push_back(drifted_prices(line, segments, run.drift, run.scenario().calendar.start, index));
        result.drifted.push_back(mean_usd(result.lines.back()));
    }
    return result;
}

/// Standard deviation of what one session costs, dollars at undrifted prices.
double session_sd_usd(FeatureRun const& run, MonthPrices const& prices) {
    auto const width = run.usage.keys.size() * meter_count;
    std::vector<double> unit(width, 0);
    for (std::size_t i = 0; i < run.lines.size(); ++i) {
        auto const& line = run.plan.lines[run.lines[i]];
        unit[line.key * meter_count + static_cast<std::size_t>(*line.meter)] = prices.usd[i];
    }
    double variance = 0;
    for (std::size_t a = 0; a < width; ++a) {
        if (unit[a] == 0) continue;
        double row = 0;
        for (std::size_t b = 0; b < width; ++b) row += run.usage.covariance[a * width + b] * unit[b];
        variance += unit[a] * row;
    }
    return std::sqrt(std::max(0.0, variance));
}

/// Pieces of a line in each of its segments.
std::vector<std::int64_t> billed_pieces(LinePrices const& prices, double pieces) {
    std::vector<std::int64_t> billed;
    for (double share : prices.shares) {
        double const part = std::nearbyint(pieces * share);
        if (!(part < 9e18))
            throw std::overflow_error("a quantity is beyond 9e18 pieces (the traffic or the scale is too large)");
        billed.push_back(static_cast<std::int64_t>(part));
    }
    return billed;
}

/// What a vendor bills for a line in one draw, in dollars.
Money bill_line(LinePrices const& prices, std::vector<std::int64_t> const& pieces, std::size_t draw) {
    Wide sum = 0;
    for (std::size_t g = 0; g < pieces.size(); ++g) sum += bill(prices.each[g][draw], pieces[g]).count();
    return narrow(sum);
}

/// Token-hours by session of a usage key that stay when chance draws more or fewer sessions.
double steady_storage(FeatureRun const& run, SharedMonths const& shared, std::size_t key, std::size_t cell) {
    auto const& prefixes = run.usage.shared;
    double sum = 0;
    for (std::size_t p = 0; p < prefixes.size(); ++p)
        sum += prefixes[p].usage == key ? shared.steady[cell * prefixes.size() + p] : 0;
    return sum;
}

/// The expected dollars of a cell at undrifted prices, and those of them that do not follow the sessions.
struct Undrifted {
    double all = 0, steady = 0;
};

/// Bills one cell: exact lines into the outcome.
Undrifted bill_cell(FeatureRun const& run, MonthPrices const& prices, double sessions, std::size_t cell,
                    OptionOutcome& out) {
    auto const& layout = run.experiment.layout;
    auto const meters = meters_of(out, run.feature.index(), cell);
    auto const usual = meters_in(run.usage, out.shared[run.feature.index()], cell);
    std::vector<Wide> draws(layout.draws, 0);
    Undrifted undrifted;
    auto const rate = run.scenario().money.rate();
    for (std::size_t i = 0; i < run.lines.size(); ++i) {
        auto const l = run.lines[i];
        auto const& line = run.plan.lines[l];
        auto const meter = static_cast<std::size_t>(*line.meter);
        double const asked = sessions * std::max(0.0, meters[line.key][meter]);
        auto const reserved = line.reservation
                                  ? std::optional{layout.reserved(*line.reservation, cell, run.feature.index())}
                                  : std::nullopt;
        double const pieces = asked * (reserved ? out.strain.spilled[*reserved] : 1);
        auto const at = cell * run.plan.lines.size() + l;
        out.quantity[at] = pieces;
        undrifted.all += pieces * prices.usd[i];
        double const each = prices.drifted[i] * rate.per_dollar();
        out.strain.by_limit[cell] += (asked - sessions * std::max(0.0, usual[line.key][meter])) * each;
        out.strain.by_reservation[cell] += (pieces - asked) * each;
        if (reserved) out.strain.covered[*reserved] += (asked - pieces) * each;
        if (line.ceiling) out.strain.spend[*line.ceiling * layout.cells() + cell] += pieces * each;
        if (line.meter == Meter::cache_storage)
            undrifted.steady +=
                sessions * steady_storage(run, out.shared[run.feature.index()], line.key, cell) * prices.usd[i];
        auto const billed = billed_pieces(prices.lines[i], pieces);
        for (std::size_t d = 0; d < layout.draws; ++d) {
            auto const amount = exchanged(bill_line(prices.lines[i], billed, d), rate);
            draws[d] += amount.count();
            out.line_nano[at] += amount.count();
            if (line.agreement)
                run.vendors.add(*line.agreement, d, cell, run.feature.index(), amount, counts_tokens(*line.meter));
        }
    }
    for (std::size_t d = 0; d < layout.draws; ++d) {
        out.cost[layout.cost(d, cell, run.feature.index())] = static_cast<double>(draws[d]) * 1e-9;
    }
    return undrifted;
}

/// The factor that chance puts on a month's cost: drawn sessions, and the noise of what each of them costs.
/// \param cost  of the expected sessions; `session_sd` at the same prices. Its steady part does not follow the sessions
/// \param use   sessions that one customer makes where there was one: they are as alike as one
double chance_factor(double drawn, double expected, double session_sd, Undrifted const& cost, double noise,
                     double use) {
    if (!(expected > 0) || !(cost.all > 0)) return 1;
    double const steady = cost.steady / cost.all;
    double const sessions = drawn / expected;
    return std::max(0.0, steady + (1 - steady) * sessions + std::sqrt(drawn * use) * session_sd * noise / cost.all);
}

Pooling pooling_of(Scenario const& s) {
    return s.scales.multiply == ScaleOf::customers ? Pooling::pools : Pooling::does_not;
}

void bill_feature(FeatureRun const& run, WorldOutcome const& world, OptionOutcome& out) {
    auto const& layout = run.experiment.layout;
    for (std::size_t m = 0; m < layout.months; ++m) {
        auto const prices = month_prices(run, m);
        double const sd = session_sd_usd(run, prices);
        double const z = month_normal({run.experiment.seed, world.id.number(), run.feature}, run.volumes[m].month(),
                                      Purpose::month_mix);
        for (std::size_t cell = m; cell < layout.cells(); ++cell) {
            if (layout.month_of(cell) != m) continue;
            double const multiple = run.experiment.multiple(cell);
            double const expected = run.volumes[m].sessions * multiple;
            auto const cost = bill_cell(run, prices, expected, cell, out);
            auto const at = layout.chance(cell, run.feature.index());
            double const use = pooling_of(run.scenario()) == Pooling::pools ? 1 : multiple;
            out.chance[at] = chance_factor(expected * world.session_chance[at], expected, sd, cost, z, use);
        }
    }
}

void bill_fixed(Experiment const& e, BillPlan const& plan, WorldOutcome const& world, OptionOutcome& out) {
    auto const& layout = e.layout;
    for (std::size_t d = 0; d < layout.draws; ++d) {
        auto const months = fixed_costs(*e.scenario, plan, world.beliefs[d]);
        out.one_off.push_back(to_dollars(one_off_total(*e.scenario, plan, world.beliefs[d])));
        for (std::size_t cell = 0; cell < layout.cells(); ++cell) {
            auto const& month = months[layout.month_of(cell)];
            double running = 0;
            double one_off = 0;
            for (std::size_t i = 0; i < month.size(); ++i) {
                auto const l = plan.direct_lines + i;
                out.line_nano[cell * plan.lines.size() + l] += month[i].count();
                if (plan.lines[l].group == provisioned_group) continue;  // by feature: bill_reservations()
                (l < plan.one_off_line ? running : one_off) += to_dollars(month[i]);
            }
            out.cost[layout.cost(d, cell, layout.running_slot())] = running;
            out.cost[layout.cost(d, cell, layout.one_off_slot())] = one_off;
        }
    }
}

/// Frees what is large and of no use once a world is billed. (Assigning {} would keep the memory.)
void forget_details(OptionOutcome& out) {
    for (auto& usage : out.usage) usage.covariance = std::vector<double>();
    for (auto& of_feature : out.strain.blends) {
        for (auto& blend : of_feature) {
            blend.usage.covariance = std::vector<double>();
            blend.usage.roles = std::vector<RoleTokens>();
            blend.usage.context = LogSketch{};
        }
    }
}

OptionOutcome run_option(Experiment const& e, BillPlan const& plan, WorldOutcome const& world,
                         std::vector<std::vector<MonthVolume>> const& volumes, DriftTable const& drift) {
    auto const& s = *e.scenario;
    auto const& layout = e.layout;
    OptionOutcome out;
    out.cost.resize(layout.draws * layout.cells() * layout.slots());
    out.chance.resize(layout.cells() * layout.features, 1);
    out.agreement_drawn.resize(layout.draws * layout.cells());
    VendorBills vendors{layout, plan.agreements.size()};
    out.line_nano.resize(layout.cells() * plan.lines.size());
    out.quantity.resize(out.line_nano.size());
    BeliefValues const beliefs{world.beliefs[0]};
    for (std::size_t f = 0; f < s.features.size(); ++f) {
        Sample const sample{e.seed, world.id.number(), FeatureId{f}, e.sessions[f]};
        bool const waits = s.features[f].session.lane == Lane::batch;
        out.usage.push_back(
            simulate(*plan.programs[f], beliefs, sample, {waits ? std::vector<Gauge>{} : plan.demand.gauges, {}}));
    }
    for (std::size_t f = 0; f < s.features.size(); ++f) {
        out.shared.push_back(shared_months(e, f, volumes, out.usage, beliefs));
    }
    out.strain.by_limit.assign(layout.cells(), 0);
    out.strain.by_reservation = out.strain.by_limit;
    out.strain.covered.assign(plan.demand.reservations.size() * layout.cells() * layout.features, 0);
    out.strain.spend.assign(s.options[plan.option.index()].limits.spend.size() * layout.cells(), 0);
    simulate_pools(e, plan, world, volumes, out);
    apply_strain(e, plan, world, volumes, out);
    count_pool_tokens(e, plan, volumes, out);
    for (std::size_t f = 0; f < s.features.size(); ++f) {
        FeatureId const feature{f};
        FeatureRun run{e, plan, feature, volumes[f], out.usage[f], drift, vendors};
        for (std::size_t l = 0; l < plan.direct_lines; ++l) {
            if (plan.lines[l].feature == feature) run.lines.push_back(l);
        }
        bill_feature(run, world, out);
    }
    bill_fixed(e, plan, world, out);
    settle_agreements(e, plan, world, vendors, out);
    bill_reservations(e, plan, world, out);
    bill_pools(e, plan, world, out);
    forget_details(out);
    return out;
}

void draw_sessions(Experiment const& e, std::vector<std::vector<MonthVolume>> const& volumes, WorldOutcome& world) {
    auto const& layout = e.layout;
    world.session_chance.resize(layout.cells() * layout.features, 1);
    for (std::size_t f = 0; f < layout.features; ++f) {
        std::vector<double> expected;
        for (auto const& month : volumes[f]) expected.push_back(month.sessions);
        world.sessions.push_back(std::move(expected));
        auto const drawn_at = [&](double multiple) {
            return drawn_sessions(e.scenario->features[f].traffic, volumes[f], multiple, pooling_of(*e.scenario),
                                  world.beliefs[0], {e.seed, world.id.number(), FeatureId{f}});
        };
        std::vector<double> drawn;
        for (std::size_t cell = 0; cell < layout.cells(); ++cell) {
            auto const m = layout.month_of(cell);
            if (m == 0 || cell >= layout.scale_cells()) drawn = drawn_at(e.multiple(cell));
            double const mean = volumes[f][m].sessions * e.multiple(cell);
            world.session_chance[layout.chance(cell, f)] = mean > 0 ? drawn[m] / mean : 1.0;
        }
    }
}

/// Variance over squared mean of all tokens of a session.
double token_cv2(FeatureUsage const& usage) {
    auto const [mean, variance] = session_tokens(usage);
    return mean > 0 ? variance / (mean * mean) : 0;
}

/// Whether a limit or a reservation bears on what the calls ask for in a minute.
bool strained_by_minutes(Scenario const& s) {
    return std::any_of(s.options.begin(), s.options.end(), [](auto const& o) { return !o.limits.targets.empty(); }) ||
           std::any_of(s.plans.begin(), s.plans.end(), [](auto const& p) { return !p.provisioned.empty(); });
}

}  // namespace

std::vector<std::size_t> sample_sizes(Scenario const& s, BillPlan const& plan, Worlds const& worlds,
                                      std::uint64_t seed) {
    constexpr double most_calls = 8000;
    constexpr double wanted_error = 0.02;
    constexpr std::size_t pilot = 64;
    std::vector<std::size_t> sizes;
    auto const beliefs = worlds.draw({0, 0}, 0);
    bool const by_minutes = strained_by_minutes(s);
    for (std::size_t f = 0; f < s.features.size(); ++f) {
        auto const usage = simulate(*plan.programs[f], beliefs, {seed, 0, FeatureId{f}, pilot});
        double const wanted = token_cv2(usage) / (wanted_error * wanted_error);
        double const affordable = most_calls / std::max(1.0, usage.calls);
        double const least = by_minutes ? std::clamp(affordable, 64.0, 1000.0) : 64;  // minutes need second moments
        sizes.push_back(static_cast<std::size_t>(std::max(least, std::ceil(std::min(wanted, affordable)))));
    }
    return sizes;
}

WorldOutcome run_world(Experiment const& e, Worlds const& worlds, WorldId id) {
    WorldOutcome world{.id = id};
    for (std::uint32_t d = 0; d < worlds.price_draws(); ++d) world.beliefs.push_back(worlds.draw(id, d));
    std::vector<std::vector<MonthVolume>> volumes;
    for (auto const& feature : e.scenario->features)
        volumes.push_back(expected_volumes(feature.traffic, e.scenario->calendar, world.beliefs[0]));
    apply_mix(e.mix, *e.scenario, volumes);
    draw_sessions(e, volumes, world);
    auto const drift = drift_table(*e.scenario, world.beliefs);
    for (auto const& plan : e.plans) world.options.push_back(run_option(e, plan, world, volumes, drift));
    return world;
}

}  // namespace runrate
