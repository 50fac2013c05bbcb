#include <cmath>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "scenario/words.h"

namespace runrate {
namespace {

Shape<TokenPrice> token_price_shape() {
    return converted<TokenPrice, double>(known_number(dimension::token_price), [](double usd, Cursor const&) {
        return TokenPrice{static_cast<std::int64_t>(std::nearbyint(usd * 1e12))};
    });
}

Shape<StoragePrice> storage_shape() {
    return converted<StoragePrice, double>(known_number(dimension::storage_price), [](double usd, Cursor const&) {
        return StoragePrice{static_cast<std::int64_t>(std::nearbyint(usd * 1e12))};
    });
}

Shape<Money> fee_shape() {
    return converted<Money, double>(known_number(dimension::fee),
                                    [](double usd, Cursor const&) { return from_dollars(usd); });
}

/// Adds the keys of token rates to a text that is one.
template <class Text>
Table<Text> with_rates(Table<Text> table, bool must) {
    auto const input = static_cast<TokenPrice Text::*>(&TokenRates::input);
    auto const output = static_cast<TokenPrice Text::*>(&TokenRates::output);
    auto const some = [](std::optional<TokenPrice> TokenRates::*member) {
        return static_cast<std::optional<TokenPrice> Text::*>(member);
    };
    auto const of_output = "visible and reasoning tokens";
    if (must)
        table.required("input", input, token_price_shape(), "prompt tokens")
            .required("output", output, token_price_shape(), of_output);
    else
        table.defaulted("input", input, token_price_shape(), "$0/M tokens", "prompt tokens")
            .defaulted("output", output, token_price_shape(), "$0/M tokens", of_output);
    return table
        .optional("cache_read", some(&TokenRates::cache_read), token_price_shape(),
                  "prompt tokens read from a cache; as input where left out")
        .optional("cache_write", some(&TokenRates::cache_write_5m), token_price_shape(),
                  "prompt tokens written to a cache; as input where left out")
        .optional("cache_write_1h", some(&TokenRates::cache_write_1h), token_price_shape(),
                  "prompt tokens written for an hour");
}

struct TierText : TokenRates {
    double above = 0;
};

Shape<LengthTier> tier_shape() {
    auto const table = with_rates(
        Table<TierText>("{prompt, input, output}")
            .required("prompt", &TierText::above, known_number(dimension::tokens), "longer prompts cost these rates"),
        true);
    return converted<LengthTier, TierText>(table.shape(), [](TierText const& t, Cursor const&) {
        return LengthTier{Tokens{static_cast<std::int64_t>(t.above)}, t};
    });
}

/// A cache price that only the base has would be lost above the bound.
void check_tiers(LaneRates const& lane, Cursor const& at) {
    auto const tiers = at.find("above");
    for (std::size_t i = 0; i < lane.tiers.size(); ++i) {
        auto const& rates = lane.tiers[i].rates;
        if (i > 0 && lane.tiers[i].above <= lane.tiers[i - 1].above)
            tiers->at(i).error("the bounds of tiers must rise (write the shortest prompts first)");
        auto const lacks = [&](auto const& base, auto const& here, char const* key) {
            if (base && !here) tiers->at(i).error(fmt::format("a tier lacks '{}', which the row states", key));
        };
        lacks(lane.base.cache_read, rates.cache_read, "cache_read");
        lacks(lane.base.cache_write_5m, rates.cache_write_5m, "cache_write");
        lacks(lane.base.cache_write_1h, rates.cache_write_1h, "cache_write_1h");
    }
}

struct LaneText : TokenRates {
    std::vector<LengthTier> above;
};

/// A lane is sold at a factor of the standard rates, or at rates of its own.
struct LaneTerms {
    std::optional<double> factor;
    LaneRates rates;
};

Shape<LaneTerms> lane_terms_shape() {
    auto const scalar = [](Node const& n) { return n.kind == Node::Kind::scalar; };
    auto const map = [](Node const& n) { return n.kind == Node::Kind::map; };
    auto const factor =
        converted<LaneTerms, double>(known_number(dimension::positive_factor), [](double f, Cursor const&) {
            return LaneTerms{f, {}};
        });
    auto const table = with_rates(Table<LaneText>("{input, output}"), true)
                           .defaulted("above", &LaneText::above, list_of(tier_shape()), "[]", "rates of long prompts");
    auto const rates = converted<LaneTerms, LaneText>(table.shape(), [](LaneText const& t, Cursor const& at) {
        LaneTerms terms{std::nullopt, {t, t.above}};
        check_tiers(terms.rates, at);
        return terms;
    });
    return any_of<LaneTerms>("a factor such as 0.5x, or {input, output}", {{scalar, factor}, {map, rates}});
}

struct HoursText {
    std::string from, to;
    LaneTerms price;
};

Shape<DailyHours> hours_shape() {
    auto const table =
        Table<HoursText>("{from, to, price}")
            .required("from", &HoursText::from, text("a time of day such as \"16:30\""), "first minute, UTC")
            .required("to", &HoursText::to, text("a time of day such as \"00:30\""), "minute after the last, UTC")
            .required("price", &HoursText::price, lane_terms_shape(), "factor on tokens, or rates");
    return converted<DailyHours, HoursText>(table.shape(), [](HoursText const& t, Cursor const& at) {
        auto const minute = [&](char const* key, std::string const& text) {
            auto const m = minute_of_day(text);
            if (!m) at.find(key)->error(fmt::format("'{}' is no time of day (write \"02:00\")", text));
            return m.value_or(0);
        };
        DailyHours hours{minute("from", t.from), minute("to", t.to), t.price.factor.value_or(1), {}};
        if (!t.price.factor) hours.rates = t.price.rates;
        if (hours.from_minute == hours.to_minute)
            at.error("hours from and to the same minute (leave them out for a price of the whole day)");
        return hours;
    });
}

void check_apart(std::vector<DailyHours> const& all, Cursor const& row) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (all[i].contains(all[j].from_minute) || all[j].contains(all[i].from_minute))
                row.find("hours")->at(i).error("these hours overlap earlier ones (each minute has one price)");
        }
    }
}

