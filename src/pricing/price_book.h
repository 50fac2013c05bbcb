#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/date.h"
#include "core/lane.h"
#include "core/money.h"
#include "pricing/rate_limit.h"

namespace runrate {

/// What the tokens of one class of request cost. Cache classes without a price of their own: see price_of().
struct TokenRates {
    TokenPrice input, output;
    std::optional<TokenPrice> cache_read, cache_write_5m, cache_write_1h;

    friend bool operator==(TokenRates const&, TokenRates const&) = default;
};

/// Rates of the whole request where its prompt, cached tokens included, is longer than a bound.
struct LengthTier {
    Tokens above;
    TokenRates rates;

    friend bool operator==(LengthTier const&, LengthTier const&) = default;
};

struct LaneRates {
    TokenRates base;
    std::vector<LengthTier> tiers;  ///< by `above`, ascending

    friend bool operator==(LaneRates const&, LaneRates const&) = default;
};

/// Hours of every day in which tokens of the standard lane cost something else. They may end on the next day.
struct DailyHours {
    int from_minute = 0, to_minute = 0;  ///< of the day in UTC; the end is not within
    double factor = 1;                   ///< on the row's rates, where they have none of their own
    std::optional<LaneRates> rates;

    [[nodiscard]] bool contains(int utc_minute) const;
    friend bool operator==(DailyHours const&, DailyHours const&) = default;
};

/// List prices that hold from a date on. What is not stated is not charged, but `input` and `output` of a model that
/// generates always are.
struct PriceRow {
    Date from{};         ///< 00:00 of the scenario's local time
    Date as_of{};        ///< when the source said so
    std::string source;  ///< page or file, with its date or commit
    LaneRates standard;
    std::optional<LaneRates> batch, flex, priority;
    std::map<std::string, double> regions;  ///< factors on tokens served in a region
    std::vector<DailyHours> hours;          ///< apart from each other
    std::optional<Money> per_request, per_search;
    std::optional<StoragePrice> storage;  ///< of caches that are asked for, of any lifetime

    friend bool operator==(PriceRow const&, PriceRow const&) = default;
};

/// The lane's rates; nothing where the model is not sold in it.
LaneRates const* lane_of(PriceRow const&, Lane);

/// Rates of a request by its lane, the length of its prompt and the hours that it falls into (nullptr: none), before
/// their factor. A lane that is not sold costs as standard.
TokenRates const& rates_of(PriceRow const&, Lane, Tokens prompt, DailyHours const* hours = nullptr);

/// The rates times a factor, each rounded to the pico-dollar.
TokenRates scaled(TokenRates const&, double factor);
LaneRates scaled(LaneRates const&, double factor);

/// The factor that a region puts on tokens: 1 where the row does not know it.
double region_factor(PriceRow const&, std::string const& region);

/// The hours that a minute of the day falls into; nothing where the row's own rates hold.
DailyHours const* hours_at(PriceRow const&, int utc_minute);

/// How the vendor's prompt cache works for a model.
struct CacheTerms {
    enum class Kind { none, automatic, explicit_ };
    Kind kind = Kind::none;
    std::int64_t minimum_tokens = 0;
    std::int64_t step_tokens = 1;
    double lifetime_s = 300;

    friend bool operator==(CacheTerms const&, CacheTerms const&) = default;
};

/// How many tokens a model counts where a workflow counts one.
struct TokenizerTerms {
    double factor = 1;
    std::string source;         ///< empty: that of the prices
    std::optional<Date> as_of;  ///< when the source said so

    friend bool operator==(TokenizerTerms const&, TokenizerTerms const&) = default;
};

/// Latency by which a model answers where the scenario states none: medians and 95th percentiles.
struct LatencyDefaults {
    double ttft_median_s = 0, ttft_p95_s = 0;
    double speed_median = 0, speed_p95 = 0;  ///< output tokens per second
    std::string source;

    friend bool operator==(LatencyDefaults const&, LatencyDefaults const&) = default;
};

/// What one API model costs, through time.
struct ModelPrices {
    std::string id;  ///< `vendor/model`
    CacheTerms cache;
    std::optional<TokenizerTerms> tokenizer;
    std::optional<LatencyDefaults> latency;
    std::vector<PriceRow> rows;  ///< by `from`, ascending; never empty

    friend bool operator==(ModelPrices const&, ModelPrices const&) = default;
};

/// The prices of several vendors, each with source and date.
struct PriceBook {
    std::map<std::string, ModelPrices> models;             ///< by id
    std::map<std::string, std::vector<LimitTier>> limits;  ///< by vendor
};

/// The prompt lengths at which some row that holds within [from, to) changes its rates, ascending.
std::vector<Tokens> tier_bounds(ModelPrices const&, Date from, Date to);

/// The row that holds on a day, or the first row before its own start (`backdated` then).
struct PriceAt {
    PriceRow const* row;
    bool backdated;
};
PriceAt price_at(ModelPrices const&, Date);

/// The days within [from, to) at which a new row begins, ascending: where a month must be billed in parts.
std::vector<Date> changes_within(ModelPrices const&, Date from, Date to);

/// List prices move by (1 + rate)^years since max(`as_of`, scenario start), in steps at month ends: the exponent is the
/// number of months from the later one's month to the billed month, by 12, and never negative.
/// \param month  index of the billed month, counted from the scenario's start
int drifted_months(Date as_of, Month start, int month);
double drift_factor(double rate_per_year, Date as_of, Month start, int month);

}  // namespace runrate
