#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

#include "runrate/price_book.h"

namespace runrate {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::sys_days today{2026y / 8 / 1};

PriceBook const& book() {
    static auto const loaded = load_price_books({std::string{RUNRATE_SOURCE_DIR} + "/tests/billing/data/terms.yaml"});
    return *loaded;
}

double dollars(ModelUsage const& usage, std::chrono::sys_days day = today) {
    return static_cast<double>(bill(usage, book(), day).nano_usd) * 1e-9;
}

ModelUsage sonnet() { return {.model = "anthropic/claude-sonnet-4-6"}; }

ModelUsage gemini(std::int64_t prompt) { return {.model = "google/gemini-2.5-pro", .input = prompt}; }

/// A turn of the articles: 500 tokens in, 500 out.
ModelUsage turn() {
    auto usage = sonnet();
    usage.input = usage.output = 500;
    return usage;
}

TEST(Bill, DividesAPromptIntoReadsWritesAndTheRest) {
    auto usage = sonnet();
    usage.cache_read = 8000;
    usage.cache_write = 1000;
    usage.input = 1000;
    usage.output = 400;
    auto const total = bill(usage, book(), today);
    EXPECT_EQ(total.nano_usd, 15'150'000);  // 0.0024 + 0.00375 + 0.003 + 0.006
    ASSERT_EQ(total.meters.size(), 4U);
    EXPECT_EQ(total.meters[1].meter, "cache_read");
    EXPECT_EQ(total.meters[1].nano_usd, 2'400'000);
}

TEST(Bill, PricesAWholeRequestByTheLengthOfItsPrompt) {
    EXPECT_EQ(bill(gemini(200'000), book(), today).nano_usd, 250'000'000);
    EXPECT_EQ(bill(gemini(200'001), book(), today).nano_usd, 500'002'500);
    auto cached = gemini(1);
    cached.cache_read = 200'000;  // cached tokens count towards the length
    EXPECT_EQ(bill(cached, book(), today).nano_usd, 50'002'500);
    auto output = gemini(200'001);
    output.output = 1'000'000;
    EXPECT_EQ(bill(output, book(), today).nano_usd, 500'002'500 + 15'000'000'000);
    auto batch = gemini(200'001);
    batch.lane = "batch";
    EXPECT_EQ(bill(batch, book(), today).nano_usd, 250'001'250);
}

TEST(Bill, TakesRequestsOfOneClassTogether) {
    auto many = gemini(300'000);
    many.requests = 3;  // 100k tokens each
    EXPECT_EQ(bill(many, book(), today).nano_usd, 375'000'000);
    many.prompt_of_each = 250'000;
    EXPECT_EQ(bill(many, book(), today).nano_usd, 750'000'000);
}

TEST(Bill, KnowsBatchAndResidency) {
    auto usage = turn();
    EXPECT_EQ(bill(usage, book(), today).nano_usd, 9'000'000);
    usage.lane = "batch";
    EXPECT_EQ(bill(usage, book(), today).nano_usd, 4'500'000);
    usage.lane = "standard";
    usage.region = "us";
    EXPECT_EQ(bill(usage, book(), today).nano_usd, 9'900'000);
}

TEST(Bill, KnowsFlexAndPriority) {
    ModelUsage usage{.model = "openai/gpt-5", .input = 1'000'000, .cache_read = 1'000'000, .output = 1'000'000};
    EXPECT_DOUBLE_EQ(dollars(usage), 11.375);
    usage.lane = "flex";
    EXPECT_DOUBLE_EQ(dollars(usage), 5.6875);
    usage.lane = "priority";
    EXPECT_DOUBLE_EQ(dollars(usage), 22.75);
}

TEST(Bill, KnowsTheHourOfTheDay) {
    ModelUsage usage{.model = "deepseek/chat-2025", .input = 1'000'000};
    EXPECT_DOUBLE_EQ(dollars(usage), 0.27);
    auto const at = [&](int minute) {
        usage.utc_minute = minute;
        return dollars(usage);
    };
    EXPECT_DOUBLE_EQ(at(16 * 60 + 29), 0.27);
    EXPECT_DOUBLE_EQ(at(16 * 60 + 30), 0.135);
    EXPECT_DOUBLE_EQ(at(23 * 60), 0.135);
    EXPECT_DOUBLE_EQ(at(29), 0.135);
    EXPECT_DOUBLE_EQ(at(30), 0.27);
}

/// 2.5 Pro: $4.50 per million token-hours against 1.25 - 0.125 that a read saves, so four reads an hour pay for it.
TEST(Bill, OfACacheThatIsKeptBreaksEvenAtFourReadsAnHour) {
    auto const paid = [](std::int64_t reads, bool kept) {
        ModelUsage usage{.model = "google/gemini-2.5-pro", .requests = reads};
        (kept ? usage.cache_read : usage.input) = 100'000 * reads;
        usage.cache_token_hours = kept ? 100'000 : 0;
        return bill(usage, book(), today).nano_usd;
    };
    EXPECT_EQ(paid(4, true), 500'000'000);
    EXPECT_EQ(paid(4, false), 500'000'000);
    EXPECT_EQ(paid(3, true) - paid(3, false), 112'500'000);
    EXPECT_EQ(paid(5, true) - paid(5, false), -112'500'000);
}

TEST(Bill, OfStorageIsTheSameInEveryLaneRegionAndTier) {
    auto usage = gemini(300'000);
    usage.lane = "batch";
    usage.cache_token_hours = 1'000'000;
    auto const total = bill(usage, book(), today);
    ASSERT_EQ(total.meters.size(), 2U);
    EXPECT_EQ(total.meters[1].meter, "cache_storage");
    EXPECT_EQ(total.meters[1].quantity, 1'000'000);
    EXPECT_EQ(total.meters[1].nano_usd, 4'500'000'000);
}

TEST(Bill, LeavesFeesAsTheyAre) {
    ModelUsage usage{.model = "vendor/fees", .requests = 100, .input = 1'000'000, .searches = 50, .region = "eu"};
    EXPECT_DOUBLE_EQ(dollars(usage), 2.2 + 1 + 0.1);
}

TEST(Bill, OfTheArticlesBlends) {
    // An agent at 100:1 with 90 % reads, and a chat at 3:1, per million tokens.
    auto agent = sonnet();
    agent.cache_write = 10'000'000;
    agent.cache_read = 90'000'000;
    agent.output = 1'000'000;
    agent.requests = 10'000;
    EXPECT_EQ(bill(agent, book(), today).nano_usd, 79'500'000'000);  // 37.5 + 27 + 15
    EXPECT_NEAR(dollars(agent) / 101, 0.787, 0.0005);
    auto chat = sonnet();
    chat.input = 3'000'000;
    chat.output = 1'000'000;
    EXPECT_DOUBLE_EQ(dollars(chat) / 4, 6);
}

TEST(Bill, SaysThatAPriceIsBackdated) {
    EXPECT_FALSE(bill(turn(), book(), today).backdated);
    EXPECT_TRUE(bill(turn(), book(), std::chrono::sys_days{2026y / 3 / 12}).backdated);
}

std::string said_of(ModelUsage const& usage) {
    try {
        bill(usage, book(), today);
    } catch (std::invalid_argument const& e) { return e.what(); }
    return "";
}

TEST(Bill, RefusesWhatIsNotSold) {
    EXPECT_EQ(said_of({.model = "acme/none"}), "no price book prices 'acme/none'");
    EXPECT_EQ(said_of({.model = "openai/gpt-5", .lane = "batch"}), "'openai/gpt-5' is not sold in the lane 'batch'");
    EXPECT_EQ(said_of({.model = "openai/gpt-5", .lane = "fast"}),
              "unknown lane 'fast' (standard, batch, flex, priority)");
    EXPECT_EQ(said_of({.model = "openai/gpt-5", .region = "us"}), "'openai/gpt-5' is not sold in the region 'us'");
    EXPECT_EQ(said_of({.model = "openai/gpt-5", .input = -1}), "a quantity is negative");
}

TEST(LoadPriceBooks, NamesEveryMistake) {
    try {
        load_price_books({"no-such-file.yaml", "neither-this.yaml"});
        FAIL();
    } catch (std::runtime_error const& e) {
        EXPECT_EQ(std::string{e.what()},
                  "no-such-file.yaml: error: cannot read the price book (no such file)\n"
                  "neither-this.yaml: error: cannot read the price book (no such file)\n");
    }
}

}  // namespace
}  // namespace runrate