struct RowText : TokenRates {
    Date from{}, as_of{};
    std::string source;
    std::vector<LengthTier> above;
    std::optional<LaneTerms> batch, flex, priority;
    std::vector<std::pair<std::string, double>> regions;
    std::vector<DailyHours> hours;
    std::optional<Money> per_request, per_search;
    std::optional<StoragePrice> storage;
};

PriceRow row_of(RowText const& t, Cursor const& at) {
    PriceRow row;
    row.from = t.from;
    row.as_of = t.as_of;
    row.source = t.source;
    row.standard = {t, t.above};
    check_tiers(row.standard, at);
    auto const lane = [&](std::optional<LaneTerms> const& terms) -> std::optional<LaneRates> {
        if (!terms) return std::nullopt;
        return terms->factor ? scaled(row.standard, *terms->factor) : terms->rates;
    };
    row.batch = lane(t.batch);
    row.flex = lane(t.flex);
    row.priority = lane(t.priority);
    row.regions = {t.regions.begin(), t.regions.end()};
    row.hours = t.hours;
    check_apart(row.hours, at);
    row.per_request = t.per_request;
    row.per_search = t.per_search;
    row.storage = t.storage;
    return row;
}

}  // namespace

Shape<PriceRow> price_row_shape() {
    auto const table =
        with_rates(Table<RowText>("a price row")
                       .required("from", &RowText::from, date_shape(), "first day on which it holds")
                       .required("as_of", &RowText::as_of, date_shape(), "when the source said so")
                       .required("source", &RowText::source, text("the page or file that says so"),
                                 "page or file, with its date or commit"),
                   false)
            .defaulted("above", &RowText::above, list_of(tier_shape()), "[]",
                       "rates of whole requests with longer prompts")
            .optional("batch", &RowText::batch, lane_terms_shape(), "answered within hours")
            .optional("flex", &RowText::flex, lane_terms_shape(), "answered when there is room")
            .optional("priority", &RowText::priority, lane_terms_shape(), "answered first")
            .defaulted("regions", &RowText::regions, map_of(known_number(dimension::positive_factor)), "{}",
                       "factors on tokens served there")
            .defaulted("hours", &RowText::hours, list_of(hours_shape()), "[]", "hours of the day with another price")
            .optional("request", &RowText::per_request, fee_shape(), "each billed request")
            .optional("search", &RowText::per_search, fee_shape(), "each search of a rerank")
            .optional("storage", &RowText::storage, storage_shape(),
                      "keeping a cache that a workflow asks for, whatever its lifetime");
    return converted<PriceRow, RowText>(table.shape(), row_of);
}

}  // namespace runrate
