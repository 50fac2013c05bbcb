#include "scenario/exchange.h"

#include <cmath>

#include <fmt/format.h>

namespace runrate {
namespace {

constexpr double nano = 1e9;
constexpr double most = 1e6;  // units of a currency for one of another

std::string text_at(Node const* map, std::string_view key) {
    auto const* node = map && map->kind == Node::Kind::map ? map->find(key) : nullptr;
    return node && node->kind == Node::Kind::scalar ? node->text : "";
}

}  // namespace

std::optional<ExchangeRate> parse_rate(std::string_view text, std::string_view currency) {
    constexpr std::string_view word = " per ";
    auto const per = text.find(word);
    if (per == std::string_view::npos) return std::nullopt;
    auto const parsed = parse_value(text.substr(0, per));
    auto const* value = std::get_if<Value>(&parsed);
    if (!value || value->unit != Unit::dollars || !(value->number >= 1 / most && value->number <= most))
        return std::nullopt;
    auto const under = text.substr(per + word.size());
    auto const many = static_cast<std::int64_t>(std::nearbyint(value->number * nano));
    auto const one = static_cast<std::int64_t>(nano);
    if (value->currency == currency && under == "USD") return ExchangeRate{many, one};
    if (value->currency == "USD" && under == currency) return ExchangeRate{one, many};
    return std::nullopt;
}

Exchange exchange_of(Node const& scenario) {
    auto const* money = scenario.kind == Node::Kind::map ? scenario.find("money") : nullptr;
    auto const* stated = money && money->kind == Node::Kind::map ? money->find("exchange") : nullptr;
    auto const currency = text_at(money, "currency");
    if (currency.empty() || currency == "USD") return {};
    auto const rate = parse_rate(text_at(stated, "rate"), currency);
    return {currency, rate.value_or(ExchangeRate{}), rate && is_currency(currency)};
}

std::variant<Value, std::string> in_currency(Value value, std::string_view text, Exchange const& exchange) {
    if (value.currency.empty() || value.currency == exchange.currency || !exchange.known) return value;
    if (value.currency == "USD") {
        value.number *= exchange.rate.per_dollar();
        value.currency = exchange.currency;
        return value;
    }
    if (exchange.currency == "USD")
        return fmt::format("'{}' is in {}, results are in USD (state money.currency and its exchange rate)", text,
                           value.currency);
    return fmt::format("'{}' is in {}, results are in {} (write {} or dollars)", text, value.currency,
                       exchange.currency, exchange.currency);
}

}  // namespace runrate
