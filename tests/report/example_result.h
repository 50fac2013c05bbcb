#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "runrate/result.h"

/// A result as a run makes it: two API options at three scales, two features, 13 months from 2026-01 whose fiscal
/// year 2027 (February to January) is whole. All amounts are integers worked out here, so totals are known exactly.
namespace runrate::example {

struct Line {
    char const* line;
    char const* group;
    char const* feature;  ///< nullptr: shared by all features
    char const* target;
    char const* meter;
    std::int64_t first_month;  ///< millionths at 1x
    bool fixed;                ///< does not grow with traffic
};

inline std::vector<Line> lines_of(std::string const& option) {
    bool const small = option == "api-small";
    char const* const answerer = small ? "openai/gpt-5-mini" : "anthropic/claude-sonnet-4-5";
    std::int64_t const answer = small ? 1'234'567'891 : 6'543'210'987;
    return {
        {"answerer input", "tokens", "support-chat", answerer, "input", answer / 3, false},
        {"answerer cached", "tokens", "support-chat", answerer, "cache_read", answer / 11, false},
        {"answerer output", "tokens", "support-chat", answerer, "output", answer, false},
        {"planner input", "tokens", "support-chat", "openai/gpt-5-mini", "input", 411'223'345, false},
        {"planner output", "tokens", "support-chat", "openai/gpt-5-mini", "output", 222'333'447, false},
        {"reviewer input", "tokens", "support-chat", "openai/gpt-5-mini", "input", 91'827'361, false},
        {"embedder input", "retrieval", "support-chat", "openai/text-embedding-3-small", "input", 3'141'593, false},
        {"rerank", "retrieval", "support-chat", "cohere/rerank", "searches", 812'345'679, false},
        {"tagger input", "tokens", "nightly-tagging", "openai/gpt-5-mini", "input", 135'000'001, false},
        {"staff", "people", nullptr, nullptr, nullptr, 1'375'000'000, true},
        {"observability", "software", nullptr, nullptr, nullptr, 300'000'000, true},
    };
}

struct Span {
    std::string name, kind;
    int from, to;
};  ///< months, half open

inline std::vector<Span> periods() {
    std::vector<Span> spans;
    for (int m = 0; m < 13; ++m) {
        auto const month = std::to_string(101 + m % 12).substr(1);
        spans.push_back({(m < 12 ? "2026-" : "2027-") + month, "month", m, m + 1});
    }
    for (int q = 0; q < 4; ++q) spans.push_back({"2026-Q" + std::to_string(q + 1), "quarter", 3 * q, 3 * q + 3});
    spans.push_back({"2027-Q1", "quarter", 12, 13});
    spans.push_back({"FY2026", "fiscal_year", 0, 1});
    spans.push_back({"FY2027", "fiscal_year", 1, 13});
    spans.push_back({"horizon", "horizon", 0, 13});
    return spans;
}

/// Traffic grows by 5 % of the first month each month; a tenth is cheaper per unit at larger scales by caching.
inline Amount amount_of(Line const& line, std::int64_t scale, Span const& span) {
    std::int64_t sum = 0;
    for (int m = span.from; m < span.to; ++m) {
        std::int64_t const month = line.first_month * (20 + m) / 20;
        sum += line.fixed ? line.first_month : month * scale - (scale > 1 ? month * scale / 50 : 0);
    }
    return {sum};
}

inline Amount permille(Amount of, std::int64_t n) { return {of.millionths / 1000 * n}; }

inline void add_bill(Result& result, std::string const& option, std::int64_t scale, Span const& span) {
    Amount total;
    auto const first = result.cost_lines.size();
    for (Line const& line : lines_of(option)) {
        CostLineRow row{.option = option,
                        .scale = static_cast<double>(scale),
                        .period = span.name,
                        .line = line.line,
                        .group = line.group,
                        .feature = {},
                        .target = {},
                        .allocated = line.feature ? "direct" : "shared",
                        .meter = {},
                        .quantity = {},
                        .unit = {},
                        .mean = amount_of(line, scale, span),
                        .share = {}};
        if (line.feature) row.feature = line.feature;
        if (line.target) row.target = line.target;
        if (line.meter) row.meter = line.meter, row.unit = "tokens", row.quantity = 1e6 * static_cast<double>(scale);
        total = total + *row.mean;
        result.cost_lines.push_back(row);
    }
    for (auto i = first; i < result.cost_lines.size(); ++i) {
        auto& row = result.cost_lines[i];
        row.share = static_cast<double>(row.mean->millionths) / static_cast<double>(total.millionths);
    }
    result.cost.push_back({.option = option,
                           .scale = static_cast<double>(scale),
                           .period = span.name,
                           .period_kind = span.kind,
                           .months_in = span.to - span.from,
                           .basis = "forecast",
                           .view = "accrual",
                           .mean = total,
                           .se = permille(total, 4),
                           .sd_worlds = permille(total, 150),
                           .sd_within = permille(total, 40),
                           .model_error = {},
                           .p5 = permille(total, 780),
                           .p50 = permille(total, 985),
                           .p95 = permille(total, 1290),
                           .p5_half = permille(total, 9),
                           .p95_half = permille(total, 17),
                           .p_over_budget = {},
                           .feasible = true});
}

inline void add_units(Result& result, std::string const& option, double scale) {
    std::int64_t const session = option == "api" ? 171'234 : 61'234;
    auto const add = [&](char const* unit, std::int64_t cost, Dollars revenue) {
        Real margin;
        if (revenue) margin = 1 - static_cast<double>(cost) / static_cast<double>(revenue->millionths);
        result.unit_costs.push_back({.option = option,
                                     .scale = scale,
                                     .period = "2026-12",
                                     .feature = "support-chat",
                                     .unit = unit,
                                     .mean = Amount{cost},
                                     .p5 = permille({cost}, 800),
                                     .p50 = permille({cost}, 990),
                                     .p95 = permille({cost}, 1300),
                                     .revenue = revenue,
                                     .margin = margin});
    };
    add("conversation", session, {});
    add("resolved conversation", session * 100 / 94, Amount{500'000});
    add("resolved conversation, failures paid", session * 100 / 94 + 350'000, Amount{500'000});
}

inline void add_usage(Result& result, std::string const& option, double scale) {
    struct Cause {
        char const* name;
        double tokens;
    };
    for (auto [name, tokens] : {Cause{"system", 3e8}, Cause{"tools", 2e8}, Cause{"history", 4.4e8},
                                Cause{"results", 1.9e8}, Cause{"chunks", 5.1e8}, Cause{"user", 3.7e7}}) {
        result.usage.push_back({.option = option,
                                .scale = scale,
                                .period = "2026-12",
                                .feature = "support-chat",
                                .role = "answerer",
                                .target = {},
                                .meter = std::string{"context."} + name,
                                .unit = "tokens",
                                .mean = tokens * scale,
                                .p5 = tokens * scale * 0.8,
                                .p95 = tokens * scale * 1.3});
    }
}

inline void add_tokens(Result& result, std::string const& option) {
    struct Role {
        char const* name;
        double prompt, output;
    };
    for (auto [name, prompt, output] :
         {Role{"planner", 2400, 80}, Role{"answerer", 4800, 330}, Role{"reviewer", 5200, 60}}) {
        for (bool const is_prompt : {true, false}) {
            double const p50 = is_prompt ? prompt : output;
            result.tokens.push_back({.option = option,
                                     .feature = "support-chat",
                                     .role = name,
                                     .kind = is_prompt ? "prompt" : "output",
                                     .p50 = p50,
                                     .p95 = 2.7 * p50,
                                     .p99 = 4.1 * p50,
                                     .cap = {},
                                     .over_cap = {}});
        }
    }
}

inline void add_differences(Result& result, std::string const& option, std::int64_t scale) {
    auto const mean = [&](double at) {
        auto const found = std::find_if(result.cost.begin(), result.cost.end(), [&](CostRow const& row) {
            return row.option == option && row.scale == at && row.period == "2026-12";
        });
        return found->mean->millionths;
    };
    std::int64_t const fixed = 1'675'000'000 * (1 - scale);
    auto const all = mean(static_cast<double>(scale)) - scale * mean(1);
    for (auto const& [cause, amount] : {std::pair{"minimum", fixed}, std::pair{"cache", all - fixed}}) {
        result.nonlinearity.push_back({option, static_cast<double>(scale), "2026-12", cause, Amount{amount}});
    }
}

inline Result result() {
    Result r;
    r.command = "run";
    r.seed = 1;
    r.worlds = 256;
    r.price_draws = 16;
    r.inputs = {{"scenarios/support-assistant.yaml", "9f86d081884c7d65", "scenario", {}},
                {"calibration/prices/api-2026-08.yaml", "60303ae22b998861", "prices", "2026-08-01"}};
    r.scenario = {"Support assistant", "9f86d081", "2026-01", 13, "calendar", "customers", "2026-12"};
    r.options = {{"api", 0, true, "aa", true}, {"api-small", 1, false, "bb", false}};
    r.features = {{"support-chat", "team", "support"},
                  {"support-chat", "product", "helpdesk"},
                  {"nightly-tagging", "product", "helpdesk"}};
    r.beliefs = {{"growth", "per month", "range", 0.03, 0.059, 0.09, 0.06, {}, 10},
                 {"turns", "", "range", 8, 9.8, 12, 9.9, "pilot, 2025-11", 11}};
    for (std::string const option : {"api", "api-small"}) {
        for (std::int64_t const scale : {1, 10, 100}) {
            for (Span const& span : periods()) add_bill(r, option, scale, span);
            add_units(r, option, static_cast<double>(scale));
            add_usage(r, option, static_cast<double>(scale));
            if (scale > 1) add_differences(r, option, scale);
        }
        add_tokens(r, option);
    }
    r.provenance = {
        {"anthropic/claude-sonnet-4-5 output", "15", "USD/M tokens", "vendor's price page", "2025-09-29", 94, false},
        {"openai/gpt-5-mini input", "0.25", "USD/M tokens", "vendor's price page", "2025-08-07", 147, true}};
    r.gates = {{"P95 of api at 1x in FY2027 below 900000", 178'912.5, 900'000, "pass"},
               {"P95 of api at 10x in FY2027 below 900000", 1'789'125.0, 900'000, "breach"}};
    r.warnings = {{"price.backdated", "warning",
                   "openai/gpt-5-mini is priced before its first row, so January is billed at the price of August; "
                   "add the earlier row to the book, or set prices.strict to make this an error",
                   "calibration/prices/api-2026-08.yaml:14"},
                  {"price.backdated", "warning", "cohere/rerank is priced before its first row", {}},
                  {"quality.unstated", "note", "api-small states no success, so failures cost nothing; state it", {}}};
    return r;
}

}  // namespace runrate::example
