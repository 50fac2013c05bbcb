#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "cost/meter_price.h"
#include "pricing/price_book.h"

namespace runrate {

using Quantities = std::array<std::int64_t, meter_count>;

/// Adds to a count. \throws std::overflow_error beyond 64 bits
void add_to(std::int64_t& sum, std::int64_t more);

/// One line of a bill: what one meter used at one price.
struct LedgerLine {
    ModelPrices const* model;
    PriceRow const* row;
    std::optional<Tokens> above;  ///< the tier of its prompts; nothing: the base rates
    DailyHours const* hours;      ///< that its requests fall into; nullptr: none that have a price of their own
    Lane lane;
    Meter meter;
    std::int64_t quantity;
    Money amount;  ///< rounded once, half to even
};

/// Meters of requests by what decides their price. Memory grows with the price book, not with the requests.
class Ledger {
public:
    /// What a model's requests are kept under. The reference holds as long as the ledger.
    struct Model {
        ModelPrices const* prices;
        struct Entry {
            PriceRow const* row;
            std::size_t tier;
            RequestClass of;  ///< of the first request, which stands for all of them
            Quantities quantities{};
        };
        std::vector<Entry> entries;

        void add(PriceRow const&, RequestClass const&, Quantities const&);
    };
    Model& of(ModelPrices const&);

    /// By model, row, lane, tier, hours and meter; those of a meter without quantity or fee left out.
    [[nodiscard]] std::vector<LedgerLine> lines(std::string const& region) const;

private:
    std::deque<Model> models_;
};

/// The rates that the tiers of a request's lane and hours change: see rates_of().
LaneRates const& lane_rates(PriceRow const&, RequestClass const&);

}  // namespace runrate
