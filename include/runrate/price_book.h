#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace runrate {

struct PriceBook;  ///< dated list prices of API models, each with its source

/// Reads price books; a model of a later file replaces that of an earlier one. \throws InputError (a
/// std::runtime_error) whose text names every mistake at file:line:column
std::shared_ptr<PriceBook const> load_price_books(std::vector<std::filesystem::path> const& files);

/// What requests of one class used of a model. Prompt tokens are counted once each, in the class that bills them.
struct ModelUsage {
    std::string model;  ///< `vendor/model`
    std::int64_t requests = 1;
    std::int64_t input = 0;              ///< prompt tokens neither read from nor written to a cache
    std::int64_t cache_read = 0;         ///< prompt tokens
    std::int64_t cache_write = 0;        ///< prompt tokens written for 5 minutes, or for the vendor's one lifetime
    std::int64_t cache_write_1h = 0;     ///< prompt tokens written for an hour
    std::int64_t output = 0;             ///< visible tokens
    std::int64_t reasoning = 0;          ///< hidden tokens, billed as output
    std::int64_t searches = 0;           ///< of reranks, one for every 100 documents begun
    std::int64_t cache_token_hours = 0;  ///< tokens kept in a cache times hours
    /// Tokens of each request's whole prompt, which decide its price tier; left out: all prompt tokens by `requests`.
    std::optional<std::int64_t> prompt_of_each{};
    std::string lane = "standard";    ///< `standard`, `batch`, `flex` or `priority`
    std::string region{};             ///< empty: wherever the vendor likes
    std::optional<int> utc_minute{};  ///< of the day, for prices by the hour; left out: the price of other hours
};

struct BilledMeter {
    std::string meter;  ///< `input`, `cache_read`, `output`, ...
    std::int64_t quantity = 0;
    std::int64_t nano_usd = 0;  ///< rounded once, half to even
};

/// What some usage costs at list prices.
struct Bill {
    std::vector<BilledMeter> meters;  ///< those with a quantity, without fees that the model does not have
    std::int64_t nano_usd = 0;        ///< their sum
    bool backdated = false;           ///< the day is before the first price, which was taken
};

/// Prices usage on a day: the row of that day, the tier of the whole prompt, the lane's rates, times the factors of
/// region and hour on tokens, plus fees. \throws std::invalid_argument for an unknown model, a lane or a region that it
/// is not sold in, and negative counts; std::overflow_error beyond 9.2 billion dollars
Bill bill(ModelUsage const&, PriceBook const&, std::chrono::sys_days);

}  // namespace runrate
