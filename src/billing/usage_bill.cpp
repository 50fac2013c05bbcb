#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "cost/meter_price.h"
#include "runrate/price_book.h"

namespace runrate {
namespace {

using Quantities = std::array<std::int64_t, meter_count>;

Quantities quantities_of(ModelUsage const& usage) {
    Quantities q{};
    auto const at = [&](Meter m) -> std::int64_t& { return q[static_cast<std::size_t>(m)]; };
    at(Meter::requests) = usage.requests;
    at(Meter::input) = usage.input;
    at(Meter::cache_read) = usage.cache_read;
    at(Meter::cache_write_5m) = usage.cache_write;
    at(Meter::cache_write_1h) = usage.cache_write_1h;
    at(Meter::output) = usage.output;
    at(Meter::reasoning) = usage.reasoning;
    at(Meter::searches) = usage.searches;
    at(Meter::cache_storage) = usage.cache_token_hours;
    if (std::any_of(q.begin(), q.end(), [](std::int64_t n) { return n < 0; }))
        throw std::invalid_argument("a quantity is negative");
    return q;
}

ModelPrices const& prices_of(std::string const& model, PriceBook const& book) {
    auto const at = book.models.find(model);
    if (at == book.models.end()) throw std::invalid_argument(fmt::format("no price book prices '{}'", model));
    return at->second;
}

Lane lane_named(std::string const& name) {
    auto const at = std::find(lane_names.begin(), lane_names.end(), name);
    if (at == lane_names.end())
        throw std::invalid_argument(fmt::format("unknown lane '{}' ({})", name, fmt::join(lane_names, ", ")));
    return static_cast<Lane>(at - lane_names.begin());
}

Tokens prompt_of(ModelUsage const& usage) {
    if (usage.prompt_of_each) return Tokens{*usage.prompt_of_each};
    auto const all = usage.input + usage.cache_read + usage.cache_write + usage.cache_write_1h;
    return Tokens{usage.requests > 0 ? all / usage.requests : all};
}

RequestClass class_of(ModelUsage const& usage, PriceRow const& row) {
    RequestClass const of{lane_named(usage.lane), prompt_of(usage),
                          usage.utc_minute ? hours_at(row, *usage.utc_minute) : nullptr};
    if (!lane_of(row, of.lane))
        throw std::invalid_argument(fmt::format("'{}' is not sold in the lane '{}'", usage.model, usage.lane));
    if (!usage.region.empty() && !row.regions.contains(usage.region))
        throw std::invalid_argument(fmt::format("'{}' is not sold in the region '{}'", usage.model, usage.region));
    return of;
}

}  // namespace

Bill bill(ModelUsage const& usage, PriceBook const& book, std::chrono::sys_days day) {
    auto const quantities = quantities_of(usage);
    auto const [row, backdated] = price_at(prices_of(usage.model, book), day);
    auto const of = class_of(usage, *row);
    Bill result;
    result.backdated = backdated;
    Wide sum = 0;
    for (std::size_t m = 0; m < meter_count; ++m) {
        auto const meter = static_cast<Meter>(m);
        if (quantities[m] == 0 || !billable(meter)) continue;
        auto const list = price_of(meter, *row, of);
        if (list == TokenPrice{0} && !counts_tokens(meter)) continue;  // a fee that the model does not have
        double const factor = factor_of(meter, *row, of, usage.region);
        auto const amount = bill(factor != 1 ? scaled(list, factor) : list, quantities[m]);
        result.meters.push_back({std::string{meter_names[m]}, quantities[m], amount.count()});
        sum += amount.count();
    }
    result.nano_usd = narrow(sum).count();
    return result;
}

}  // namespace runrate
