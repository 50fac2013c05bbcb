#include <fmt/format.h>

#include "scenario/sections.h"
#include "scenario/words.h"

namespace runrate {
namespace {

struct ExchangeText {
    std::string rate;
    Date as_of{};
    std::string source;
};

struct MoneyText {
    std::string currency;
    std::optional<ExchangeText> exchange;
    Number discount_rate{0};
    std::vector<Budget> budgets;
};

Shape<std::string> currency_shape() {
    return converted<std::string, std::string>(
        text("a currency such as EUR"), [](std::string const& t, Cursor const& at) {
            if (!is_currency(t))
                at.error(fmt::format("'{}' is no currency (write its code in ISO 4217, such as EUR)", t));
            return t;
        });
}

Shape<ExchangeText> exchange_shape() {
    return Table<ExchangeText>("{rate, as_of, source}")
        .required("rate", &ExchangeText::rate, text("a rate such as 0.92 EUR per USD"),
                  "what a dollar is worth, or what is worth a dollar; known, no belief")
        .required("as_of", &ExchangeText::as_of, date_shape(), "when the source said so")
        .required("source", &ExchangeText::source, text("who quotes it"), "who quotes it")
        .shape();
}

MoneyTerms money_of(MoneyText const& t, Cursor const& at) {
    MoneyTerms money{t.currency, {}, t.discount_rate, t.budgets};
    bool const dollars = t.currency == "USD";
    if (dollars && t.exchange)
        at.find("exchange")->error("USD needs no exchange rate (leave it out, or name a currency)");
    if (!dollars && !t.exchange)
        at.find("currency")
            ->error(fmt::format("amounts in {0} need an exchange rate (vendors bill in USD; write exchange: {{rate: "
                                "0.92 {0} per USD, as_of: 2026-08-01, source: ...}})",
                                t.currency));
    if (dollars || !t.exchange) return money;
    auto const rate = parse_rate(t.exchange->rate, t.currency);
    if (!rate)
        at.find("exchange")
            ->find("rate")
            ->error(fmt::format("'{0}' is no exchange rate of {1} (write a known one such as 0.92 {1} per USD)",
                                t.exchange->rate, t.currency));
    money.exchange =
        ExchangeTerms{rate.value_or(ExchangeRate{}), t.exchange->rate, t.exchange->as_of, t.exchange->source};
    return money;
}

}  // namespace

Shape<MoneyTerms> money_shape(Reading& reading) {
    auto const budgets = converted<std::vector<Budget>, std::vector<std::pair<std::string, Number>>>(
        map_of(number(reading, dimension::money, Reach::price)), [](auto const& entries, Cursor const&) {
            std::vector<Budget> result;
            for (auto const& [period, amount] : entries) result.push_back({period, amount});
            return result;
        });
    auto const table =
        Table<MoneyText>("currency, discount rate and budgets")
            .defaulted("currency", &MoneyText::currency, currency_shape(), "USD",
                       "currency of every result; the price books are in USD")
            .optional("exchange", &MoneyText::exchange, exchange_shape(), "what a dollar is in another currency")
            .defaulted("discount_rate", &MoneyText::discount_rate,
                       number(reading, dimension::change_per_year, Reach::price), "0% per year",
                       "rate at which the cash view is discounted to the start")
            .defaulted("budget", &MoneyText::budgets, budgets, "{}",
                       "budget by period: a month, quarter, fiscal year or the horizon");
    return converted<MoneyTerms, MoneyText>(table.shape(), money_of);
}

}  // namespace runrate
