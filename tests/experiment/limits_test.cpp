// Rate limits, fallbacks, reserved throughput and caps, from the scenario to the bill.

#include <cmath>

#include <gmock/gmock.h>

#include "run_text.h"

namespace runrate {
namespace {

/// One call of 1,000 tokens in and 400 out a session, in flat months: 4.38M sessions are 100 a minute.
Result run_flat(std::string const& options, std::string const& sessions = "4.38M per month",
                std::string const& feature = {}, std::string const& more = {}, std::string const& months = "1") {
    auto const yaml = "schema: runrate/scenario/1\nname: limits\ncalendar: {start: 2026-01, months: " + months +
                      ", month: 730 h}\n"
                      "scales: {by: [1]}\n"
                      "features: {chat: {traffic: {sessions: " +
                      sessions + "}, session: {turn: ask}" + feature +
                      "}}\n"
                      "workflows: {ask: {steps: [{call: writer, user: 1000 tokens, output: 400 tokens}]}}\n"
                      "options: {" +
                      options + "}\n" + more;
    StudySettings settings;
    settings.worlds = 64;
    return run(*load_text(yaml).scenario, settings).result;
}

double month(Result const& r) { return dollars(cost_of(r, "one", 1, "2026-01").mean); }

LimitRow const& limit(Result const& r, std::string const& name) {
    for (auto const& row : r.limits) {
        if (row.limit == name) return row;
    }
    throw std::out_of_range("no limit " + name);
}

double usage(Result const& r, std::string const& meter, std::string const& target = {}) {
    double sum = 0;
    for (auto const& row : r.usage) {
        bool const same = row.meter == meter && row.period == "horizon" && (target.empty() || row.target == target);
        if (same) sum += row.mean.value();
    }
    return sum;
}

std::vector<std::string> codes(Result const& r) {
    std::vector<std::string> all;
    for (auto const& row : r.warnings) all.push_back(row.code);
    return all;
}

TEST(Limits, ThatAreFarAwayChangeNothing) {
    auto const with = run_flat("one: {serve: {default: test/plain}, limits: {test: large}}");
    EXPECT_EQ(month(with), month(run_flat("one: {serve: {default: test/plain}}")));
    EXPECT_DOUBLE_EQ(month(with), 4.38e6 * 0.009);
    auto const& rpm = limit(with, "rpm");
    EXPECT_NEAR(rpm.needed_p99.value(), 124, 2) << "Poisson with mean 100";
    EXPECT_EQ(rpm.allowed, 1e6);
    EXPECT_EQ(rpm.verdict, "within");
    EXPECT_NEAR(limit(with, "itpm").needed_p99.value(), 124e3, 2e3);
    EXPECT_NEAR(limit(with, "otpm").needed_p99.value(), 124 * 400, 1e3);
}

TEST(Limits, LeaveTheRestToTheFallback) {
    auto const r =
        run_flat("one: {serve: {default: test/plain}, fallback: {test/plain: other/plain}, limits: {test: small}}");
    EXPECT_NEAR(usage(r, "requests", "test/plain") / 4.38e6, 0.5, 0.005) << "50 of 100 a minute are served";
    EXPECT_NEAR(usage(r, "requests", "other/plain") / 4.38e6, 0.5, 0.005);
    EXPECT_NEAR(month(r), 4.38e6 * 0.009, 1) << "both cost the same";
    EXPECT_EQ(limit(r, "rpm").verdict, "infeasible");
    EXPECT_THAT(codes(r), testing::Contains("limit.refused"));
    EXPECT_NEAR(usage(r, "harmed_sessions"), 0, 1e-6);
}

TEST(Limits, WithoutAFallbackAreFailuresThatCostNothing) {
    auto const r = run_flat("one: {serve: {default: test/plain}, limits: {test: small}}");
    EXPECT_NEAR(month(r) / (4.38e6 * 0.009), 0.5, 0.005);
    EXPECT_NEAR(usage(r, "harmed_sessions") / 4.38e6, 0.5, 0.005);
    EXPECT_NEAR(usage(r, "refused_sessions") / 4.38e6, 0.5, 0.005);
}

TEST(Limits, StatedForATargetGoBeforeItsTier) {
    auto const r = run_flat("one: {serve: {default: test/plain}, limits: {test: small}}", "4.38M per month", {},
                            "targets: {test/plain: {limits: {requests: 110 per minute}}}\n");
    EXPECT_EQ(limit(r, "rpm").allowed, 110);
    EXPECT_EQ(limit(r, "rpm").verdict, "needs a negotiated limit") << "the mean fits, the busy minutes do not";
    EXPECT_LT(usage(r, "refused_sessions") / 4.38e6, 1e-3) << "a bucket holds a minute's worth for them";
}

TEST(Limits, WarnOfGapsThatMayBeBurstierThanWhatWasTested) {
    auto const gaps = [](std::string const& cv) {
        return codes(
            run_flat("one: {serve: {default: test/plain}, limits: {test: large}}", "4.38M per month, gaps_cv: " + cv));
    };
    EXPECT_THAT(gaps("1.5 to 5"), testing::Contains("limit.bursty")) << "in some worlds, if not at the median";
    EXPECT_THAT(gaps("1.5 to 2"), testing::Not(testing::Contains("limit.bursty")));
    EXPECT_THAT(codes(run_flat("one: {serve: {default: test/plain}}", "4.38M per month, gaps_cv: 4")),
                testing::Not(testing::Contains("limit.bursty")))
        << "nothing is limited";
}

std::string const reserved =
    "plan: {test: {provisioned: {model: test/plain, units: 40, each: UNIT tokens per minute, output_weight: 4x, "
    "price: $1/unit-h}}}\n";

std::string with_unit(std::string const& tokens) {
    auto text = reserved;
    return text.replace(text.find("UNIT"), 4, tokens);
}

std::string const both_limited =
    "targets: {test/plain: {limits: {requests: 50 per minute}}, other/plain: {limits: {requests: 50 per minute}}}\n";
constexpr double fifty = 50.0 * 60 * 730;  // a month of 50 a minute

TEST(Limits, OfAFallbackSeeWhatIsLeftToIt) {
    // 200 a minute, of which 150 are left to a model that takes 50.
    auto const r = run_flat("one: {serve: {default: test/plain}, fallback: {test/plain: other/plain}}",
                            "8.76M per month", {}, both_limited);
    EXPECT_NEAR(usage(r, "requests", "test/plain"), fifty, 0.005 * fifty);
    EXPECT_NEAR(usage(r, "requests", "other/plain"), fifty, 0.005 * fifty);
    EXPECT_NEAR(usage(r, "harmed_sessions") / 8.76e6, 0.5, 0.005);
    for (auto const& row : r.limits) {
        bool const asked = row.target != "other/plain" || row.needed_p99.value() > 150;
        EXPECT_TRUE(asked) << "the fallback is asked too";
    }
}

TEST(Limits, OfTwoModelsInOneSessionAreReachedTogether) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: limits\ncalendar: {start: 2026-01, months: 1, month: 730 h}\n"
        "scales: {by: [1]}\n"
        "features: {chat: {traffic: {sessions: 4.38M per month}, session: {turn: ask}}}\n"
        "workflows: {ask: {steps: [{call: writer, user: 1000 tokens, output: 400 tokens}, {call: reader, output: 10 "
        "tokens}]}}\n"
        "options: {one: {serve: {writer: test/plain, reader: other/plain}}}\n" +
        both_limited;
    StudySettings settings;
    settings.worlds = 64;
    auto const r = run(*load_text(yaml).scenario, settings).result;
    EXPECT_NEAR(usage(r, "requests", "test/plain"), fifty, 0.005 * fifty);
    EXPECT_NEAR(usage(r, "requests", "other/plain"), fifty, 0.005 * fifty);
    EXPECT_NEAR(usage(r, "harmed_sessions") / 4.38e6, 0.5, 0.01);
}

TEST(Limits, AreAskedForWhatCapsLeave) {
    // Half of the sessions come after a cap and are not served: the other half fits.
    auto const r =
        run_flat("one: {serve: {default: test/plain}}", "4.38M per month, gaps_cv: 0, customers: {count: 43800}",
                 ", cap: {tokens: 69.3k tokens per customer per month, then: stop}",
                 "targets: {test/plain: {limits: {requests: 60 per minute}}}\n");
    EXPECT_NEAR(month(r), 4.38e6 * 0.009 / 2, 1);
    EXPECT_NEAR(usage(r, "refused_sessions") / 4.38e6, 0, 1e-4);
}

TEST(Provisioned, CoversWhatAFallbackServes) {
    // 50 a minute are left to the other model, whose reservation serves 5 of them.
    std::string const plan =
        "plan: {other: {provisioned: {model: other/plain, units: 1, each: 13k tokens per minute, output_weight: 4x, "
        "price: $1/unit-h}}}\n";
    auto const r =
        run_flat("one: {serve: {default: test/plain}, fallback: {test/plain: other/plain}}", "4.38M per month", {},
                 "targets: {test/plain: {limits: {requests: 50 per minute}}}\n" + plan);
    EXPECT_NEAR(month(r), (4.38e6 - fifty / 10) * 0.009 + 730, 0.005 * month(r));
}

TEST(Provisioned, IsBorneByTheFeatureThatUsesIt) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: limits\ncalendar: {start: 2026-01, months: 1, month: 730 h}\n"
        "scales: {by: [1]}\n"
        "features: {chat: {traffic: {sessions: 4.38M per month}, session: {turn: ask}},\n"
        "  other: {traffic: {sessions: 1M per month}, session: {turn: read}}}\n"
        "workflows: {ask: {steps: [{call: writer, user: 1000 tokens, output: 400 tokens}]},\n"
        "  read: {steps: [{call: reader, user: 1000 tokens, output: 400 tokens}]}}\n"
        "options: {one: {serve: {writer: test/plain, reader: other/plain}}}\n" +
        with_unit("13k");
    StudySettings settings;
    settings.worlds = 64;
    auto const r = run(*load_text(yaml).scenario, settings).result;
    for (auto const& row : r.cost_lines) {
        bool const others = row.group == "provisioned throughput" && row.feature == "other";
        EXPECT_TRUE(!others || dollars(row.mean) == 0);
    }
    for (auto const& row : r.unit_costs) {
        if (row.unit != "session" || row.period != "2026-01") continue;
        EXPECT_NEAR(dollars(row.mean), row.feature == "chat" ? 29'200 / 4.38e6 : 0.009, 1e-6) << *row.feature;
    }
}

TEST(Limits, OfSpendingAreHeldAgainstTheVendorsBill) {
    auto const r = run_flat("one: {serve: {default: test/plain}, limits: {test: small}}", "300k per month");
    EXPECT_NEAR(limit(r, "spend").needed_p99.value(), 2'700, 1);
    EXPECT_EQ(limit(r, "spend").allowed, 3'000);
    EXPECT_EQ(limit(r, "spend").verdict, "within");
}

TEST(Limits, BatchesAskNothingOfTheMinute) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: limits\ncalendar: {start: 2026-01, months: 1}\nscales: {by: [1]}\n"
        "features: {tag: {traffic: {jobs: {every: day, at: \"02:00\", items: 100k}}, "
        "item: {call: writer, input: 100 tokens, output: 10 tokens, lane: batch}}}\n"
        "options: {one: {serve: {default: test/plain}, limits: {test: small}}}\n";
    StudySettings settings;
    settings.worlds = 64;
    auto const r = run(*load_text(yaml).scenario, settings).result;
    EXPECT_EQ(limit(r, "rpm").needed_p99, 0);
    EXPECT_EQ(usage(r, "refused_sessions"), 0);
}

TEST(Limits, AtLargerScalesShowAsACauseOfNonlinearity) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: limits\ncalendar: {start: 2026-01, months: 1, month: 730 h}\n"
        "scales: {by: [1, 100]}\n"
        "features: {chat: {traffic: {sessions: 438k per month}, session: {turn: ask}}}\n"
        "workflows: {ask: {steps: [{call: writer, user: 1000 tokens, output: 400 tokens}]}}\n"
        "options: {one: {serve: {default: test/plain}, limits: {test: small}}}\n";
    StudySettings settings;
    settings.worlds = 64;
    auto const r = run(*load_text(yaml).scenario, settings).result;
    double limited = 0;
    double all = 0;
    for (auto const& row : r.nonlinearity) {
        if (row.scale != 100 || row.period != "2026-01") continue;
        if (row.cause == "limit") limited = dollars(row.amount);
        all += dollars(row.amount);
    }
    EXPECT_NEAR(limited, -0.95 * 43.8e6 * 0.009, 0.001 * 43.8e6) << "50 of 1,000 a minute are served";
    EXPECT_NEAR(all, dollars(cost_of(r, "one", 100, "2026-01").mean), 1e-5) << "the causes add up to the bill";
}

TEST(Provisioned, CoversWhatItServesAndCostsItsHours) {
    // 100 sessions a minute are 260,000 weighted tokens; 40 units of 13,000 serve 520,000.
    auto const r = run_flat("one: {serve: {default: test/plain}}", "4.38M per month", {}, with_unit("13k"));
    EXPECT_NEAR(month(r), 40 * 730, 0.01);
}

TEST(Provisioned, SpillsOverToListPrices) {
    // Half of the 260,000 are served: the other half is paid by the token.
    auto const r = run_flat("one: {serve: {default: test/plain}}", "4.38M per month", {}, with_unit("3250"));
    EXPECT_NEAR(month(r), 40 * 730 + 4.38e6 * 0.009 / 2, 1);
    EXPECT_EQ(limit(r, "provisioned").allowed, 130'000);
    EXPECT_NEAR(limit(r, "provisioned").needed_p99.value(), 124 * 2'600, 5e3);
    EXPECT_EQ(limit(r, "provisioned").verdict, "spills over");
}

TEST(Provisioned, BesideItsMonthsIsNotPaid) {
    auto text = with_unit("13k");
    text.replace(text.find("price:"), 6, "from: 2026-02, price:");
    auto const r = run_flat("one: {serve: {default: test/plain}}", "4.38M per month", {}, text, "2");
    EXPECT_DOUBLE_EQ(month(r), 4.38e6 * 0.009);
    EXPECT_NEAR(dollars(cost_of(r, "one", 1, "2026-02").mean), 40 * 730, 0.01);
}

TEST(Provisioned, ByTheMonthCostsThat) {
    auto text = with_unit("13k");
    text.replace(text.find("$1/unit-h"), 9, "$260 per unit per month");
    EXPECT_NEAR(month(run_flat("one: {serve: {default: test/plain}}", "4.38M per month", {}, text)), 40 * 260, 0.01);
}

/// Half of all attempts fail and are billed: three attempts at the step within three of the gateway.
TEST(Storm, CostsWhatTheFormulaSays) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: storm\ncalendar: {start: 2026-01, months: 1}\nscales: {by: [1]}\n"
        "features: {chat: {traffic: {sessions: 1M per month}, session: {turn: ask}}}\n"
        "workflows: {ask: {steps: [{call: writer, user: 1000 tokens, output: 400 tokens, retry: sdk}]}}\n"
        "options: {one: {serve: {default: test/plain}}}\ngateway: {retry: {attempts: 3}}\n"
        "targets: {\"*\": {errors: 50%, billed: {errors: yes}}}\n";
    auto const r = run(*load_text(yaml).scenario, StudySettings{}).result;
    double const formula = (1 + 0.5 + 0.25) * (1 + 0.125 + 0.015625);  // 1.99609 attempts
    auto const& row = cost_of(r, "one", 1, "2026-01");
    EXPECT_NEAR(dollars(row.mean), 9'000 * formula, 4 * dollars(row.se));
    EXPECT_LT(4 * dollars(row.se), 0.01 * 9'000 * formula);
}

std::string capped(std::string const& then) {
    return ", cap: {tokens: 69.3k tokens per customer per month, then: " + then + "}";
}
std::string const even = "1000 per month, gaps_cv: 0, customers: {count: 10}";

TEST(TokenCap, StopsOrDegradesWhatComesAfterIt) {
    // Ten customers of 100 sessions with 1,400 tokens each: the fiftieth crosses the cap.
    std::string const options =
        "one: {serve: {default: test/plain}}, economy: {role: fallback, serve: {default: test/small}}";
    EXPECT_NEAR(month(run_flat(options, even, capped("degrade to economy"))), 500 * 0.009 + 500 * 0.0006, 1e-6);
    auto const stopped = run_flat("one: {serve: {default: test/plain}}", even, capped("stop"));
    EXPECT_NEAR(month(stopped), 500 * 0.009, 1e-6);
    EXPECT_NEAR(usage(stopped, "capped_sessions"), 500, 1e-6);
    EXPECT_NEAR(usage(stopped, "harmed_sessions"), 500, 1e-6);
    EXPECT_THAT(codes(stopped), testing::Contains("cap.reached"));
}

TEST(TokenCap, GivesDegradedSessionsTheSuccessOfTheirOption) {
    std::string const options =
        "one: {serve: {default: test/plain}, success: 90%}, "
        "economy: {role: fallback, serve: {default: test/small}, success: 50%}";
    auto const r = run_flat(options, even, capped("degrade to economy") + ", outcome: {name: answer, revenue: $1}");
    for (auto const& row : r.unit_costs) {
        if (row.unit != "answer" || row.period != "2026-01") continue;
        EXPECT_NEAR(dollars(row.mean), (500 * 0.009 + 500 * 0.0006) / (500 * 0.9 + 500 * 0.5), 1e-6);
    }
    ASSERT_EQ(r.options.size(), 1u) << "what is only a fallback is not compared";
}

}  // namespace
}  // namespace runrate
