#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "replay/ledger.h"
#include "replay/limiter.h"
#include "replay/model_limits.h"
#include "replay/model_names.h"
#include "replay/peaks.h"
#include "replay/prefix_caches.h"
#include "replay/row_faults.h"
#include "replay/trace.h"

namespace runrate {

struct NewestPrices {};  ///< the last rows of the book
struct TracePrices {};   ///< the rows of each request's own day
using PriceDay = std::variant<NewestPrices, TracePrices, Date>;

/// The option that bills each request at the model that the log names.
inline constexpr std::string_view logged_option = "logged";

struct ReplaySettings {
    std::vector<std::string> options;  ///< `vendor/model`, or logged_option
    PriceDay day;
    std::optional<Lane> lane;  ///< where the log says none; nothing: standard
    std::string region;        ///< empty: wherever the vendor likes
    bool caches = true;        ///< whether block ids of the trace are looked up in prefix caches
    std::size_t cache_blocks = 1'000'000;
    std::optional<std::optional<std::chrono::nanoseconds>> cache_lifetime;  ///< in place of the vendors'
    Tokens block{512};                                                      ///< of the trace's block ids
    std::string tier;       ///< of the options' vendors, whose limits the trace is held against; empty: none are
    int retries = 2;        ///< of a request that a limit refuses
    bool skip_bad = false;  ///< count rows that cannot be read instead of refusing the trace
};

/// Requests and their tokens.
struct RequestCount {
    std::int64_t requests = 0, prompt = 0, output = 0;

    void add(TraceRequest const&);
};

/// What the trace holds, whatever it is billed at.
struct TraceSummary {
    std::string path;
    TraceFormat format{};
    bool relative = false;                   ///< times count from the trace's own zero
    RequestCount all, failed, from_gateway;  ///< the latter two are not billed
    std::int64_t untimed = 0;                ///< requests without a time
    std::optional<TraceTime> first, last;
    std::int64_t cached = 0;  ///< prompt tokens that the log says were read from or written to a cache
    Wide spend_nano_usd = 0;  ///< what the log says that requests cost
    std::int64_t with_spend = 0;
};

/// Requests of one option that no price was found for.
struct Unpriced {
    std::string model, reason;
    RequestCount count;
    std::int64_t first_line = 0;
};

/// How a logged name was billed.
struct BilledName {
    std::string model, vendor;
    Matched matched;
    RequestCount count;
};

/// What the limits of a tier did to an option: what they refused in all attempts is not billed.
struct LimitedOption {
    ModelLimits limits;
    std::vector<LimitUse> uses;
    Refusals refusals;  ///< batches, which no limit refuses, not among them
};

struct OptionBill {
    std::string option;
    RequestCount billed;
    std::vector<LedgerLine> lines;
    Money total;
    std::optional<Money> per_request;  ///< mean, half to even
    std::optional<Money> month;        ///< 730 hours at the rate of the trace; nothing without a span of a minute
    std::vector<Unpriced> unpriced;
    std::vector<BilledName> names;                  ///< of logged_option
    std::map<std::string, std::int64_t> backdated;  ///< requests before the first price of a model
    std::int64_t without_hour = 0;                  ///< requests of no known hour whose price depends on it
    std::optional<PrefixRule> rule;                 ///< of the prefix cache, where the trace has block ids
    std::optional<PrefixCounts> cache;
    std::optional<LimitedOption> limited;  ///< under a tier
};

struct Replayed {
    TraceSummary trace;
    std::vector<OptionBill> options;
    std::vector<Peak> peaks;
    bool peaks_too_long = false;
    Skipped skipped;  ///< by reason
};

/// After how many rows replay() asks whether to stop.
inline constexpr std::uint64_t rows_between_stops = 4096;

/// Bills a trace under every option; the result refers to the book. \throws InputError naming the rows that cannot be
/// read, a trace without a request, relative times where prices of the trace's days are asked for, rows without a time
/// or out of order under a tier; std::invalid_argument for an option, a lane, a region or a tier that the book does not
/// have; std::runtime_error when `stop` says so
Replayed replay(Trace&, PriceBook const&, ReplaySettings const&, std::function<bool()> const& stop = {});

}  // namespace runrate
