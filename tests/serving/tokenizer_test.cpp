// Models count the same text in tokens of their own.

#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

TEST(Tokenizer, OfAModelCountsAllThatItReadsAndWrites) {
    auto first = call_with_user(planner, 1000, 400);
    first.reasoning = exactly(200);
    Case c{steps(first)};
    c.workflow.context.system = Number{2000};
    c.target(planner).tokenizer = 1.3;
    auto const usage = c.run();
    EXPECT_EQ(count(usage, planner, Meter::input), 3900);
    EXPECT_EQ(count(usage, planner, Meter::output), 520);
    EXPECT_EQ(count(usage, planner, Meter::reasoning), 260);
    EXPECT_EQ(cause(usage, planner, Cause::system), 2600);
}

TEST(Tokenizer, IsMultipliedWithWhatAnOptionSays) {
    Case c{steps(call_with_user(planner, 1000, 400))};
    c.target(planner).tokenizer = 1.5;
    c.option.adjustments[planner.index()].tokenizer = Number{2};
    EXPECT_EQ(count(c.run(), planner, Meter::input), 3000);
    EXPECT_EQ(count(c.run(), planner, Meter::output), 1200);
}

TEST(Tokenizer, IsThatOfTheTargetWhichAShareAsks) {
    Case c{steps(call_with_user(planner, 1000, 400))};
    c.option.routes[planner.index()] = Shares{{{TargetId{0}, Number{0.5}}, {TargetId{5}, Number{0.5}}}, false};
    c.targets[5].tokenizer = 1.5;
    auto const usage = c.run(200);
    for (auto const& [target, factor] : {std::pair{TargetId{0}, 1.0}, {TargetId{5}, 1.5}}) {
        double const requests = count(usage, target, Meter::requests);
        EXPECT_GT(requests, 0);
        EXPECT_NEAR(count(usage, target, Meter::input), 1000 * factor * requests, 1e-6);
        EXPECT_NEAR(count(usage, target, Meter::output), 400 * factor * requests, 1e-6);
    }
}

/// Both of a cascade are asked the same text; what joins is the answer of the second, 300 of its tokens: 200.
TEST(Tokenizer, OfACascadeIsThatOfEachWhoIsAsked) {
    auto capped = call_with_user(planner, 1000, 400);
    capped.cap = Number{300};
    Case c{steps(capped, call(answerer, 10))};
    c.option.routes[planner.index()] = Cascade{TargetId{0}, Number{0}, TargetId{5}};
    c.targets[5].tokenizer = 1.5;
    auto const usage = c.run();
    EXPECT_EQ(count(usage, TargetId{0}, Meter::input), 1000);
    EXPECT_EQ(count(usage, TargetId{0}, Meter::output), 300);
    EXPECT_EQ(count(usage, TargetId{5}, Meter::input), 1500);
    EXPECT_EQ(count(usage, TargetId{5}, Meter::output), 300);
    EXPECT_EQ(count(usage, answerer, Meter::input), 1200);
    EXPECT_EQ(usage.roles[planner.index()].over_cap, 2);  // both answers are cut
}

/// The first answer is kept: 300 of its tokens are 300 of the workflow's.
TEST(Tokenizer, OfAKeptAnswerIsThatOfTheFirst) {
    auto capped = call_with_user(planner, 1000, 400);
    capped.cap = Number{300};
    Case c{steps(capped, call(answerer, 10))};
    c.option.routes[planner.index()] = Cascade{TargetId{0}, Number{1}, TargetId{5}};
    c.targets[5].tokenizer = 1.5;
    EXPECT_EQ(count(c.run(), answerer, Meter::input), 1300);
}

/// A second model that fails leaves the answer of the first.
TEST(Tokenizer, OfAnAnswerThatTheSecondDoesNotGiveIsThatOfTheFirst) {
    auto capped = call_with_user(planner, 1000, 400);
    capped.cap = Number{300};
    Case c{steps(capped, call(answerer, 10))};
    c.option.routes[planner.index()] = Cascade{TargetId{0}, Number{0}, TargetId{5}};
    c.targets[5].tokenizer = 1.5;
    c.targets[5].errors = Number{1};
    EXPECT_EQ(count(c.run(), answerer, Meter::input), 1300);
}

/// 1,900 tokens of the workflow are 3,800 of the first model's, above the limit; the second would count 1,900.
TEST(Tokenizer, OfTheFirstTargetReachesTheLimitOfPrompts) {
    Case c{steps(call_with_user(planner, 100, 800), call(planner, 10))};
    c.workflow.context.system = Number{1000};
    c.workflow.context.limit = Number{3000};
    c.option.routes[planner.index()] = Cascade{TargetId{0}, Number{0}, TargetId{5}};
    c.targets[0].tokenizer = 2;
    auto const usage = c.run();
    EXPECT_EQ(count(usage, TargetId{0}, Meter::input), 2200 + 3000);
    EXPECT_EQ(count(usage, TargetId{5}, Meter::input), 1100 + 1500);
}

/// A summary of 200 tokens is 300 of the model's that writes it.
TEST(Tokenizer, OfWhoSummarisesCountsTheSummary) {
    Case c{steps(call_with_user(planner, 100, 800), call(planner, 10))};
    c.workflow.context.system = Number{1000};
    c.workflow.context.compact = Compaction{Number{1500}, Number{200}, summariser};
    c.target(summariser).tokenizer = 1.5;
    auto const usage = c.run();
    EXPECT_EQ(count(usage, summariser, Meter::input), 1350);
    EXPECT_EQ(count(usage, summariser, Meter::output), 300);
    EXPECT_EQ(count(usage, planner, Meter::input), 1100 + 1200);
}

TEST(Tokenizer, ReachesPriceTiersAndCaches) {
    Case c{steps(call_with_user(planner, 1000, 400))};
    c.workflow.context.system = Number{2000};
    c.target(planner).tokenizer = 1.5;
    c.target(planner).tiers = {Tokens{4000}};
    c.target(planner).cache = {CacheRule::Kind::automatic, Tokens{2500}, Tokens{1}, 300, false};
    auto const usage = c.run();
    EXPECT_EQ(usage.mean[1][static_cast<std::size_t>(Meter::cache_read)], 3000);
    EXPECT_EQ(usage.mean[1][static_cast<std::size_t>(Meter::input)], 1500);
}

}  // namespace
}  // namespace runrate
