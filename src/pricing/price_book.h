#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/date.h"
#include "core/money.h"

namespace runrate {

/// List prices that hold from a date on. What is not stated is not charged, but `input` and `output` of a model that
/// generates always are.
struct PriceRow {
    Date from{};         ///< 00:00 of the scenario's local time
    Date as_of{};        ///< when the source said so
    std::string source;  ///< page or file, with its date or commit
    TokenPrice input, output;
    std::optional<TokenPrice> cache_read, cache_write_5m, cache_write_1h;
    std::optional<Money> per_request, per_search;

    friend bool operator==(PriceRow const&, PriceRow const&) = default;
};

/// How the vendor's prompt cache works for a model.
struct CacheTerms {
    enum class Kind { none, automatic, explicit_ };
    Kind kind = Kind::none;
    std::int64_t minimum_tokens = 0;
    std::int64_t step_tokens = 1;
    double lifetime_s = 300;

    friend bool operator==(CacheTerms const&, CacheTerms const&) = default;
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
    std::optional<LatencyDefaults> latency;
    std::vector<PriceRow> rows;  ///< by `from`, ascending; never empty

    friend bool operator==(ModelPrices const&, ModelPrices const&) = default;
};

/// The prices of several vendors, each with source and date.
struct PriceBook {
    std::map<std::string, ModelPrices> models;  ///< by id
};

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
