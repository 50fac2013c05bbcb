#include "replay/option_biller.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "core/diagnostics.h"
#include "core/overloaded.h"

namespace runrate {
namespace {

constexpr std::string_view other_models = "(other models)";

ModelPrices const& found(PriceBook const& book, std::string const& id) {
    auto const at = book.models.find(id);
    if (at != book.models.end()) return at->second;
    std::vector<std::string> known{std::string{logged_option}};
    for (auto const& [name, prices] : book.models) known.push_back(name);
    auto const near = nearest(id, known);
    throw std::invalid_argument(
        fmt::format("no price book prices '{}'{}", id, near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near)));
}

Quantities quantities_of(TraceRequest const& request, PromptSplit const& split) {
    Quantities q{};
    auto const set = [&](Meter m, std::int64_t n) { q[static_cast<std::size_t>(m)] = n; };
    set(Meter::requests, 1);
    set(Meter::input, split.input.count());
    set(Meter::cache_read, split.cache_read.count());
    set(Meter::cache_write_5m, split.cache_write.count());
    set(Meter::cache_write_1h, split.cache_write_1h.count());
    set(Meter::output, (request.output - request.reasoning).count());
    set(Meter::reasoning, request.reasoning.count());
    set(Meter::searches, request.searches);
    return q;
}

PromptSplit as_logged(TraceRequest const& r) {
    return {.input = r.prompt - r.cache_read - r.cache_write - r.cache_write_1h,
            .cache_read = r.cache_read,
            .cache_write = r.cache_write,
            .cache_write_1h = r.cache_write_1h};
}

Date day_of(TraceTime time) { return std::chrono::floor<std::chrono::days>(time); }

int utc_minute(TraceTime time) {
    return static_cast<int>(std::chrono::floor<std::chrono::minutes>(time - day_of(time)).count());
}

/// 730 hours at the rate of a span.
std::optional<Money> month_of(Money total, std::optional<std::chrono::nanoseconds> span) {
    using namespace std::chrono_literals;
    if (!span || *span < 1min) return std::nullopt;
    auto const nano = divide_half_even(Wide{total.count()} * std::chrono::nanoseconds{730h}.count(), span->count());
    if (nano > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    return narrow(nano);
}

}  // namespace

OptionBiller::OptionBiller(std::string option, PriceBook const& book, ModelNames const& names,
                           ReplaySettings const& settings, std::size_t cache)
    : option_{std::move(option)}, known_{names}, settings_{settings}, cache_{cache} {
    if (option_ == logged_option) return;
    auto const& prices = found(book, option_);
    check_sold(prices);
    fixed_ = &ledger_.of(prices);
}

/// What the command line asks of every request must be sold at least once.
void OptionBiller::check_sold(ModelPrices const& prices) const {
    auto const any = [&](auto const& sold) { return std::any_of(prices.rows.begin(), prices.rows.end(), sold); };
    if (settings_.lane && !any([&](PriceRow const& row) { return lane_of(row, *settings_.lane) != nullptr; }))
        throw std::invalid_argument(fmt::format("'{}' is not sold in the lane '{}'", prices.id,
                                                lane_names[static_cast<std::size_t>(*settings_.lane)]));
    if (!settings_.region.empty() && !any([&](PriceRow const& row) { return row.regions.contains(settings_.region); }))
        throw std::invalid_argument(fmt::format("'{}' is not sold in the region '{}'", prices.id, settings_.region));
}

void OptionBiller::unpriced(TraceRequest const& request, std::string const& model, std::string reason) {
    auto const key = model + "\n" + reason;
    bool const fits = unpriced_.size() < most_names || unpriced_.contains(key);
    auto& row = unpriced_[fits ? key : std::string{other_models}];
    if (row.count.requests == 0) row = {fits ? model : std::string{other_models}, std::move(reason), {}, request.line};
    row.count.add(request);
}

/// How the name that a request logs is billed; counts it there.
OptionBiller::Name const& OptionBiller::looked_up(TraceRequest const& request) {
    key_.assign(request.vendor).append("\n").append(request.model);
    auto const at = names_.find(key_);
    if (at != names_.end()) {
        at->second.billed.count.add(request);
        return at->second;
    }
    auto const matched = known_.find(request.model, request.vendor);
    auto* const model = matched.prices ? &ledger_.of(*matched.prices) : nullptr;
    if (names_.size() < most_names) {
        auto& name = names_.emplace(key_, Name{{request.model, request.vendor, matched, {}}, model}).first->second;
        name.billed.count.add(request);
        return name;
    }
    other_ = {{std::string{other_models}, "", matched, other_.billed.count}, model};
    other_.billed.count.add(request);
    return other_;
}

/// The model that a request is billed at; nullptr, noted, where none prices it.
Ledger::Model* OptionBiller::model_of(TraceRequest const& request) {
    if (fixed_) return fixed_;
    auto const& name = looked_up(request);
    if (name.model) return name.model;
    auto const how = name.billed.matched.how;
    auto const spelled = request.vendor.empty() ? request.model : request.vendor + "/" + request.model;
    unpriced(request, spelled.empty() ? "(no model logged)" : spelled,
             how == Match::ambiguous ? "several models of the price books end so" : "no price book prices it");
    return nullptr;
}

PriceAt OptionBiller::row_of(ModelPrices const& prices, TraceRequest const& request) const {
    return std::visit(
        Overloaded{[&](NewestPrices) {
                       return PriceAt{&prices.rows.back(), false};
                   },
                   [&](TracePrices) { return price_at(prices, day_of(request.time.value_or(TraceTime{}))); },
                   [&](Date day) { return price_at(prices, day); }},
        settings_.day);
}

RequestClass OptionBiller::class_of(PriceRow const& row, TraceRequest const& request, bool relative) {
    auto const lane = request.lane.value_or(settings_.lane.value_or(Lane::standard));
    RequestClass of{lane, request.prompt, nullptr};
    if (row.hours.empty() || lane != Lane::standard) return of;  // hours are of the standard lane
    if (request.time && !relative)
        of.hours = hours_at(row, utc_minute(*request.time));
    else
        ++bill_.without_hour;
    return of;
}

PromptSplit OptionBiller::split(TraceRequest const& request, PrefixCaches const& caches) const {
    bool const blocks = fixed_ && settings_.caches && !request.blocks.empty();
    return blocks ? caches.split(cache_, request.prompt) : as_logged(request);
}

void OptionBiller::add(TraceRequest const& request, PromptSplit const& split, bool relative) {
    auto* model = model_of(request);
    if (!model) return;
    auto const& prices = *model->prices;
    auto const [row, backdated] = row_of(prices, request);
    auto const of = class_of(*row, request, relative);
    if (!lane_of(*row, of.lane))
        return unpriced(request, prices.id,
                        fmt::format("not sold in the lane '{}'", lane_names[static_cast<std::size_t>(of.lane)]));
    if (!settings_.region.empty() && !row->regions.contains(settings_.region))
        return unpriced(request, prices.id, fmt::format("not sold in the region '{}'", settings_.region));
    model->add(*row, of, quantities_of(request, split));
    bill_.billed.add(request);
    if (backdated) ++bill_.backdated[prices.id];
}

OptionBill OptionBiller::result(std::optional<std::chrono::nanoseconds> span) const {
    auto bill = bill_;
    bill.option = option_;
    bill.lines = ledger_.lines(settings_.region);
    Wide sum = 0;
    for (auto const& line : bill.lines) sum += line.amount.count();
    bill.total = narrow(sum);
    if (bill.billed.requests > 0) bill.per_request = narrow(divide_half_even(sum, bill.billed.requests));
    bill.month = month_of(bill.total, span);
    for (auto const& [key, row] : unpriced_) bill.unpriced.push_back(row);
    for (auto const& [key, name] : names_) bill.names.push_back(name.billed);
    if (other_.billed.count.requests > 0)
        bill.names.push_back({other_.billed.model, "", {}, other_.billed.count});  // of several models
    std::sort(bill.names.begin(), bill.names.end(), [](auto const& a, auto const& b) {
        return std::tie(a.model, a.vendor, a.matched.how) < std::tie(b.model, b.vendor, b.matched.how);
    });
    return bill;
}

}  // namespace runrate
