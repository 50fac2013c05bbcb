#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "run_cli.h"

namespace runrate {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Words = std::vector<std::string>;

std::string file_of(std::string const& name, std::string const& text) {
    // Tests run side by side: the line of each is its own.
    auto const test = std::to_string(testing::UnitTest::GetInstance()->current_test_info()->line());
    auto const path = std::filesystem::path{testing::TempDir()} / ("replay_" + test + "_" + name);
    std::ofstream{path, std::ios::binary} << text;
    return path.string();
}

std::string book() {
    return file_of("book.yaml",
                   "schema: runrate/prices/1\ncurrency: USD\nmodels:\n"
                   "  v/m: {cache: {kind: explicit}, prices: [{from: 2026-01-01, as_of: 2026-01-02, source: \"=x\", "
                   "input: $1/M tokens, output: $2/M tokens, cache_read: $0.1/M tokens, cache_write: $1.25/M tokens, "
                   "above: [{prompt: 4000 tokens, input: $3/M tokens, output: $5/M tokens, cache_read: "
                   "$0.3/M tokens, cache_write: $3.75/M tokens}], batch: 0.5x}]}\n"
                   "  w/n: {prices: [{from: 2026-01-01, as_of: 2026-01-01, source: y, input: $10/M tokens, request: "
                   "$0.01 per request}]}\n");
}

std::string const azure =
    "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-03-01 10:00:30,1000,100\n2026-03-01 10:01:10,5000,10\n"
    "2026-03-01 10:01:20,3000,20\n";
std::string const mooncake =
    "{\"timestamp\": 0, \"input_length\": 1000, \"output_length\": 100, \"hash_ids\": [1, 2]}\n"
    "{\"timestamp\": 90000, \"input_length\": 1200, \"output_length\": 50, \"hash_ids\": [1, 2, 3]}\n";

Ran run_on(std::string const& trace, Words arguments) {
    arguments.insert(arguments.begin(), {"replay", "-", "--book", book()});
    return run_cli(arguments, trace);
}

TEST(ReplayVerb, TheScreenHasTheBillTheMinutesAndTheNotes) {
    auto const ran = run_on(azure, {"--option", "v/m", "--option", "w/n"});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_EQ(ran.err, "");
    EXPECT_EQ(ran.out,
              "<stdin>: azure trace, 3 requests in 0.8 minutes, 2026-03-01 10:00:30 UTC to 2026-03-01 10:01:20\n"
              "  UTC\n"
              "Prices: the newest of " +
                  book() +
                  "; lane standard\n"
                  "\n"
                  "                              v/m               w/n\n"
                  "requests                          3                 3\n"
                  "fees per request                  -                 3 $0.030000\n"
                  "input                         9,000 $0.019000   9,000 $0.090000\n"
                  "output                          130 $0.000290     130 $0.000000\n"
                  "total                               $0.019290         $0.120000\n"
                  "per request                         $0.006430         $0.040000\n"
                  "a month (730 h) at this rate                -                 -\n"
                  "\n"
                  "By the minute (2 minutes)\n"
                  "                    mean             p99            most  at\n"
                  "requests               2               2               2  2026-03-01 10:01:00 UTC\n"
                  "input              4,500           8,000           8,000  2026-03-01 10:01:00 UTC\n"
                  "output                65             100             100  2026-03-01 10:00:00 UTC\n");
}

TEST(ReplayVerb, JsonIsFlatTablesThatSum) {
    Words const arguments{"--option", "v/m", "--option", "w/n", "--option", "logged", "--format", "json"};
    auto const ran = run_on(azure, arguments);
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_EQ(run_on(azure, arguments).out, ran.out) << "the same bytes";
    auto const json = nlohmann::json::parse(ran.out);
    EXPECT_EQ(json["schema"], "runrate/replay/1");
    EXPECT_EQ(json["command"], "replay - --option v/m --option w/n --option logged --book " + book());
    for (auto const* table :
         {"trace", "options", "meters", "lines", "minutes", "cache", "models", "unpriced", "skipped", "notes"}) {
        ASSERT_TRUE(json[table].is_array()) << table;
        for (auto const& row : json[table]) {
            for (auto const& cell : row) EXPECT_FALSE(cell.is_structured()) << table;
        }
    }
    ASSERT_EQ(json["options"].size(), 3u);
    for (auto const& option : json["options"]) {
        double meters = 0;
        std::int64_t nano = 0, micro_lines = 0;
        for (auto const& row : json["meters"])
            meters += row["option"] == option["option"] ? row["amount"].get<double>() : 0;
        for (auto const& row : json["lines"]) {
            if (row["option"] != option["option"]) continue;
            nano += row["nano_usd"].get<std::int64_t>();
            micro_lines += std::llround(row["amount"].get<double>() * 1e6);
        }
        EXPECT_EQ(nano, option["nano_usd"]);
        EXPECT_EQ(micro_lines, std::llround(option["amount"].get<double>() * 1e6));
        EXPECT_NEAR(meters, option["amount"].get<double>(), 1e-9);
    }
    EXPECT_EQ(json["options"][2]["unpriced_requests"], 3);
    EXPECT_EQ(json["options"][2]["unpriced_prompt"], 9000);
    EXPECT_EQ(json["options"][2]["per_request"], nullptr);
    EXPECT_EQ(json["unpriced"][0]["model"], "(no model logged)");
    EXPECT_EQ(json["notes"][0]["text"],
              "logged: (no model logged): 3 requests (9000 prompt and 130 output tokens) not billed: no price book "
              "prices it (first at line 2)");
    EXPECT_EQ(json["trace"][0]["first"], "2026-03-01 10:00:30 UTC");
    EXPECT_EQ(json["minutes"][1]["max"], 8000);
}

TEST(ReplayVerb, SaysItsCommandAsAShellTakesIt) {
    auto const ran = run_on("t,it's,o\n1700000000,5,6\n",
                            {"--option", "v/m", "--columns", "time=t,input=it's,output=o", "--format", "json"});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_EQ(nlohmann::json::parse(ran.out)["command"],
              R"(replay - --option v/m --columns 'time=t,input=it'\''s,output=o' --book )" + book());
}

TEST(ReplayVerb, CsvAndMarkdownAreSafeToOpen) {
    auto const csv = run_on(azure, {"--option", "v/m", "--format", "csv"});
    EXPECT_EQ(csv.out,
              "option,model,from,as_of,lane,region,above,hours,meter,unit,quantity,amount,nano_usd,source\n"
              "v/m,v/m,2026-01-01,2026-01-02,standard,,,,input,tokens,4000,0.004000,4000000,'=x\n"
              "v/m,v/m,2026-01-01,2026-01-02,standard,,,,output,tokens,120,0.000240,240000,'=x\n"
              "v/m,v/m,2026-01-01,2026-01-02,standard,,4000,,input,tokens,5000,0.015000,15000000,'=x\n"
              "v/m,v/m,2026-01-01,2026-01-02,standard,,4000,,output,tokens,10,0.000050,50000,'=x\n");
    EXPECT_THAT(run_on(azure, {"--option", "v/m", "--format", "csv", "--table", "minutes"}).out,
                StartsWith("meter,minutes,mean,p99,max,max_at,max_at_s\nrequests,2,1.5,2,2,2026-03-01 10:01:00 UTC,"));
    auto const markdown = run_on(azure, {"--option", "v/m", "--format", "markdown"});
    EXPECT_THAT(markdown.out, StartsWith("# Replay\n\n"));
    EXPECT_THAT(markdown.out, HasSubstr("| v/m | input | tokens | 9000 | 0.019000 | 19000000 |\n"));
}

TEST(ReplayVerb, PrefixCachesAreSimulatedAndSaidSo) {
    auto const ran = run_on(mooncake, {"--option", "v/m", "--option", "w/n"});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("cache_read                    1,024     $0.000102"));
    EXPECT_THAT(ran.out,
                HasSubstr("Prefix cache of v/m: 46.545 % of prompt tokens and 40.000 % of blocks found (300 s, at "
                          "most\n  1,000,000 blocks of 512 tokens)\n"));
    EXPECT_THAT(ran.out,
                HasSubstr("Note: v/m: its cache is on request; every prompt asks for it here (--no-cache: none "
                          "does)\nNote: w/n: no prompt cache for this model, by its price book\n"));
    auto const small = run_on(mooncake, {"--option", "v/m", "--cache-blocks", "2", "--cache-lifetime", "none"});
    EXPECT_THAT(small.out,
                HasSubstr("Note: v/m: the cache holds 2 blocks, and others pushed 1 out before their lifetime "
                          "ended\n  (--cache-blocks)\n"));
    EXPECT_THAT(run_on(mooncake, {"--option", "v/m", "--cache-lifetime", "89 s"}).out, HasSubstr("0.000 % of prompt"));
    EXPECT_THAT(run_on(mooncake, {"--option", "v/m", "--no-cache"}).out, HasSubstr("no prompt cache by --no-cache\n"));
    EXPECT_THAT(run_on(mooncake, {"--option", "v/m", "--lane", "batch"}).out,
                HasSubstr("no prompt cache in the batch lane\n"));
}

