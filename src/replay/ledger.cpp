#include "replay/ledger.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace runrate {
namespace {

std::size_t tier_of(LaneRates const& rates, Tokens prompt) {
    auto const above = [&](LengthTier const& t) { return prompt > t.above; };
    return static_cast<std::size_t>(std::count_if(rates.tiers.begin(), rates.tiers.end(), above));
}

auto order_of(Ledger::Model::Entry const& e) {
    return std::tuple{e.row->from, e.of.lane, e.tier, e.of.hours ? e.of.hours->from_minute : -1};
}

void add_lines(Ledger::Model const& model, Ledger::Model::Entry const& entry, std::string const& region,
               std::vector<LedgerLine>& lines) {
    auto const& rates = lane_rates(*entry.row, entry.of);
    auto const above = entry.tier > 0 ? std::optional{rates.tiers[entry.tier - 1].above} : std::nullopt;
    for (std::size_t m = 0; m < meter_count; ++m) {
        auto const meter = static_cast<Meter>(m);
        if (entry.quantities[m] == 0 || !billable(meter)) continue;
        auto const list = price_of(meter, *entry.row, entry.of);
        if (list == TokenPrice{0} && !counts_tokens(meter)) continue;  // a fee that the model does not have
        double const factor = factor_of(meter, *entry.row, entry.of, region);
        auto const amount = bill(factor != 1 ? scaled(list, factor) : list, entry.quantities[m]);
        lines.push_back(
            {model.prices, entry.row, above, entry.of.hours, entry.of.lane, meter, entry.quantities[m], amount});
    }
}

}  // namespace

void add_to(std::int64_t& sum, std::int64_t more) {
    if (__builtin_add_overflow(sum, more, &sum)) throw std::overflow_error("a count is beyond 64 bits");
}

LaneRates const& lane_rates(PriceRow const& row, RequestClass const& of) {
    auto const* rates = lane_of(row, of.lane);
    if (!rates) rates = &row.standard;
    return rates == &row.standard && of.hours && of.hours->rates ? *of.hours->rates : *rates;
}

void Ledger::Model::add(PriceRow const& row, RequestClass const& of, Quantities const& quantities) {
    auto const tier = tier_of(lane_rates(row, of), of.prompt);
    auto at = std::find_if(entries.begin(), entries.end(), [&](Entry const& e) {
        return e.row == &row && e.tier == tier && e.of.hours == of.hours && e.of.lane == of.lane;
    });
    if (at == entries.end()) at = entries.insert(at, {&row, tier, of});
    for (std::size_t m = 0; m < meter_count; ++m) add_to(at->quantities[m], quantities[m]);
}

Ledger::Model& Ledger::of(ModelPrices const& prices) {
    auto const at = std::find_if(models_.begin(), models_.end(), [&](Model const& m) { return m.prices == &prices; });
    if (at != models_.end()) return *at;
    models_.push_back({&prices, {}});
    return models_.back();
}

std::vector<LedgerLine> Ledger::lines(std::string const& region) const {
    std::vector<Model const*> models;
    for (auto const& model : models_) models.push_back(&model);
    std::sort(models.begin(), models.end(), [](auto* a, auto* b) { return a->prices->id < b->prices->id; });
    std::vector<LedgerLine> lines;
    for (auto const* model : models) {
        auto entries = model->entries;
        std::sort(entries.begin(), entries.end(),
                  [](auto const& a, auto const& b) { return order_of(a) < order_of(b); });
        for (auto const& entry : entries) add_lines(*model, entry, region, lines);
    }
    return lines;
}

}  // namespace runrate
