#include "benchmark/rules.h"

#include "support.h"

namespace runrate {
namespace {

Measurement row(double concurrency, double ttft_s, double tpot_s) {
    Measurement m;
    m.where = "c" + std::to_string(static_cast<int>(concurrency));
    m.setup.model = "m";
    m.concurrency = concurrency;
    m.prompt_tokens = 1000;
    m.output_tokens = 101;
    m.ttft_s = ttft_s;
    m.tpot_s = tpot_s;
    return m;
}

/// Names of the rows that are left.
std::string left(Benchmarks const& b) {
    std::string text;
    for (auto const& m : b.rows) text += m.where + " ";
    return text;
}

TEST(BenchmarkRules, EqualLatenciesOfASetupAreOneMeasurement) {
    Benchmarks b;
    b.rows = {row(1, 0.1, 0.01), row(2, 0.1, 0.01), row(4, 0.1, 0.011), row(8, 0.1, 0.01)};
    b.rows[3].setup.model = "other";
    drop_duplicates(b);
    EXPECT_EQ(left(b), "c1 c4 c8 ");
    EXPECT_EQ(rules_of(b), "the same latencies as another row of its setup\n");
    EXPECT_EQ(b.skipped[0].detail, "c1");
}

TEST(BenchmarkRules, RowsWithThroughputAloneAreNoDuplicates) {
    Benchmarks b;
    b.rows = {row(1, 0.1, 0.01), row(2, 0.1, 0.01)};
    for (auto& m : b.rows) m.ttft_s = m.tpot_s = std::nullopt;
    drop_duplicates(b);
    EXPECT_EQ(left(b), "c1 c2 ");
}

TEST(BenchmarkRules, TheNewestRowOfACellStays) {
    Benchmarks b;
    b.rows = {row(1, 0.1, 0.01), row(1, 0.1, 0.02), row(1, 0.1, 0.03), row(2, 0.1, 0.01)};
    b.rows[0].date = "2025-01-01", b.rows[1].date = "2025-03-01", b.rows[2].date = "2025-02-01";
    keep_newest(b);
    ASSERT_EQ(b.rows.size(), 2U);
    EXPECT_EQ(b.rows[0].tpot_s, 0.02);
    EXPECT_EQ(rules_of(b), "a newer row of its cell\na newer row of its cell\n");
}

TEST(BenchmarkRules, RepetitionsOfADayAllStay) {
    Benchmarks b;
    b.rows = {row(1, 0.1, 0.01), row(1, 0.1, 0.02)};
    keep_newest(b);
    EXPECT_EQ(b.rows.size(), 2U);
}

TEST(BenchmarkRules, ACappedBatchIsTheHigherRow) {
    Benchmarks b;
    b.rows = {row(512, 40, 0.02), row(128, 0.5, 0.025), row(64, 0.3, 0.018)};
    drop_falling_tpot(b);
    EXPECT_EQ(left(b), "c128 c64 ");
    EXPECT_EQ(rules_of(b), "TPOT falls by more than 12 % as concurrency grows\n");
    EXPECT_EQ(b.skipped[0].detail, "25 ms at 128, 20 ms at 512");
}

TEST(BenchmarkRules, AnOutlierIsTheLowerRow) {
    Benchmarks b;
    b.rows = {row(1, 0.1, 0.010), row(2, 0.1, 0.015), row(4, 0.1, 0.011), row(8, 0.1, 0.012)};
    drop_falling_tpot(b);
    EXPECT_EQ(left(b), "c1 c4 c8 ");
    b.rows = {row(1, 0.1, 0.010), row(2, 0.1, 0.030), row(4, 0.1, 0.011)};
    drop_falling_tpot(b);
    EXPECT_EQ(left(b), "c1 c4 ");
}

TEST(BenchmarkRules, ASmallFallOrAnotherShapeIsLeft) {
    Benchmarks b;
    b.rows = {row(1, 0.1, 0.010), row(2, 0.1, 0.009), row(4, 0.1, 0.001)};
    b.rows[2].prompt_tokens = 10;
    drop_falling_tpot(b);
    EXPECT_EQ(b.rows.size(), 3U);
}

TEST(BenchmarkRules, ARowWhoseBatchWasCappedIsNotOfItsConcurrency) {
    Benchmarks b;
    b.rows = {row(32, 0.5, 0.030), row(64, 1, 0.049), row(512, 60, 0.050), row(128, 1.2, 0.050)};
    drop_capped_batches(b);
    EXPECT_EQ(left(b), "c32 c64 c128 ");  // without a queue a flat TPOT is a fast engine
    EXPECT_EQ(rules_of(b), "the engine capped its batch below the concurrency\n");
    b.rows = {row(64, 1, 0.04), row(512, 60, 0.05)};
    drop_capped_batches(b);
    EXPECT_EQ(b.rows.size(), 2U);  // it grew: the queue is for KV cache
}

TEST(BenchmarkRules, RowsThatContradictEachOtherAreNotBelieved) {
    Benchmarks b;
    b.rows = {row(16, 0.1, 0.037), row(16, 0.1, 0.370), row(16, 0.1, 0.0037), row(8, 0.1, 0.03)};
    drop_contradictions(b);
    EXPECT_EQ(left(b), "c16 c8 ");
    EXPECT_EQ(b.rows[0].tpot_s, 0.037);
    EXPECT_EQ(b.skipped[0].rule, "contradicts another row of the same load");
    b.rows = {row(16, 0.1, 0.01), row(16, 0.1, 0.03)};
    drop_contradictions(b);
    EXPECT_TRUE(b.rows.empty());  // nobody knows which
    b.rows = {row(16, 0.1, 0.01), row(16, 0.1, 0.018)};
    drop_contradictions(b);
    EXPECT_EQ(b.rows.size(), 2U);
}

TEST(BenchmarkRules, NoTokenIsFasterThanReadingItsWeights) {
    Benchmarks b;
    b.rows = {row(1, 0.1, 0.0037), row(2, 0.1, 0.0175), row(4, 0.1, 0.02)};
    drop_faster_than_memory(b, [](runrate::Setup const&) { return std::optional{SetupFacts{8e9, 1e15, 0.0186}}; });
    EXPECT_EQ(left(b), "c2 c4 ");
    EXPECT_EQ(b.skipped[0].detail, "3.7 ms, 18.6 ms to read");
}

TEST(BenchmarkRules, AQueueTakesTheTtftAlone) {
    Benchmarks b;
    b.rows = {row(512, 60, 0.05), row(256, 7.9, 0.05), row(128, 9, 0.2)};
    drop_queued_ttft(b);
    ASSERT_EQ(b.rows.size(), 3U);
    EXPECT_FALSE(b.rows[0].ttft_s);
    EXPECT_EQ(b.rows[0].tpot_s, 0.05);
    EXPECT_TRUE(b.rows[1].ttft_s);
    EXPECT_TRUE(b.rows[2].ttft_s);
    EXPECT_EQ(rules_of(b), "TTFT alone: a queue in front of a full KV cache\n");
    EXPECT_EQ(b.skipped[0].detail, "60 s at 50 ms a token");
}

TEST(BenchmarkRules, WorkBeyondThePeakWasNotDone) {
    // 100 in flight for 1 s each: 100 requests/s of 1101 tokens at 2 x 1e9 FLOP are 220 TFLOP/s.
    Benchmarks b;
    b.rows = {row(100, 0.5, 0.005), row(10, 0.5, 0.005)};
    auto const facts = [](runrate::Setup const&) { return std::optional{SetupFacts{1e9, 280e12}}; };
    drop_beyond_peak(b, facts);
    EXPECT_EQ(left(b), "c10 ");
    EXPECT_EQ(b.skipped[0].rule, "more than 75 % of peak FLOP/s");
    EXPECT_EQ(b.skipped[0].detail, "79 %");
    b.rows = {row(100, 0.5, 0.005)};
    drop_beyond_peak(b, [](runrate::Setup const&) { return std::optional<SetupFacts>{}; });
    drop_beyond_peak(b, {});
    EXPECT_EQ(b.rows.size(), 1U);
}

TEST(BenchmarkRules, TogetherTheyNameWhatTheySkip) {
    Benchmarks b;
    b.rows = {row(1, 0.1, 0.01), row(1, 0.1, 0.01), row(512, 60, 0.05)};
    apply_general_rules(b, {});
    EXPECT_EQ(left(b), "c1 c512 ");
    EXPECT_EQ(rules_of(b),
              "the same latencies as another row of its setup\nTTFT alone: a queue in front of a full KV cache\n");
}

TEST(BenchmarkRules, NothingIsNoTrouble) {
    Benchmarks b;
    apply_general_rules(b, {});
    EXPECT_TRUE(b.rows.empty());
}

}  // namespace
}  // namespace runrate