TEST(ReplayVerb, BadRowsAreRefusedOrLeftOut) {
    auto const bad = azure + "2026-03-01 10:02:20,x,20\n";
    auto const refused = run_on(bad, {"--option", "v/m"});
    EXPECT_EQ(refused.code, Exit::bad_input);
    EXPECT_EQ(refused.out, "");
    EXPECT_EQ(refused.err, "<stdin>:5: error: 'ContextTokens' is no whole number (found 'x')\n");
    auto const left_out = run_on(bad, {"--option", "v/m", "--skip-bad"});
    EXPECT_EQ(left_out.code, Exit::ok);
    EXPECT_THAT(left_out.out,
                HasSubstr("Note: 1 row left out: 'ContextTokens' is no whole number (first at line 5)\n"));
}

TEST(ReplayVerb, WrongArgumentsSayWhatIsPossible) {
    auto const said = [](Words const& arguments, std::string const& trace = azure) {
        auto const ran = run_on(trace, arguments);
        EXPECT_EQ(ran.code, Exit::bad_input);
        EXPECT_EQ(ran.out, "");
        return ran.err;
    };
    EXPECT_EQ(said({}), "runrate: no option given (--option vendor/model of the price books, or --option logged)\n");
    EXPECT_EQ(said({"--option", "v/mm"}), "runrate: no price book prices 'v/mm' (did you mean 'v/m'?)\n");
    EXPECT_EQ(said({"--option", "v/m", "--option", "v/m"}), "runrate: --option v/m stands twice\n");
    EXPECT_EQ(said({"--option", "v/m", "--at", "today"}),
              "runrate: --at takes a day such as 2026-07-25, 'trace' or 'newest' (found 'today')\n");
    EXPECT_EQ(said({"--option", "v/m", "--lane", "fast"}),
              "runrate: unknown lane 'fast' (standard, batch, flex, priority)\n");
    EXPECT_EQ(said({"--option", "v/m", "--lane", "flex"}), "runrate: 'v/m' is not sold in the lane 'flex'\n");
    EXPECT_EQ(said({"--option", "v/m", "--region", "eu"}), "runrate: 'v/m' is not sold in the region 'eu'\n");
    EXPECT_EQ(said({"--option", "v/m", "--format-in", "xml"}),
              "runrate: unknown format 'xml' (azure, mooncake, litellm, csv)\n");
    EXPECT_EQ(said({"--option", "v/m", "--format", "xml"}),
              "runrate: unknown format 'xml' (table, json, csv, markdown)\n");
    EXPECT_EQ(said({"--option", "v/m", "--table", "trace"}),
              "runrate: --table names a table of --format csv (leave it out)\n");
    EXPECT_EQ(said({"--option", "v/m", "--cache-blocks", "5"}),
              "runrate: --cache-blocks is for traces with hash_ids (leave it out)\n");
    EXPECT_EQ(said({"--option", "v/m", "--cache-blocks", "0"}, mooncake),
              "runrate: --cache-blocks takes a whole number from 1 to 1000000000 (found '0')\n");
    EXPECT_EQ(said({"--option", "v/m", "--cache-lifetime", "5"}, mooncake),
              "runrate: --cache-lifetime takes a duration up to a year such as '5 min', or 'none' (found '5')\n");
    EXPECT_EQ(said({"--option", "v/m", "--no-cache", "--block-tokens", "16"}, mooncake),
              "runrate: --block-tokens needs a cache (leave it out)\n");
    EXPECT_EQ(said({"--option", "v/m", "--time-unit", "ms"}),
              "runrate: --time-unit is of times of --columns (leave it out)\n");
    EXPECT_EQ(said({"--option", "v/m", "--columns", "input=a"}), "runrate: --columns: 'output' is needed\n");
    EXPECT_EQ(said({"--option", "v/m", "--columns", "input=a,output=b", "--format-in", "azure"}),
              "runrate: --columns names columns of --format-in csv (leave one of them out)\n");
    EXPECT_EQ(run_cli({"replay", "--option", "v/m"}).err,
              "runrate: one trace is replayed (runrate replay TRACE --option vendor/model)\n");
    EXPECT_EQ(run_cli({"replay", "absent.csv", "--option", "openai/gpt-5"}).err, "absent.csv: error: no such file\n");
}

