// Price terms that depend on more than the date, from the scenario to the bill.

#include <cmath>

#include <gmock/gmock.h>

#include "run_text.h"

namespace runrate {
namespace {

Result run_months(std::string const& features, std::string const& workflow, std::string const& option,
                  std::string const& more = {}) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: terms\ncalendar: {start: 2026-01, months: 2}\nscales: {by: [1]}\n"
        "features: {" +
        features + "}\nworkflows: {ask: " + workflow + "}\noptions: {one: " + option + "}\n" + more;
    StudySettings settings;
    settings.worlds = 64;
    return run(*load_text(yaml).scenario, settings).result;
}

double month(Result const& r, std::string const& period = "2026-01") {
    return dollars(cost_of(r, "one", 1, period).mean);
}

double line(Result const& r, std::string const& name, std::string const& period = "2026-01") {
    for (auto const& row : r.cost_lines) {
        if (row.line == name && row.period == period) return dollars(row.mean);
    }
    return 0;
}

std::string const sessions = "chat: {traffic: {sessions: 1000 per month}, session: {turns: 2, turn: ask}}";

TEST(LengthTier, ReachesTheBillOfTheLongPromptsAlone) {
    auto const r = run_months(sessions, "{steps: [{call: writer, user: 120k tokens, output: 1000 tokens}]}",
                              "{serve: {default: test/tiered}}");
    // Two turns of 120,000 and 241,000 tokens in, 1,000 out; the first prompt is still cached, and costs as input.
    EXPECT_DOUBLE_EQ(line(r, "writer output"), 10);
    EXPECT_DOUBLE_EQ(line(r, "writer output, prompts above 200000"), 20);
    EXPECT_DOUBLE_EQ(line(r, "writer input"), 120);
    EXPECT_DOUBLE_EQ(line(r, "writer cache_read, prompts above 200000"), 240);
    EXPECT_DOUBLE_EQ(line(r, "writer input, prompts above 200000"), 242);
    EXPECT_DOUBLE_EQ(month(r), 632);
    EXPECT_DOUBLE_EQ(month(r, "2026-02"), 120 + 241 + 20);  // the vendor gave the tier up
}

TEST(LengthTier, LeavesUsageByMeterWhole) {
    auto const r = run_months(sessions, "{steps: [{call: writer, user: 120k tokens, output: 1000 tokens}]}",
                              "{serve: {default: test/tiered}}");
    double output = 0;
    int rows = 0;
    for (auto const& row : r.usage) {
        if (row.period != "horizon" || row.meter != "output") continue;
        output += row.mean.value();
        ++rows;
    }
    EXPECT_DOUBLE_EQ(output, 4e6);
    EXPECT_EQ(rows, 1);
}

TEST(LengthTier, SharedPrefixesAreMissedInTheTierOfTheirPrompt) {
    // One session a month: its system prompt is never alive, so its first call reads nothing, in either tier.
    auto const r = run_months("chat: {traffic: {sessions: 1 per month, gaps_cv: 0}, session: {turn: ask}}",
                              "{context: {system: 201k tokens}, steps: [{call: writer, output: 1000 tokens}]}",
                              "{serve: {default: test/tiered}}");
    EXPECT_NEAR(line(r, "writer input, prompts above 200000"), 0.402, 1e-4);
    EXPECT_NEAR(line(r, "writer cache_read, prompts above 200000"), 0, 1e-4);
}

std::string const small = "{steps: [{call: writer, user: 1000 tokens, output: 400 tokens}]}";
std::string const terms = "{serve: {default: test/terms}}";

std::string chat(std::string const& more = {}) {
    return "chat: {traffic: {sessions: 1000 per month}, session: {turn: ask" + more + "}}";
}

/// One job of 1,000 items a day, in a month of 31 days.
std::string jobs(std::string const& at, std::string const& more = {}) {
    return "tag: {traffic: {jobs: {every: day, at: \"" + at + "\", items: 1000}}, item: {workflow: ask" + more + "}}";
}

std::vector<std::string> codes(Result const& r) {
    std::vector<std::string> all;
    for (auto const& w : r.warnings) all.push_back(w.code);
    return all;
}

TEST(Hours, MultiplyTokensByTheShareOfSessionsThatStartInThem) {
    // $0.005 of tokens and a fee of $0.01; three times the tokens' price in half of the hours.
    EXPECT_DOUBLE_EQ(month(run_months(chat(), small, terms)), 10 + 10);
    EXPECT_DOUBLE_EQ(month(run_months(jobs("07:59"), small, terms)), 31 * (5 + 10));
    EXPECT_DOUBLE_EQ(month(run_months(jobs("08:00"), small, terms)), 31 * (15 + 10));
    EXPECT_DOUBLE_EQ(month(run_months(jobs("19:59"), small, terms)), 31 * (15 + 10));
    EXPECT_DOUBLE_EQ(month(run_months(jobs("20:00"), small, terms)), 31 * (5 + 10));
}

TEST(Hours, AreInUtc) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: terms\ncalendar: {start: 2026-01, months: 2, utc_offset: \"+02:00\"}\n"
        "scales: {by: [1]}\nfeatures: {" +
        jobs("09:00") + "}\nworkflows: {ask: " + small + "}\noptions: {one: " + terms + "}\n";
    StudySettings settings;
    settings.worlds = 64;
    EXPECT_DOUBLE_EQ(month(run(*load_text(yaml).scenario, settings).result), 31 * (5 + 10));
}

TEST(Lane, OfABatchCostsHalfAndWarnsOfAnEarlyDeadline) {
    auto const r = run_months(jobs("02:00", ", lane: batch, deadline: 6 h"), small, terms);
    EXPECT_DOUBLE_EQ(month(r), 31 * (2.5 + 10));
    EXPECT_THAT(codes(r), testing::Contains("lane.deadline"));
    EXPECT_THAT(codes(run_months(jobs("02:00", ", lane: batch, deadline: 24 h"), small, terms)),
                testing::Not(testing::Contains("lane.deadline")));
}

TEST(Lane, OfPriorityHasRatesOfItsOwn) {
    EXPECT_DOUBLE_EQ(month(run_months(chat(", lane: priority"), small, terms)), (2 + 12) + 10);  // at all hours
}

TEST(Lane, ThatAModelIsNotSoldInCostsStandardAndIsSaid) {
    auto const r = run_months(chat(", lane: flex"), small, terms);
    EXPECT_DOUBLE_EQ(month(r), 10 + 10);
    EXPECT_THAT(codes(r), testing::Contains("lane.unsold"));
}

TEST(Lane, OfABatchReadsCachesOnlyWhenAsked) {
    auto const cached = "{context: {system: 10k tokens}, steps: [{call: writer, output: 400 tokens}]}";
    EXPECT_DOUBLE_EQ(line(run_months(jobs("02:00", ", lane: batch"), cached, terms), "writer cache_read"), 0);
    auto const asked = run_months(jobs("02:00", ", lane: batch, cache: yes"), cached, terms);
    EXPECT_NEAR(line(asked, "writer cache_read"), 31 * 0.999 * 0.5, 1e-9);  // all but the first item of a day
}

TEST(Region, MultipliesTokensAndNoFees) {
    auto const r = run_months(chat(), small, terms, "plan: {test: {region: us}}\n");
    EXPECT_DOUBLE_EQ(month(r), 11 + 10);
    auto const of_option = run_months(chat(), small, terms, "plan: {one: {region: {test: us}}}\n");
    EXPECT_DOUBLE_EQ(month(of_option), 11 + 10);
}

std::string const plain = "{serve: {default: test/plain}}";  // $0.009 a session

TEST(Contract, OfAFlatDiscountIsExactWhateverTheChance) {
    auto const r = run_months(chat(), small, plain, "plan: {test: {contract: {discount: 12%}}}\n");
    EXPECT_DOUBLE_EQ(month(r), 7.92);
    EXPECT_DOUBLE_EQ(line(r, "test discount"), -1.08);
}

TEST(Contract, CreditsAndDiscountsOnTokensReachTheBill) {
    auto const r = run_months(jobs("02:00"), small, terms,
                              "plan: {test: {contract: {discount: 10%, on: tokens}, credits: $600 until 2026-01}}\n");
    // 31 x $15, of which $5 of tokens: $449.50 after the discount, all paid by credits; the rest expires.
    EXPECT_DOUBLE_EQ(line(r, "test discount"), -15.5);
    EXPECT_DOUBLE_EQ(line(r, "test credits"), -449.5);
    EXPECT_DOUBLE_EQ(month(r), 0);
    EXPECT_DOUBLE_EQ(month(r, "2026-02"), 28 * 14.5);
}

TEST(Contract, ShortfallIsTheMeanOfWhatIsMissingNotWhatIsMissingInTheMean) {
    // 1,000 sessions by gaps of cv 6: the bill is near normal with sd 19 % around the commitment.
    auto const r =
        run_months("chat: {traffic: {sessions: 1000 per month, gaps_cv: 6, day_to_day: 0%}, session: {turn: ask}}",
                   small, plain, "plan: {test: {contract: {commitment: $9 per month}}}\n");
    double const missing = line(r, "test shortfall");
    double const expected = 9 * 6 / std::sqrt(1000.0) / std::sqrt(2 * 3.14159265);  // sd / sqrt(2 pi)
    EXPECT_NEAR(missing, expected, 0.35 * expected);  // 64 draws: three standard errors are 31 %
    EXPECT_DOUBLE_EQ(month(r), 9 + missing);
}

Result with_a_yearly_commitment(std::string const& feature) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: terms\ncalendar: {start: 2026-01, months: 12}\nscales: {by: [1]}\n"
        "features: {" +
        feature + "}\nworkflows: {ask: " + small + "}\noptions: {one: " + plain +
        "}\nplan: {test: {contract: {commitment: $12k per year}}}\n";
    StudySettings settings;
    settings.worlds = 64;
    return run(*load_text(yaml).scenario, settings).result;
}

