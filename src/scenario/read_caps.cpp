#include <utility>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "scenario/words.h"

namespace runrate {
namespace {

/// `20M tokens per developer per month`: whoever stands there is a customer.
Shape<Number> tokens_of_a_customer(Reading& reading) {
    auto const inner = number(reading, dimension::tokens_per_month);
    auto const read = [inner](Cursor const& at) {
        auto& text = at.node().text;
        auto const month = text.rfind(" per month");
        auto const who = month == std::string::npos ? month : text.rfind(" per ", month - 1);
        bool const named = who != std::string::npos && who < month;
        if (!named) return inner.read(at);
        std::string const whole = std::exchange(text, text.substr(0, who) + " per month");
        auto const value = inner.read(at);
        at.node().text = whole;
        return value;
    };
    return {inner.wanted, read, inner.schema};
}

/// `stop`, or the option of `degrade to economy`.
Shape<std::string> then_shape() {
    return converted<std::string, std::string>(
        text("stop, or degrade to an option"), [](std::string const& words, Cursor const& at) {
            constexpr std::string_view degrade = "degrade to ";
            if (words == "stop") return std::string{};
            if (words.starts_with(degrade) && words.size() > degrade.size()) return words.substr(degrade.size());
            at.error(fmt::format("'{}' is no answer to a cap (write stop, or degrade to an option)", words));
            return std::string{};
        });
}

Shape<ProvisionedSpec> one_provisioned(Reading& reading) {
    struct Text {
        std::string model;
        double units = 1;
        double each = 0, output_weight = 1;
        bool counts_reads = false;
        Number price{0};
        std::optional<Month> from, until;
    };
    auto const price = number(reading, dimension::unit_price, Reach::price);
    auto const table =
        Table<Text>("provisioned throughput")
            .required("model", &Text::model, text("a model such as openai/gpt-5"), "model that serves it")
            .required("units", &Text::units, known_number(dimension::positive), "how many are reserved")
            .required("each", &Text::each, known_number(dimension::tokens_per_minute),
                      "weighted tokens that a unit serves")
            .defaulted("output_weight", &Text::output_weight, known_number(dimension::positive_factor), "1x",
                       "how many tokens of a prompt one of an answer counts as")
            .defaulted("cache_reads", &Text::counts_reads, one_word_of<bool>({{"count", true}, {"free", false}}),
                       "free", "whether prompt tokens read from a cache count")
            .required("price", &Text::price, price, "of a unit, used or not")
            .optional("from", &Text::from, month_shape(), "first month")
            .optional("until", &Text::until, month_shape(), "last month");
    return converted<ProvisionedSpec, Text>(table.shape(), [&reading](Text const& t, Cursor const& at) {
        auto const& belief = t.price.belief;
        bool const hourly = belief ? reading.beliefs.unit_of(*belief) == Unit::dollars_per_unit_hour
                                   : at.find("price")->node().text.find("/unit-h") != std::string::npos;
        if (t.model.find('/') == std::string::npos)
            at.find("model")->error(fmt::format("'{}' is no model (write vendor/model)", t.model));
        if (t.from && t.until && *t.until < *t.from) at.find("until")->error("throughput ends after it begins");
        return ProvisionedSpec{t.model, t.units, t.each, t.output_weight, t.counts_reads,
                               t.price, hourly,  t.from, t.until};
    });
}

}  // namespace

Shape<TokenCap> token_cap_shape(Reading& reading) {
    return Table<TokenCap>("{tokens: 20M tokens per customer per month, then: stop}")
        .required("tokens", &TokenCap::per_month, tokens_of_a_customer(reading),
                  "of a customer in a calendar month, prompts and answers")
        .required("then", &TokenCap::degrade_to, then_shape(), "what becomes of later sessions")
        .shape();
}

Shape<std::vector<ProvisionedSpec>> provisioned_shape(Reading& reading) {
    return one_or_list(one_provisioned(reading));
}

}  // namespace runrate
