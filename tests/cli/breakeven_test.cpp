#include "cli/engine_support.h"

namespace runrate {
namespace {

/// Equal options, and one that costs less a call and has somebody to run it.
std::string const& options_text() {
    static std::string const text = R"(schema: runrate/scenario/1
name: chat
calendar: {start: 2026-01, months: 2}
features:
  chat:
    traffic: {sessions: 1000 per month}
    session: {turn: ask}
workflows:
  ask: {steps: [{call: answerer, user: 1000 tokens, output: 400 tokens}]}
options:
  large: {serve: {default: anthropic/claude-sonnet-4-5}}
  same: {like: large}
  small: {serve: {default: openai/gpt-5-mini}, staff: 0.01 FTE}
costs: {staff: {rate: $120k per year}}
)";
    return text;
}

Words const few{"--worlds", "64", "--range", "0.1x:1000x", "--points", "25", "--format", "json"};

TEST(BreakevenVerb, OfAFixedCostAndACheaperCallIsTheirQuotient) {
    auto const file = file_of("fixed.yaml", options_text());
    auto const json = json_of(run_cli(with({"breakeven", file, "--challenger", "small"}, few)));
    auto const row = json["breakeven"][0];
    EXPECT_EQ(row["baseline"], "large");
    EXPECT_EQ(row["status"], "crosses");
    // $100 a month of staff against what 1,000 sessions cost less: $9 at $3 and $15 against $1.05 at $0.25 and $2.
    double const less = (1000 * 3 + 400 * 15 - 1000 * 0.25 - 400 * 2) * 1e-6;
    EXPECT_NEAR(row["safe50_sessions"], 100 / less, 0.01 * 100 / less);
    EXPECT_NEAR(row["world_p50"], 100 / less, 0.01 * 100 / less);
    EXPECT_EQ(row["tokens_per_session"], 1400);
    EXPECT_NEAR(json["breakeven_intervals"][0]["from"].get<double>() * 1000, 100 / less, 0.01 * 100 / less);
    EXPECT_NEAR(row["regret_challenger"], 12 * (100 - 1000 * less), 0.05);
    EXPECT_EQ(row["regret_baseline"], 0);
}

TEST(BreakevenVerb, BetweenEqualOptionsIsZeroEverywhere) {
    auto const file = file_of("equal.yaml", options_text());
    auto const json = json_of(run_cli(with({"breakeven", file, "--challenger", "same"}, few)));
    EXPECT_EQ(json["breakeven"][0]["status"], "always");
    for (auto const& row : json["breakeven_curve"]) {
        EXPECT_EQ(row["cost_baseline"], row["cost_challenger"]);
        EXPECT_EQ(row["p_cheaper"], 1);
    }
}

TEST(BreakevenVerb, TurnsRoundWithItsBaseline) {
    auto const file = file_of("round.yaml", options_text());
    auto const json = json_of(run_cli(with({"breakeven", file, "--baseline", "small", "--challenger", "large"}, few)));
    EXPECT_EQ(json["breakeven"][0]["baseline"], "small");
    EXPECT_EQ(json["breakeven"][0]["status"], "never");
    EXPECT_EQ(json["breakeven_intervals"][0]["cheaper"], "large");
    EXPECT_EQ(json["breakeven_intervals"][0]["from"], 0.1);
}

TEST(BreakevenVerb, PrintsAScreenAndACurve) {
    auto const file = file_of("screen.yaml", options_text());
    Words const less{"--worlds", "64", "--points", "5"};
    auto const out = run_cli(with({"breakeven", file}, less)).out;
    EXPECT_THAT(out, HasSubstr("small against large, as bought"));
    EXPECT_THAT(out, HasSubstr("same against large, with what failed sessions cost"));
    EXPECT_THAT(out, HasSubstr("P(cheaper)"));
    EXPECT_THAT(run_cli(with(with({"breakeven", file}, less), {"--format", "csv"})).out,
                StartsWith("baseline,challenger,quality,mix,multiplier,"));
    auto const page = run_cli(with(with({"breakeven", file}, less), {"--format", "markdown"})).out;
    EXPECT_THAT(page, StartsWith("# chat\n"));
    EXPECT_THAT(page, HasSubstr("\n## small against large, as bought: means of a month\n"));
    EXPECT_THAT(page, HasSubstr("- Not modelled: own GPUs"));
}

TEST(BreakevenVerb, TakesFromTheScenarioWhatIsNotNamed) {
    auto const file = file_of("compare.yaml",
                              options_text() + "compare: {baseline: small, challengers: [large], range: 1x to 20x}\n");
    Words const json{"--worlds", "64", "--format", "json"};
    auto const stated = json_of(run_cli(with({"breakeven", file}, json)));
    ASSERT_EQ(stated["breakeven"].size(), 2U);
    EXPECT_EQ(stated["breakeven"][0]["baseline"], "small");
    EXPECT_EQ(stated["breakeven"][0]["challenger"], "large");
    EXPECT_EQ(stated["breakeven"][0]["range_to"], 20);
    auto const named = json_of(
        run_cli(with({"breakeven", file, "--baseline", "large", "--challenger", "small", "--range", "2x:4x"}, json)));
    EXPECT_EQ(named["breakeven"][0]["challenger"], "small");
    EXPECT_EQ(named["breakeven"][0]["range_from"], 2);
    // Where nobody is left that the scenario names, all others are held against the baseline.
    auto const all = json_of(run_cli(with({"breakeven", file, "--baseline", "large"}, json)));
    EXPECT_EQ(all["breakeven"].size(), 4U);
    EXPECT_EQ(all["breakeven"][0]["baseline"], "large");
}

TEST(BreakevenVerb, SaysWhatARunSays) {
    auto const file = file_of("run.yaml", options_text() + "compare: {challengers: [small]}\n");
    Words const json{"--worlds", "64", "--format", "json"};
    auto const ran = json_of(run_cli(with({"run", file, "--option", "large", "--option", "small"}, json)));
    auto const said = json_of(run_cli(with({"breakeven", file}, json)));
    for (char const* table : {"breakeven", "breakeven_curve", "breakeven_intervals"})
        EXPECT_EQ(ran[table], said[table]);
    auto const screen = run_cli({"run", file, "--worlds", "64"}).out;
    EXPECT_THAT(screen, HasSubstr("Breakeven: multiples of 2026-02 from 0.1x to 300x, its mix of features"));
    EXPECT_THAT(screen, HasSubstr("small against large, as bought: cheaper in half of the worlds from"));
    EXPECT_THAT(screen, HasSubstr("P(cheaper) 0"));
}

TEST(BreakevenVerb, SaysWhereTheMixDecides) {
    auto text = options_text();
    text.replace(text.find("workflows:"), 10,
                 "  search: {traffic: {sessions: 3000 per month}, session: {turn: look}}\nworkflows:\n"
                 "  look: {steps: [{call: answerer, user: 100 tokens, output: 10 tokens}]}");
    auto const file = file_of("mixes.yaml", text);
    Words const few_points{"--worlds", "64", "--points", "9", "--challenger", "small"};
    auto const out = run_cli(with({"breakeven", file}, few_points)).out;
    EXPECT_THAT(out, HasSubstr("Depends on mix: from "));
    EXPECT_THAT(out, HasSubstr("With chat alone: cheaper in half of the worlds from"));
}

TEST(BreakevenVerb, SaysWhatIsWrong) {
    auto const file = file_of("wrong.yaml", options_text());
    auto const said = [&](Words const& more) {
        auto const ran = run_cli(with({"breakeven", file}, more));
        EXPECT_EQ(ran.code, Exit::bad_input);
        return ran.err;
    };
    EXPECT_THAT(said({"--range", "10x"}),
                HasSubstr("--range takes two volumes from 1e-9x to 1e9x such as 0.1x:300x (found '10x')"));
    EXPECT_THAT(said({"--range", "1x:1e300x"}), HasSubstr("--range takes two volumes"));
    EXPECT_THAT(said({"--range", "10x:1x"}), HasSubstr("--range rises"));
    EXPECT_THAT(said({"--points", "2"}), HasSubstr("--points takes a whole number from 3 to 101 (found '2')"));
    EXPECT_THAT(said({"--challenger", "none"}), HasSubstr("no option 'none'"));
    EXPECT_THAT(said({"--challenger", "large"}), HasSubstr("'large' is the baseline itself"));
    EXPECT_THAT(said({"--baseline", "none"}),
                HasSubstr("--baseline: the scenario has no option 'none' (large, same, small)"));
    EXPECT_THAT(said({"--table", "breakeven"}), HasSubstr("names a table of --format csv"));
}

TEST(BreakevenVerb, TakesTheWorldsThatRunTakes) {
    EXPECT_EQ(run_cli(Words{"breakeven", "-", "--worlds", "100"}, options_text()).err,
              "runrate: --worlds takes 8 groups of a power of two (128 is the next; at most 16384)\n");
}

}  // namespace
}  // namespace runrate
