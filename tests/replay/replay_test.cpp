#include "replay/option_biller.h"

#include <algorithm>
#include <iostream>

#include "support.h"

namespace runrate {
namespace {

using namespace std::chrono_literals;

std::string const columns_text = "time=t,input=in,output=out,cache_read=old,cache_write=new,reasoning=r,model=m,lane=l";
std::string const header = "t,in,out,old,new,r,m,l\n";

TraceSettings by_columns() {
    TraceSettings how;
    how.columns = parse_columns(columns_text);
    return how;
}

/// Of rows in columns_text under one option.
OptionBill billed(std::string const& rows, PriceBook const& book, ReplaySettings const& settings) {
    return replayed(header + rows, book, settings, by_columns()).options[0];
}

/// Each line as `model from above hours lane meter quantity nano`.
std::vector<std::string> texts(OptionBill const& bill) {
    std::vector<std::string> lines;
    for (auto const& l : bill.lines)
        lines.push_back(fmt::format("{} {} {} {} {} {} {} {}", l.model->id, to_string(l.row->from),
                                    l.above ? l.above->count() : 0, l.hours ? l.hours->from_minute : -1,
                                    lane_names[static_cast<std::size_t>(l.lane)],
                                    meter_names[static_cast<std::size_t>(l.meter)], l.quantity, l.amount.count()));
    return lines;
}

using Lines = std::vector<std::string>;

struct AzureTrace {
    std::string file;
    std::int64_t requests, input, output;                 ///< counted with awk
    std::int64_t long_requests, long_input, long_output;  ///< of prompts above 4,000 tokens
    std::int64_t tiered_nano;                             ///< by hand: input 1 and 3 $/M, output 2 and 5 $/M
    std::int64_t flat_nano;                               ///< by hand: input 1.25 and output 10 $/M
    std::int64_t most_requests, most_input, most_output;  ///< of one minute, counted in python
};

void PrintTo(AzureTrace const& t, std::ostream* out) { *out << t.file; }

class AzureReplay : public testing::TestWithParam<AzureTrace> {};

TEST_P(AzureReplay, HasTheTokensOfTheFileAndTheDollarsByHand) {
    auto const& known = GetParam();
    auto const path = data_path(known.file);
    if (path.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
    auto book = tiered_book();
    book.models.merge(
        book_of("  v/flat: {prices: [{" + row + "input: $1.25/M tokens, output: $10/M tokens}]}\n").models);
    Trace trace{ByteSource{path, std::cin}, {}};
    auto const r = replay(trace, book, settings_for({"v/tiered", "v/flat"}));
    EXPECT_EQ(r.trace.all.requests, known.requests);
    EXPECT_EQ(r.trace.all.prompt, known.input);
    EXPECT_EQ(r.trace.all.output, known.output);
    EXPECT_EQ(r.options[0].total.count(), known.tiered_nano);
    EXPECT_EQ(r.options[1].total.count(), known.flat_nano);
    std::int64_t above = 0;
    for (auto const& line : r.options[0].lines) {
        if (line.above) above += line.quantity;
    }
    EXPECT_EQ(above, known.long_input + known.long_output);
    ASSERT_EQ(r.peaks.size(), 3u);
    EXPECT_EQ(r.peaks[0].most, known.most_requests);
    EXPECT_EQ(r.peaks[1].most, known.most_input);
    EXPECT_EQ(r.peaks[2].most, known.most_output);
}

INSTANTIATE_TEST_SUITE_P(Traces, AzureReplay,
                         testing::Values(AzureTrace{"azure2023_conv.csv", 14'171, 16'939'802, 2'855'731, 1'501,
                                                    6'193'510, 100'298, 35'339'178'000, 49'732'062'500, 502, 710'031,
                                                    96'894},
                                         AzureTrace{"azure2023_code.csv", 7'491, 15'282'456, 206'626, 1'110, 6'683'620,
                                                    29'972, 29'152'864'000, 21'169'330'000, 585, 1'242'714, 15'716}));

TEST(Replay, TheTierIsOfEachWholeRequestCachedTokensIncluded) {
    auto const bill =
        billed("1,4000,1,0,0,0,,\n2,4001,1,4000,0,0,,\n3,10,0,0,0,0,,\n", tiered_book(), settings_for({"v/tiered"}));
    EXPECT_EQ(texts(bill), (Lines{"v/tiered 2026-01-01 0 -1 standard input 4010 4010000",
                                  "v/tiered 2026-01-01 0 -1 standard output 1 2000",
                                  "v/tiered 2026-01-01 4000 -1 standard input 1 3000",
                                  "v/tiered 2026-01-01 4000 -1 standard cache_read 4000 12000000",
                                  "v/tiered 2026-01-01 4000 -1 standard output 1 5000"}));
    EXPECT_EQ(bill.total, Money{16'020'000});
    EXPECT_EQ(bill.per_request, Money{5'340'000});
}

TEST(Replay, ALineIsRoundedOnceHoweverManyRequestsItHas) {
    auto const book = book_of("  v/m: {prices: [{" + row + "input: $0.0005/M tokens}]}\n");  // half a nano-dollar each
    std::string rows;
    for (int i = 0; i < 7; ++i) rows += "1,1,0,0,0,0,,\n";
    EXPECT_EQ(billed(rows, book, settings_for({"v/m"})).total, Money{4}) << "3.5, half to even";
}

PriceBook const& dated_book() {
    static PriceBook const book =
        book_of("  v/m: {prices: [{" + row +
                "input: $1/M tokens, batch: 0.5x, regions: {eu: 1.1x}, "
                "hours: [{from: \"22:00\", to: \"02:00\", price: 0.5x}], request: $0.01 per request},\n"
                "    {from: 2026-02-01, as_of: 2026-02-01, source: y, input: $4/M tokens, batch: 0.5x}]}\n");
    return book;
}

std::string const three_days =
    "2025-12-31 12:00:00,1000000,0,0,0,0,,\n2026-01-31 23:59:59,1000000,0,0,0,0,,\n2026-02-01 "
    "00:00:00,1000000,0,0,0,0,,\n";

TEST(Replay, PricesOfTheNewestRowOfADayOrOfEachRow) {
    auto settings = settings_for({"v/m"});
    EXPECT_EQ(billed(three_days, dated_book(), settings).total, 12_usd) << "the newest row has no hours";
    settings.day = Date{std::chrono::year{2026} / 1 / 15};
    EXPECT_EQ(texts(billed(three_days, dated_book(), settings)),
              (Lines{"v/m 2026-01-01 0 -1 standard requests 1 10000000",
                     "v/m 2026-01-01 0 -1 standard input 1000000 1000000000",
                     "v/m 2026-01-01 0 1320 standard requests 2 20000000",
                     "v/m 2026-01-01 0 1320 standard input 2000000 1000000000"}));
    settings.day = TracePrices{};
    auto const bill = billed(three_days, dated_book(), settings);
    EXPECT_EQ(texts(bill), (Lines{"v/m 2026-01-01 0 -1 standard requests 1 10000000",
                                  "v/m 2026-01-01 0 -1 standard input 1000000 1000000000",
                                  "v/m 2026-01-01 0 1320 standard requests 1 10000000",
                                  "v/m 2026-01-01 0 1320 standard input 1000000 500000000",
                                  "v/m 2026-02-01 0 -1 standard input 1000000 4000000000"}));
    EXPECT_EQ(bill.backdated.at("v/m"), 1) << "2025-12-31 is before the first price";
}

TEST(Replay, LanesOfRowsGoBeforeTheLaneOfAll) {
    auto settings = settings_for({"v/m"});
    settings.lane = Lane::batch;
    EXPECT_EQ(texts(billed("2026-02-01 00:00:00,1000000,0,0,0,0,,\n2026-02-01 00:00:00,1000000,0,0,0,0,,standard\n",
                           dated_book(), settings)),
              (Lines{"v/m 2026-02-01 0 -1 standard input 1000000 4000000000",
                     "v/m 2026-02-01 0 -1 batch input 1000000 2000000000"}));
}

TEST(Replay, WhatIsNotSoldIsReportedWithItsTokens) {
    auto settings = settings_for({"v/m"});
    settings.day = TracePrices{};
    settings.region = "eu";
    auto const bill = billed(
        "2026-01-01 12:00:00,1000000,7,0,0,0,,\n2026-02-01 00:00:00,5,7,0,0,0,,\n"
        "2026-01-01 12:00:00,1,1,0,0,0,,flex\n",
        dated_book(), settings);
    EXPECT_EQ(bill.total, Money{1'110'000'000}) << "1.1x, and a fee that no region changes";
    ASSERT_EQ(bill.unpriced.size(), 2u);
    EXPECT_EQ(bill.unpriced[0].reason, "not sold in the lane 'flex'");
    EXPECT_EQ(bill.unpriced[1].reason, "not sold in the region 'eu'");
    EXPECT_EQ(bill.unpriced[1].count.prompt, 5);
    EXPECT_EQ(bill.unpriced[1].count.output, 7);
    EXPECT_EQ(bill.unpriced[1].first_line, 3);
}

std::string wrong_option(ReplaySettings const& settings) {
    try {
        replayed(header + "1,1,1,0,0,0,,\n", dated_book(), settings, by_columns());
    } catch (std::invalid_argument const& e) { return e.what(); }
    return "";
}

TEST(Replay, AnOptionThatTheBookLacksSaysSo) {
    auto settings = settings_for({"v/n"});
    EXPECT_EQ(wrong_option(settings), "no price book prices 'v/n' (did you mean 'v/m'?)");
    settings.options = {"v/m"};
    settings.lane = Lane::flex;
    EXPECT_EQ(wrong_option(settings), "'v/m' is not sold in the lane 'flex'");
    settings.lane.reset();
    settings.region = "us";
    EXPECT_EQ(wrong_option(settings), "'v/m' is not sold in the region 'us'");
}

TEST(Replay, RelativeTimesHaveNoDayAndNoHour) {
    auto settings = settings_for({"v/m"});
    settings.day = Date{std::chrono::year{2026} / 1 / 15};
    auto const bill = billed("0,1000000,0,0,0,0,,\n60,1000000,0,0,0,0,,\n", dated_book(), settings);
    EXPECT_EQ(bill.total, Money{2'020'000'000});
    EXPECT_EQ(bill.without_hour, 2);
    EXPECT_EQ(bill.month, Money{88'476'000'000'000}) << "a minute of 730 hours";
    settings.day = TracePrices{};
    try {
        billed("0,1,0,0,0,0,,\n", dated_book(), settings);
        ADD_FAILURE() << "was billed";
    } catch (InputError const& e) {
        EXPECT_STREQ(e.what(),
                     "<stdin>:2: error: has no date (--at trace takes the prices of each day; --at newest or a "
                     "date needs none)\n");
    }
}

TEST(Replay, AMonthNeedsASpanOfAMinute) {
    EXPECT_EQ(billed("0,1,0,0,0,0,,\n59,1,0,0,0,0,,\n", tiered_book(), settings_for({"v/tiered"})).month, std::nullopt);
    EXPECT_EQ(billed("120,1000,0,0,0,0,,\n0,1000,0,0,0,0,,\n", tiered_book(), settings_for({"v/tiered"})).month,
              Money{43'800'000'000})
        << "rows need no order of time";
}

TEST(Replay, LoggedBillsEachRowAtItsOwnModel) {
    auto const bill = billed("1,1000000,0,0,0,0,m,\n2,1000000,0,0,0,0,v/m,\n3,5,6,0,0,0,other,\n4,7,8,0,0,0,,\n",
                             dated_book(), settings_for({"logged"}));
    EXPECT_EQ(bill.total, 8_usd);
    EXPECT_EQ(bill.billed.requests, 2);
    ASSERT_EQ(bill.unpriced.size(), 2u);
    EXPECT_EQ(bill.unpriced[0].model, "(no model logged)");
    EXPECT_EQ(bill.unpriced[1].model, "other");
    EXPECT_EQ(bill.unpriced[1].reason, "no price book prices it");
    EXPECT_EQ(bill.unpriced[1].count.prompt, 5);
    EXPECT_EQ(bill.unpriced[1].first_line, 4);
    ASSERT_EQ(bill.names.size(), 4u);
    EXPECT_EQ(bill.names[3].model, "v/m");
    EXPECT_EQ(bill.names[3].matched.how, Match::exact);
}

TEST(Replay, AnyNumberOfNamesIsBilledInBoundedMemory) {
    std::string rows;
    for (int i = 0; i < 12'000; ++i) rows += fmt::format("{},1,1,0,0,0,name{},\n", i, i);
    rows += "12000,1000000,0,0,0,0,m,\n";
    auto const bill = billed(rows, dated_book(), settings_for({"logged"}));
    EXPECT_EQ(bill.total, 4_usd) << "a model that comes late is still billed";
    EXPECT_EQ(bill.names.size(), most_names + 1);
    EXPECT_EQ(bill.unpriced.size(), most_names + 1);
    RequestCount all;
    for (auto const& u : bill.unpriced) all.requests += u.count.requests;
    EXPECT_EQ(all.requests, 12'000);
}

TEST(Replay, EveryTokenIsOnOneLineUnderEveryOption) {
    std::uint64_t state = 7;
    auto const next = [&](std::uint64_t below) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return (state >> 33) % below;
    };
    std::string rows;
    for (int i = 0; i < 3000; ++i) {
        auto const in = next(9000), old = next(in + 1), out = next(500);
        rows += fmt::format("2026-01-{:02} {:02}:{:02}:00,{},{},{},{},{},,\n", 1 + next(28), next(24), next(60), in,
                            out, old, next(in - old + 1), next(out + 1));
    }
    auto book = tiered_book();
    for (auto const& model : dated_book().models) book.models.insert(model);
    auto settings = settings_for({"v/tiered", "v/m"});
    settings.day = TracePrices{};
    auto const r = replayed(header + rows, book, settings, by_columns());
    for (auto const& option : r.options) {
        std::int64_t prompt = 0, output = 0, nano = 0;
        for (auto const& line : option.lines) {
            bool const generated = line.meter == Meter::output || line.meter == Meter::reasoning;
            if (unit_of(line.meter) == "tokens") (generated ? output : prompt) += line.quantity;
            nano += line.amount.count();
        }
        EXPECT_EQ(prompt, r.trace.all.prompt) << option.option;
        EXPECT_EQ(output, r.trace.all.output) << option.option;
        EXPECT_EQ(nano, option.total.count()) << option.option;
    }
}

TEST(Replay, BlocksAreBilledAsTheVendorCaches) {
    std::string const text =
        "{\"timestamp\": 0, \"input_length\": 1200, \"output_length\": 0, \"hash_ids\": [1, 2, 3]}\n"
        "{\"timestamp\": 1000, \"input_length\": 1300, \"output_length\": 0, \"hash_ids\": [1, 2, 4]}\n"
        "{\"timestamp\": 1000, \"input_length\": 900, \"output_length\": 0, \"hash_ids\": [1, 2]}\n"
        "{\"timestamp\": 400000, \"input_length\": 1100, \"output_length\": 0, \"hash_ids\": [1, 2, 3]}\n";
    auto const book =
        book_of("  v/auto: {cache: {kind: automatic, minimum: 1000 tokens, step: 100 tokens}, prices: [{" + row +
                "input: $1/M tokens}]}\n  v/asked: {cache: {kind: explicit}, prices: [{" + row +
                "input: $1/M tokens, cache_read: $0.1/M tokens, cache_write: $1.25/M tokens, "
                "cache_write_1h: $2/M tokens}]}\n  v/none: {prices: [{" +
                row + "input: $1/M tokens}]}\n");
    auto settings = settings_for({"v/auto", "v/asked", "v/none"});
    auto const counts = [&](std::size_t option) {
        auto const r = replayed(text, book, settings);
        std::string out;
        for (auto m : {Meter::input, Meter::cache_read, Meter::cache_write_5m, Meter::cache_write_1h})
            out += fmt::format("{} ", of_meter(r.options[option], m).first);
        return out;
    };
    EXPECT_EQ(counts(0), "3500 1000 0 0 ") << "1,024 found, 1,000 in steps of 100; 900 tokens are too short to cache";
    EXPECT_EQ(counts(1), "0 1924 2576 0 ") << "the prompt of 900 finds all of its tokens; after 399 s all is gone";
    EXPECT_EQ(counts(2), "4500 0 0 0 ");
    settings.cache_lifetime = 1h;
    EXPECT_EQ(counts(0), "2400 2100 0 0 ");
    EXPECT_EQ(counts(1), "0 3024 0 1476 ") << "written for an hour; at the end 1,100 tokens of three blocks";
    settings.lane = Lane::standard;
    settings.caches = false;
    EXPECT_EQ(counts(1), "4500 0 0 0 ");
}

}  // namespace
}  // namespace runrate
