#include <cmath>

#include <fmt/format.h>

#include "cost/meter_price.h"
#include "experiment/quantities.h"

namespace runrate {
namespace {

/// Tokens of the reference month by class, and what prompt caching saves of them.
struct Flows {
    double input = 0, read = 0, written = 0, output = 0, turns = 0, calls = 0;  ///< turns and calls: without jobs
    double paid = 0, uncached = 0;  ///< dollars of the prompts: as billed with kept caches, as if none were cached
    [[nodiscard]] double prompt() const { return input + read + written; }
};

Flows flows_of(Findings const& f, std::size_t option) {
    Flows flows;
    auto const cell = f.layout().cell(0, static_cast<std::size_t>(f.scenario().reference_month()));
    for (auto const& world : f.totals.worlds) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            auto const& usage = world.options[option].usage[x];
            double const sessions = sessions_in(f, world, x, 0, f.reference(), Chance::expected);
            auto const meters = meters_at(world, option, x, cell);
            bool const visits = std::holds_alternative<SessionRate>(f.scenario().features[x].traffic.volume);
            flows.turns += visits ? sessions * usage.turns : 0;
            flows.calls += visits ? sessions * usage.calls : 0;
            for (std::size_t k = 0; k < usage.keys.size(); ++k) {
                if (f.scenario().targets[usage.keys[k].target.index()].pool) continue;
                auto const& model =
                    f.scenario().prices.book.models.at(f.scenario().targets[usage.keys[k].target.index()].name);
                auto const& row = *price_at(model, f.scenario().calendar.first()).row;
                auto const tokens = [&](Meter m) { return sessions * meters[k][static_cast<std::size_t>(m)]; };
                auto const of = request_class(f.scenario(), FeatureId{x}, usage.keys[k]);
                auto const each = [&](Meter m) { return static_cast<double>(price_of(m, row, of).count()) * 1e-12; };
                auto const pay = [&](Meter m) { return tokens(m) * each(m); };
                double const written = tokens(Meter::cache_write_5m) + tokens(Meter::cache_write_1h);
                double const prompt = tokens(Meter::input) + tokens(Meter::cache_read) + written;
                flows.input += tokens(Meter::input);
                flows.read += tokens(Meter::cache_read);
                flows.written += written;
                flows.output += tokens(Meter::output) + tokens(Meter::reasoning);
                flows.paid += pay(Meter::input) + pay(Meter::cache_read) + pay(Meter::cache_write_5m) +
                              pay(Meter::cache_write_1h) + pay(Meter::cache_storage);
                flows.uncached += prompt * each(Meter::input);
            }
        }
    }
    return flows;
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

/// `32.6 billion`, `385 million`.
std::string million_tokens(double tokens) {
    return tokens < 1e9 ? fmt::format("{:.3g} million", tokens * 1e-6) : fmt::format("{:.3g} billion", tokens * 1e-9);
}

/// What a month costs at the least volume, and what a million tokens of the API cost at the volume nearest to 1.
std::string why_there(Result const& result, BreakevenRow const& row) {
    BreakevenCurveRow const *least = nullptr, *usual = nullptr;
    for (auto const& at : result.breakeven_curve) {
        if (at.challenger != row.challenger || at.quality != row.quality) continue;
        if (!least) least = &at;
        if (!usual || std::abs(at.multiplier - 1) < std::abs(usual->multiplier - 1)) usual = &at;
    }
    auto const usd = [](Dollars const& amount) { return static_cast<double>(amount->millionths) * 1e-6; };
    return fmt::format("{} pays {:.0f} {} for a month of {} tokens, {} {:.2f} for a million of {}", row.challenger,
                       usd(least->cost_challenger), result.currency, million_tokens(*least->tokens), row.baseline,
                       usd(usual->cost_baseline) / *usual->tokens * 1e6, million_tokens(*usual->tokens));
}

/// S3 says from which volume on a 70B model of one's own is cheaper than an API, and below which it never is.
void add_breakeven_claims(Findings const& f, Result const& result, std::vector<ClaimRow>& rows) {
    auto const has_pool = [&](std::string const& option) {
        auto const& plans = f.experiment().plans;
        for (std::size_t o = 0; o < plans.size(); ++o)
            if (f.option(o).name == option) return !plans[o].pools.empty();
        return false;
    };
    for (auto const& row : result.breakeven) {
        if (row.quality != "as_bought" || row.gpu_price_basis != Text{"as planned"}) continue;
        if (has_pool(row.baseline) || !has_pool(row.challenger)) continue;
        double const session = row.tokens_per_session.value_or(0);
        bool const crosses = row.safe50_tokens.has_value();
        auto const far = crosses ? 0 : result.breakeven_curve.back().tokens.value_or(0);
        auto const here = crosses                  ? "from " + million_tokens(*row.safe50_tokens) + " tokens a month"
                          : row.status == "always" ? "at every volume compared"
                                                   : "at none up to " + million_tokens(far) + " tokens a month";
        if (!(session > 0)) return;
        rows.push_back(
            {"S3", "self-hosting breaks even", "50 to 100 million tokens a month (70B)", here, why_there(result, row)});
        rows.push_back({"S3", "an API wins at small volumes", "below 20 million tokens a month",
                        crosses                  ? "below " + million_tokens(*row.safe50_tokens) + " tokens a month"
                        : row.status == "always" ? "at no volume compared"
                                                 : "at every volume compared",
                        "in half of the worlds; what a pool costs while it idles decides"});
        return;
    }
}

}  // namespace

std::vector<ClaimRow> claims_table(Findings const& f, Result const& result) {
    std::vector<ClaimRow> rows;
    auto const flows = flows_of(f, 0);
    if (flows.read > 0 && flows.uncached > 0) {
        rows.push_back({"S1", "prompt caching cuts input cost", "50 to 90 %", percent(1 - flows.paid / flows.uncached),
                        fmt::format("{} of prompt tokens are read from a cache; writes and misses cost the rest",
                                    percent(flows.read / flows.prompt()))});
    }
    if (flows.calls > 0 && flows.turns > 0) {
        rows.push_back({"S3", "an agentic task is ten-plus calls", "10 or more calls",
                        fmt::format("{:.2f} calls per turn", flows.calls / flows.turns),
                        "the steps that the article lists add up to 6; the workflow says how many here"});
    }
    if (flows.output > 0) {
        rows.push_back({"S0, S3", "tokens in against tokens out", "3:1 to 5:1 in chat, about 100:1 in agents",
                        fmt::format("{:.1f}:1", flows.prompt() / flows.output),
                        "history is sent again at every call, so prompts grow with turns and steps"});
    }
    add_breakeven_claims(f, result, rows);
    return rows;
}

}  // namespace runrate
