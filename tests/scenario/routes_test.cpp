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

}  // namespace
}  // namespace runrate
