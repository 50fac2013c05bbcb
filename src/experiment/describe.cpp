#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cost/meter_price.h"
#include "experiment/tables.h"

namespace runrate {
namespace {

std::string dollars_per_million(TokenPrice price) {
    return fmt::format("{:.10g}", static_cast<double>(price.count()) * 1e-6);
}

void describe_options(Findings const& f, Result& result) {
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        auto const& option = f.option(o);
        result.options.push_back(
            {option.name, static_cast<std::int64_t>(o) + 1, o == 0, sha256(option.text), option.success.has_value()});
    }
    for (auto const& feature : f.scenario().features) {
        for (auto const& [tag, value] : feature.tags) result.features.push_back({feature.name, tag, value});
        if (feature.tags.empty()) result.features.push_back({feature.name, "", ""});
    }
}

/// Money is in the currency of the result, whatever it was written in.
std::string unit_text(Unit unit, std::string const& currency) {
    auto const text = spelling(unit);
    return text.starts_with('$') && currency != "USD" ? currency + std::string{text.substr(1)} : std::string{text};
}

void describe_beliefs(Findings const& f, Result& result) {
    for (auto const& b : f.scenario().beliefs) {
        double const mean_value = mean(b.law);
        result.beliefs.push_back({b.name, unit_text(b.unit, f.scenario().money.currency), b.law_name,
                                  quantile(b.law, 0.05), quantile(b.law, 0.5), quantile(b.law, 0.95), mean_value,
                                  b.source, b.at.line});
    }
}

/// Budgets are decided beforehand and hold for whatever is bought.
void describe_budgets(Findings const& f, Result& result) {
    auto const& money = f.scenario().money;
    for (auto const& option : result.options) {
        for (auto const& budget : money.budgets) {
            result.plan.push_back({option.option, "budget", fmt::format("{:.10g}", budget.amount_usd.value),
                                   money.currency, budget.period, budget.period, "given"});
        }
    }
}

ProvenanceRow price_row(Findings const& f, std::string item, std::string value, char const* unit, PriceRow const& row,
                        bool backdated) {
    return {std::move(item),      std::move(value),       unit,     row.source,
            to_string(row.as_of), price_age_days(f, row), backdated};
}

}  // namespace

std::vector<std::size_t> priced_targets(Findings const& f) {
    std::vector<std::size_t> used;
    for (auto const& plan : f.experiment().plans) {
        for (auto const& program : plan.programs) {
            for (auto const& key : usage_keys(*program))
                if (!f.scenario().targets[key.target.index()].pool) used.push_back(key.target.index());
        }
    }
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    return used;
}

std::int64_t price_age_days(Findings const& f, PriceRow const& row) {
    return (f.scenario().calendar.first() - row.as_of).count();
}

void describe(Findings const& f, Result& result) {
    auto const& s = f.scenario();
    for (auto const& input : s.inputs) result.inputs.push_back({input.path, input.sha256, input.kind, input.as_of});
    result.scenario = {s.name,
                       s.hash,
                       to_string(s.calendar.start),
                       s.calendar.months,
                       s.calendar.flat_months ? "730 h" : "calendar",
                       s.scales.multiply == ScaleOf::customers ? "customers" : "usage",
                       f.reference().name};
    describe_options(f, result);
    describe_beliefs(f, result);
    describe_budgets(f, result);
    add_agreements(f, result.plan);
    add_pool_plans(f, result.plan);
}

std::int64_t exchange_age_days(Findings const& f) {
    return (f.scenario().calendar.first() - f.scenario().money.exchange->as_of).count();
}

std::vector<ProvenanceRow> provenance_table(Findings const& f) {
    std::vector<ProvenanceRow> rows;
    auto const& s = f.scenario();
    for (std::size_t t : priced_targets(f)) {
        auto const& prices = s.prices.book.models.at(s.targets[t].name);
        auto const [row, backdated] = price_at(prices, s.calendar.first());
        for (std::size_t m = 0; m < meter_count; ++m) {
            auto const meter = static_cast<Meter>(m);
            auto const each = price_of(meter, *row);
            if (!billable(meter) || each == TokenPrice{0}) continue;
            bool const own = (meter != Meter::cache_read || row->standard.base.cache_read) &&
                             (meter != Meter::cache_write_5m || row->standard.base.cache_write_5m) &&
                             (meter != Meter::cache_write_1h || row->standard.base.cache_write_1h) &&
                             meter != Meter::reasoning;
            if (!own) continue;
            bool const storage = meter == Meter::cache_storage;
            bool const tokens = unit_of(meter) == "tokens" || storage;
            auto const value =
                tokens ? dollars_per_million(each) : fmt::format("{:.10g}", static_cast<double>(each.count()) * 1e-12);
            rows.push_back(price_row(f, fmt::format("price of {}: {}", prices.id, meter_names[m]), value,
                                     storage  ? "$/M tokens per hour"
                                     : tokens ? "$/M tokens"
                                              : "$ per call",
                                     *row, backdated));
        }
        if (prices.tokenizer) {
            auto const& [factor, source, as_of] = *prices.tokenizer;
            rows.push_back({fmt::format("tokenizer of {}", prices.id),
                            fmt::format("{:.10g}", factor),
                            "x",
                            source.empty() ? row->source : source,
                            as_of ? Text{to_string(*as_of)} : Text{},
                            {},
                            {}});
        }
        if (prices.latency) {
            rows.push_back({fmt::format("latency of {}", prices.id),
                            fmt::format("{} s to the first token, {} tokens/s", prices.latency->ttft_median_s,
                                        prices.latency->speed_median),
                            {},
                            prices.latency->source,
                            {},
                            {},
                            {}});
        }
    }
    if (auto const& exchange = s.money.exchange) {
        rows.push_back({fmt::format("exchange rate of {}", s.money.currency),
                        fmt::format("{:.10g}", exchange->rate.per_dollar()), s.money.currency + " per USD",
                        exchange->source, to_string(exchange->as_of), exchange_age_days(f), false});
    }
    for (auto const& b : s.beliefs) {
        if (b.source) rows.push_back({fmt::format("belief {}", b.name), b.law_name, {}, b.source, {}, {}, {}});
    }
    return rows;
}

}  // namespace runrate