TEST(Contract, OfAYearOwesWhatTheYearIsShortOf) {
    auto const r = with_a_yearly_commitment(jobs("02:00"));  // $9 a day
    EXPECT_DOUBLE_EQ(line(r, "test shortfall", "2026-11"), 0);
    EXPECT_DOUBLE_EQ(line(r, "test shortfall", "2026-12"), 12'000 - 365 * 9);
    EXPECT_DOUBLE_EQ(month(r, "horizon"), 12'000);
    EXPECT_EQ(r.plan.at(0).unit, "$ per year");
}

TEST(Contract, OfMuchMoreThanTheBillIsNoNoisierThanTheBill) {
    auto const r = with_a_yearly_commitment(chat());  // $108 a year, drawn within some percent
    EXPECT_NEAR(month(r, "horizon"), 12'000, 2);
    EXPECT_LT(dollars(cost_of(r, "one", 1, "horizon").se), 2);
}

TEST(Contract, ShortfallIsAMinimumAndAFlatDiscountNoCauseOfItsOwn) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: terms\ncalendar: {start: 2026-01, months: 1}\nscales: {by: [1, 10]}\n"
        "features: {" +
        jobs("02:00") + "}\nworkflows: {ask: " + small + "}\noptions: {one: " + plain +
        "}\nplan: {test: {contract: {discount: 10%, commitment: $1000 per month}}}\n";
    StudySettings settings;
    settings.worlds = 64;
    auto const r = run(*load_text(yaml).scenario, settings).result;
    // $279 a month at 1x, $251.10 after the discount: $748.90 are missing, ten times that at 10x taken as linear.
    for (auto const& row : r.nonlinearity) {
        if (row.scale != 10 || row.period != "2026-01") continue;
        if (row.cause == "minimum") { EXPECT_DOUBLE_EQ(dollars(row.amount), -7489); }
        if (row.cause == "tier") { EXPECT_DOUBLE_EQ(dollars(row.amount), 0); }
    }
}

TEST(Contract, IsBorneByTheFeaturesThatUseItsVendor) {
    // Two features of equal bills, one of each vendor; a third of the vendor's bill is taken off.
    auto const yaml =
        "schema: runrate/scenario/1\nname: terms\ncalendar: {start: 2026-01, months: 1}\nscales: {by: [1]}\n"
        "features:\n  a: {traffic: {sessions: 1000 per month}, session: {turn: ask}}\n"
        "  b: {traffic: {sessions: 1000 per month}, session: {turn: tell}}\n"
        "workflows: {ask: {steps: [{call: one, user: 1000 tokens, output: 400 tokens}]},\n"
        "  tell: {steps: [{call: two, user: 1000 tokens, output: 400 tokens}]}}\n"
        "options: {one: {serve: {one: test/plain, two: other/plain}}}\n"
        "plan: {test: {contract: {discount: 33%}}}\n";
    StudySettings settings;
    settings.worlds = 64;
    auto const r = run(*load_text(yaml).scenario, settings).result;
    auto const unit = [&](std::string const& feature) {
        for (auto const& row : r.unit_costs) {
            if (row.feature == feature && row.unit == "session" && row.period == "2026-01") return dollars(row.mean);
        }
        return 0.0;
    };
    double of_a = 0;
    for (auto const& row : r.cost_lines) of_a += row.feature == "a" && row.period == "2026-01" ? dollars(row.mean) : 0;
    EXPECT_DOUBLE_EQ(unit("a"), 0.009 * 0.67);
    EXPECT_DOUBLE_EQ(unit("b"), 0.009);
    EXPECT_NEAR(of_a, 9 * 0.67, 1e-6);
}

TEST(Contract, LeavesWhatItStillOwesAsALiability) {
    auto const r = run_months(jobs("02:00"), small, plain,
                              "plan: {test: {contract: {commitment: $1000 per month, until: 2026-05}}}\n");
    ASSERT_EQ(r.liabilities.size(), 1U);
    EXPECT_EQ(r.liabilities[0].item, "test commitment");
    EXPECT_EQ(r.liabilities[0].until, "2026-05");
    EXPECT_DOUBLE_EQ(dollars(r.liabilities[0].amount), 3000);
    ASSERT_EQ(r.plan.size(), 1U);
    EXPECT_EQ(r.plan[0].item, "test commitment");
    EXPECT_EQ(r.plan[0].value, "1000");
}

TEST(Contract, OfTiersMakesTheScalesUnequalAndSaysSo) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: terms\ncalendar: {start: 2026-01, months: 1}\nscales: {by: [1, 10]}\n"
        "features: {" +
        jobs("02:00") + "}\nworkflows: {ask: " + small + "}\noptions: {one: " + plain +
        "}\n"
        "plan: {one: {contract: {vendor: test, tiers: [{above: $1k per month, discount: 10%}]}}}\n";
    StudySettings settings;
    settings.worlds = 64;
    auto const r = run(*load_text(yaml).scenario, settings).result;
    EXPECT_DOUBLE_EQ(dollars(cost_of(r, "one", 1, "2026-01").mean), 279);
    EXPECT_DOUBLE_EQ(dollars(cost_of(r, "one", 10, "2026-01").mean), 2790 * 0.9);
    double sum = 0;
    for (auto const& row : r.nonlinearity) {
        if (row.scale != 10 || row.period != "2026-01") continue;
        sum += dollars(row.amount);
        if (row.cause == "tier") { EXPECT_DOUBLE_EQ(dollars(row.amount), -279); }
    }
    EXPECT_DOUBLE_EQ(sum, 2790 * 0.9);
}

TEST(Plan, OfAllOptionsFillsWhatTheOptionsOwnLeavesOut) {
    auto const r = run_months(chat(), small, "{serve: {default: test/plain}}",
                              "plan: {test: {contract: {discount: 50%}}, one: {credits: {test: $1}}}\n");
    EXPECT_DOUBLE_EQ(month(r), 9.0 / 2 - 1);
}

TEST(Credits, PayNoMoreThanWasGranted) {
    // Chance moves the months, the credit stays what it is.
    auto const r =
        run_months("chat: {traffic: {sessions: 1000 per month, day_to_day: 60%, gaps_cv: 3}, session: {turn: ask}}",
                   small, "{serve: {default: test/plain}}", "plan: {test: {credits: $12}}\n");
    EXPECT_DOUBLE_EQ(line(r, "test credits", "horizon"), -12);
}

TEST(Commitment, ThatIsOwedEndsWithItsYear) {
    auto const r = run_months(chat(), small, "{serve: {default: test/plain}}",
                              "plan: {test: {contract: {commitment: $1200 per year}}}\n");
    ASSERT_EQ(r.liabilities.size(), 1u);
    EXPECT_EQ(r.liabilities[0].until, "2026-12");
    EXPECT_THAT(codes(r), testing::Contains("commitment.owed"));
}

TEST(Targets, HaveFromTheirVendorWhatTheyDoNotState) {
    auto const harmed = [](std::string const& more) {
        auto const r = run_months(chat(), small, "{serve: {default: test/plain}}",
                                  "targets: {\"*\": {errors: 50%}" + more + "}\n");
        for (auto const& row : r.usage) {
            if (row.meter == "harmed_sessions" && row.period == "horizon") return *row.mean;
        }
        return 0.0;
    };
    double const all = harmed("");
    EXPECT_GT(all, 800);
    EXPECT_EQ(harmed(", test/*: {timeout: 60 s}, test/plain: {speed: 10 tokens/s}"), all);
    EXPECT_EQ(harmed(", test/plain: {errors: 0%}"), 0);
}

}  // namespace
}  // namespace runrate