TEST(ReplayVerb, WritesAFileAndStopsWhenAsked) {
    auto const out = file_of("out.csv", "");
    auto const ran = run_on(azure, {"--option", "v/m", "--format", "csv", "--out", out});
    EXPECT_EQ(ran.out, "");
    std::ifstream in{out};
    std::string const text{std::istreambuf_iterator<char>{in}, {}};
    EXPECT_EQ(text, run_on(azure, {"--option", "v/m", "--format", "csv"}).out);
    std::string many = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
    for (int i = 0; i < 5000; ++i) many += "2026-03-01 10:00:30,1,1\n";
    auto const stopped = run_cli({"replay", "-", "--option", "openai/gpt-5"}, many, [] { return true; });
    EXPECT_EQ(stopped.code, Exit::interrupted);
    EXPECT_EQ(stopped.out, "");
    EXPECT_EQ(stopped.err, "runrate: interrupted (nothing was billed)\n");
}

TEST(ReplayVerb, ColumnsOfAnyCsv) {
    auto const ran = run_on("ms,p,c,hit\n1770000000000,1000,5,600\n1770000120000,1000,5,\n",
                            {"--option", "v/m", "--columns", "time=ms,input=p,output=c,cache_read=hit", "--time-unit",
                             "ms", "--at", "trace"});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("csv trace, 2 requests in 2.0 minutes, 2026-02-02 02:40:00 UTC"));
    EXPECT_THAT(ran.out, HasSubstr("cache_read                      600  $0.000060"));
    EXPECT_THAT(ran.out, HasSubstr("a month (730 h) at this rate        $32.412000"));
    EXPECT_THAT(ran.out, HasSubstr("Note: prompts are divided into cached and other tokens as the log says"));
}

TEST(ReplayVerb, HelpSaysWhichTracesThereAre) {
    auto const ran = run_cli({"replay", "--help"});
    EXPECT_EQ(ran.code, Exit::ok);
    EXPECT_THAT(ran.out, StartsWith("usage: runrate replay TRACE --option MODEL"));
    EXPECT_THAT(ran.out, HasSubstr("mooncake  JSON lines"));
}

}  // namespace
}  // namespace runrate
