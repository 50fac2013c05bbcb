#include <algorithm>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "scenario/words.h"

namespace runrate {
namespace {

/// Adds the keys of what may be asked per minute to a text that is one.
template <class Text>
Table<Text> with_limits(Table<Text> table) {
    auto const some = [](std::optional<double> RateLimits::*member) {
        return static_cast<std::optional<double> Text::*>(member);
    };
    return table
        .optional("requests", some(&RateLimits::requests), known_number(dimension::requests_per_minute),
                  "requests per minute")
        .optional("input", some(&RateLimits::input), known_number(dimension::tokens_per_minute),
                  "prompt tokens per minute")
        .optional("output", some(&RateLimits::output), known_number(dimension::tokens_per_minute),
                  "generated tokens per minute, reasoning included")
        .optional("tokens", some(&RateLimits::tokens), known_number(dimension::tokens_per_minute),
                  "prompt and generated tokens together per minute")
        .defaulted("cache_reads", static_cast<bool Text::*>(&RateLimits::counts_reads),
                   one_word_of<bool>({{"count", true}, {"free", false}}), "count",
                   "whether prompt tokens read from a cache count as input")
        .defaulted("retry_after", static_cast<double Text::*>(&RateLimits::retry_after_s),
                   known_number(dimension::duration), "0 s", "what a refusal asks to wait")
        .check([](Text& t, Cursor const& at) {
            if (!t.requests && !t.input && !t.output && !t.tokens)
                at.error("limits without a number (state 'requests', 'input', 'output' or 'tokens' per minute)");
        });
}

struct SharedText : RateLimits {
    std::vector<std::string> models;
};

Shape<SharedLimits> shared_limits_shape() {
    auto const table = with_limits(Table<SharedText>("{models, requests, input, output}")
                                       .required("models", &SharedText::models, list_of(text("vendor/model"), 1),
                                                 "models that share these limits"));
    return converted<SharedLimits, SharedText>(table.shape(), [](SharedText const& t, Cursor const&) {
        return SharedLimits{t.models, t};
    });
}

struct TierText {
    Date as_of{};
    std::string source;
    std::optional<double> spend;
    std::vector<SharedLimits> limits;
};

/// Models of other vendors, and models that a tier limits twice.
void check_models(std::string const& vendor, LimitTier const& tier, Cursor const& at) {
    std::vector<std::string> seen;
    for (std::size_t i = 0; i < tier.limits.size(); ++i) {
        for (auto const& model : tier.limits[i].models) {
            auto const place = at.find("models")->at(i);
            if (!model.starts_with(vendor + "/")) place.error(fmt::format("'{}' is no model of '{}'", model, vendor));
            if (std::find(seen.begin(), seen.end(), model) != seen.end())
                place.error(fmt::format("'{}' has limits in this tier already (name each model once)", model));
            seen.push_back(model);
        }
    }
}

Shape<LimitTier> tier_shape() {
    auto const table =
        Table<TierText>("limits of one tier")
            .required("as_of", &TierText::as_of, date_shape(), "when the source said so")
            .required("source", &TierText::source, text("the page or file that says so"), "page or file, with its date")
            .optional("spend", &TierText::spend, known_number(dimension::money_per_month), "the most per month")
            .required("models", &TierText::limits, list_of(shared_limits_shape(), 1), "limits by groups of models");
    return converted<LimitTier, TierText>(table.shape(), [](TierText const& t, Cursor const&) {
        LimitTier tier{{}, t.as_of, t.source, {}, t.limits};
        if (t.spend) tier.spend = from_dollars(std::min(*t.spend, 9e9));
        return tier;
    });
}

}  // namespace

Shape<RateLimits> rate_limits_shape() { return with_limits(Table<RateLimits>("{requests, input, output}")).shape(); }

Shape<PublishedLimits> published_limits_shape() {
    auto const read = [tiers = map_of(map_of(tier_shape(), 1)).read](Cursor const& at) {
        auto published = tiers(at);
        for (auto& [vendor, named] : published) {
            for (auto& [name, tier] : named) {
                tier.name = name;
                check_models(vendor, tier, *at.find(vendor)->find(name));
            }
        }
        return published;
    };
    auto const shape = map_of(map_of(tier_shape(), 1));
    return {shape.wanted, read, shape.schema};
}

}  // namespace runrate
