#include <gtest/gtest.h>

#include "scenario/loaded.h"
#include "scenario/scenario.h"

namespace runrate {
namespace {

std::string const base =
    "options.base={serve: {answerer: acme/large}, cascade: {answerer: {first: acme/small, keep: 70%, then: "
    "acme/large}}}";

Route route(std::vector<std::string> sets) {
    auto const loaded = load_text(good_scenario, std::move(sets));
    auto const& option = loaded.scenario->options.back();
    return *option.behaviour.routes.at(0);
}

TEST(Routes, OfAnOptionThatIsLikeAnotherAreInherited) {
    EXPECT_TRUE(std::holds_alternative<Cascade>(route({base, "options.over={like: base}"})));
}

TEST(Routes, AreThoseThatTheOptionStatesAnew) {
    EXPECT_TRUE(
        std::holds_alternative<TargetId>(route({base, "options.over={like: base, serve: {answerer: acme/small}}"})));
    EXPECT_TRUE(std::holds_alternative<Shares>(
        route({base, "options.over={like: base, shares: {answerer: {acme/large: 50%, acme/small: 50%}}}"})));
}

TEST(Fallbacks, AreInheritedWhereTheyApply) {
    std::string const falls =
        "options.falls={serve: {answerer: acme/large}, fallback: {acme/large: acme/small}, role: fallback}";
    std::string const cap = "features.chat.cap={tokens: 1M tokens per customer per month, then: degrade to falls}";
    std::string const customers = "features.chat.traffic.customers={count: 10}";
    auto const fallbacks = [&](std::string const& over) {
        return load_text(good_scenario, {falls, cap, customers, "options.over=" + over})
            .scenario->options.back()
            .behaviour.fallbacks.size();
    };
    EXPECT_EQ(fallbacks("{like: falls}"), 1u);
    EXPECT_EQ(fallbacks("{like: falls, serve: {answerer: acme/small}}"), 0u) << "it asks no acme/large";
}

TEST(Options, ThatAreLikeAFallbackAreCompared) {
    auto const loaded = load_text(
        good_scenario,
        {"options.falls={serve: {answerer: acme/large}, role: fallback}", "features.chat.traffic.customers={count: 10}",
         "features.chat.cap={tokens: 1M tokens per customer per month, then: degrade to falls}",
         "options.over={like: falls}"});
    EXPECT_FALSE(loaded.scenario->options.back().only_fallback);
}

}  // namespace
}  // namespace runrate
