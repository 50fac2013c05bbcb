#include "cli/engine_support.h"

namespace runrate {
namespace {

TEST(EngineVerb, RowsThatCannotBeReadAreCountedWhereThatIsAsked) {
    auto const bad = two + "0.01,0,4\n0.02,5,0\n0.03,x,1\n0.04,9,9\n";
    EXPECT_EQ(engine_on(bad).err,
              "<stdin>:4: error: has a prompt without tokens\n"
              "<stdin>:5: error: has an output without tokens\n"
              "<stdin>:6: error: 'prompt_tokens' is no whole number (found 'x')\n");
    auto const json = json_of(engine_on(bad, {"--skip-bad", "--format", "json"}));
    EXPECT_EQ(json["totals"][0]["requests"], 3);
    EXPECT_EQ(json["load"][0]["skipped_rows"], 3);
    EXPECT_EQ(json["skipped"].size(), 3u);
    EXPECT_EQ(json["notes"][0]["text"], "1 row left out: 'prompt_tokens' is no whole number (first at line 6)");
}

TEST(EngineVerb, ListsThatCannotBeServedAreRefused) {
    EXPECT_EQ(engine_on(two + "0.0005,1,1\n").err,
              "<stdin>:4: error: arrives before the request of line 3 (sort the list by arrival)\n");
    EXPECT_EQ(engine_on(two + "8000000,1,1\n").err,
              "<stdin>:4: error: arrives 92.6 days after the start, beyond 90 (divide the list into shorter ones)\n");
    EXPECT_EQ(engine_on("arrival_s,prompt_tokens,output_tokens\n").err,
              "<stdin>: error: holds no request that can be read\n");
}

TEST(EngineVerb, WrongOptionsAreNamed) {
    auto const of = [](Words const& more) { return error_of(with(llama, more)); };
    Words const ask{"--rate", "1", "--prompt", "10", "--output", "10"};
    EXPECT_EQ(error_of({"--gpu", "h100"}), "runrate: no model given (--model llama-3.1-8b)\n");
    EXPECT_EQ(error_of({"--model", "llama-3.1-8b"}), "runrate: no gpu given (--gpu h100-sxm)\n");
    EXPECT_EQ(error_of(with({"--model", "llama-3.1-8c", "--gpu", "h100-sxn"}, ask)),
              "runrate: unknown model 'llama-3.1-8c' (did you mean 'llama-3.1-8b'?); unknown GPU 'h100-sxn' (did you "
              "mean 'h100-sxm'?)\n");
    EXPECT_EQ(error_of(with({"--model", "llama-3.1-70b", "--gpu", "h100-sxm"}, ask)),
              "runrate: llama-3.1-70b in bf16 does not fit: 141.1 GB of weights on each GPU of 85.9 GB (2 GPUs "
              "would do)\n");
    EXPECT_EQ(of({}), "runrate: no load given (a FILE, - for standard input, --rate or --concurrency)\n");
    EXPECT_EQ(of(with({"x.csv"}, ask)), "runrate: both a file and --rate are given (a load is one of them)\n");
    EXPECT_EQ(of(with({"--concurrency", "4"}, ask)),
              "runrate: --rate and --concurrency are two loads (leave one of them out)\n");
    for (auto const* rate : {"0", "-2", "nan", "x"})
        EXPECT_EQ(of({"--rate", rate, "--prompt", "10", "--output", "10"}),
                  fmt::format("runrate: --rate takes requests per second above 0, such as 2.5 (found '{}')\n", rate));
    EXPECT_EQ(of({"--rate", "1", "--prompt", "10"}),
              "runrate: --rate needs --prompt and --output (tokens of a request, such as --prompt 800 --output 180)\n");
    EXPECT_EQ(of({"--rate", "1", "--prompt", "800:700", "--output", "10"}),
              "runrate: --prompt takes tokens such as 800, or the median and the 95th percentile of a lognormal such "
              "as 800:2400 (p95 700 is below the median 800)\n");
    EXPECT_EQ(of(with(ask, {"--parameters", "compute=2"})),
              "runrate: --parameters: compute takes 0.05 to 1 share of peak (found '2')\n");
    EXPECT_EQ(of(with(ask, {"--parameters", "steps=2"})),
              "runrate: unknown parameter 'steps' (compute, memory, kv, attention, collective, link, step, sequence, "
              "request, prompt_token, stream)\n");
    EXPECT_EQ(of(with(ask, {"--draft", "3"})),
              "runrate: --draft needs --acceptance (of a proposal, such as 0.7: a result is as good as this number)\n");
    EXPECT_EQ(of(with(ask, {"--chunk", "64"})),
              "runrate: a batch of 1024 sequences needs more than 64 tokens in an iteration (raise the chunk, or lower "
              "the sequences)\n");
}

TEST(EngineVerb, WhatWouldBeIgnoredIsRefused) {
    auto const of = [](Words const& more) { return error_of(with(llama, more), two); };
    Words const ask{"--rate", "1", "--prompt", "10", "--output", "10"};
    EXPECT_EQ(of({"-", "--prompt", "10"}), "runrate: --prompt is of a load without a file (leave it out)\n");
    EXPECT_EQ(of({"-", "--seed", "3"}), "runrate: --seed is of a load without a file (leave it out)\n");
    EXPECT_EQ(of({"-", "--prefix-cache"}),
              "runrate: --prefix-cache needs a Mooncake trace, whose hash_ids say which prompts begin alike (leave it "
              "out)\n");
    EXPECT_EQ(of({"-", "--block-tokens", "16"}), "runrate: --block-tokens is of --prefix-cache (leave it out)\n");
    EXPECT_EQ(of(with(ask, {"--skip-bad"})), "runrate: --skip-bad is of rows of a file (leave it out)\n");
    EXPECT_EQ(of(with(ask, {"--acceptance", "0.5"})),
              "runrate: --acceptance is of proposals of --draft (leave it out)\n");
    EXPECT_EQ(of({"--concurrency", "1", "--prompt", "10", "--output", "10", "--cv", "2"}),
              "runrate: --cv is of gaps between the arrivals of --rate (leave it out)\n");
    EXPECT_EQ(of(with(ask, {"--tp", "3"})), "runrate: --tp 3 does not divide the 32 heads of llama-3.1-8b\n");
    EXPECT_EQ(of(with(ask, {"--pp", "33"})), "runrate: --pp 33 is more than the 32 layers of llama-3.1-8b\n");
    EXPECT_EQ(of(with(ask, {"--dp", "1024", "--chunk", "1000000"})),
              "runrate: an iteration of up to 1025048576 tokens is beyond 16777216 (lower the chunk, the sequences or "
              "the data-parallel ranks)\n");
    EXPECT_EQ(of(with(ask, {"--ep", "2"})),
              "runrate: --ep 2 spreads experts, and llama-3.1-8b has none (leave it out)\n");
    EXPECT_EQ(of(with(ask, {"--table", "load"})), "runrate: --table names a table of --format csv (leave it out)\n");
    EXPECT_EQ(of(with(ask, {"--outcomes", "-"})),
              "runrate: --outcomes takes a file (standard output has the result)\n");
}

TEST(EngineVerb, TheScreenSaysWhatIsServedHowFastAndWhatLimitsIt) {
    auto const ran = engine_on(two + "0.5,200000,5\n");
    EXPECT_EQ(ran.code, Exit::ok);
    EXPECT_EQ(ran.err, "");
    EXPECT_EQ(ran.out.substr(0, ran.out.find("Sources: ")),
              "llama-3.1-8b in bf16 on 1 x h100-sxm, vllm: chunks of prompts up to 8,192 tokens, at most 1,024\n"
              "  sequences\n"
              "<stdin>: csv list, 3 requests in 500 ms; prompts of 75 tokens, outputs of 2.50 (means)\n"
              "\n"
              "                                  mean       p50       p95       p99\n"
              "first token (TTFT)             31.9 ms   28.5 ms   35.3 ms   35.3 ms\n"
              "each further token (TPOT)      8.01 ms   8.01 ms   8.01 ms   8.01 ms\n"
              "whole request (E2E)            43.9 ms   43.3 ms   44.5 ms   44.5 ms\n"
              "of that, in the queue          3.50 ms       0 s   7.00 ms   7.00 ms\n"
              "\n"
              "requests                    83.3/s: 2 in 24.0 ms\n"
              "output tokens               208/s\n"
              "prompt tokens               6.24k/s\n"
              "KV cache                    444,400 tokens: 0.03% used on average, 0.04% at most\n"
              "batch                       1.00 decoding on average\n"
              "iterations                  3, 8.01 ms each; busy 100% of the time\n"
              "preemptions                 0\n"
              "refused                     1\n"
              "\n"
              "Limited by: reading weights (time of iterations: reading weights 75%, overhead 25%, reading the KV\n"
              "  cache 0.07%, attention of prompts 0.03%)\n"
              "\n"
              "Note: 1 request refused: prompt and output exceed the context of llama-3.1-8b (131,072 tokens)\n"
              "Note: step times by uncalibrated priors of the calibration study; nothing was measured of this\n"
              "  replica (expect TPOT to be off by 15% or more, TTFT by more than that)\n");
    EXPECT_THAT(ran.out, HasSubstr("Sources: llama-3.1-8b ("));
}

TEST(EngineVerb, TakesTheShippedCalibrationAndSaysHowFarItReaches) {
    auto const notes = [](char const* gpu) {
        return run_cli({"engine",      "--model",  "llama-3.1-70b", "--gpu",    gpu,
                        "--precision", "fp8",      "--tp",          "2",        "--rate",
                        "1",           "--prompt", "100",           "--output", "10",
                        "--requests",  "5",        "--format",      "csv",      "--table",
                        "notes"})
            .out;
    };
    EXPECT_THAT(notes("h200-sxm"), HasSubstr("speed.covered,"));
    EXPECT_THAT(notes("h100-sxm"), HasSubstr("speed.parts,"));
    EXPECT_THAT(notes("l40s"), HasSubstr("speed.unseen,"));
}

TEST(EngineVerb, TheErrorsOfAParameterSetAreSaid) {
    EngineSetup const setup{llama_on_h100(),
                            {.parameters = {},
                             .name = "h100-vllm",
                             .evidence = "calibrated",
                             .origin = "parameters of h100-vllm, fitted to 12 benchmarks",
                             .ttft_error = 0.21,
                             .tpot_error = 0.043}};
    EngineLoad load{DrawnLoad{.prompt = parse_length("prompt", "10"),
                              .output = parse_length("output", "10"),
                              .requests = 2,
                              .concurrency = 1}};
    auto const report = run_engine(setup, load, {}, {});
    auto const notes = engine_notes({setup, load, report});
    EXPECT_EQ(notes.back().code, "speed.calibrated");
    EXPECT_EQ(notes.back().text,
              "step times by parameters of h100-vllm, fitted to 12 benchmarks; of 10 engines known so well, 8 are "
              "within: TPOT "
              "4.3%, what the front end adds to TTFT 21%");
    auto const tables = engine_tables({setup, load, report});
    auto const table = std::find_if(tables.begin(), tables.end(), [](auto const& t) { return t.name == "provenance"; });
    ASSERT_NE(table, tables.end());
    auto const& provenance = table->rows;
    EXPECT_EQ(std::get<double>(provenance[4].back()), 0.043);
}

TEST(EngineVerb, RowsThatNoModelServedAreLeftOut) {
    std::string const log =
        "[{\"startTime\": \"2026-03-01T10:00:00Z\", \"prompt_tokens\": 100, \"completion_tokens\": 3, \"status\": "
        "\"success\"},\n"
        "{\"startTime\": \"2026-03-01T10:00:01Z\", \"prompt_tokens\": 100, \"completion_tokens\": 0, \"status\": "
        "\"failure\"}]\n";
    auto const json = json_of(engine_on(log, {"--format", "json"}));
    EXPECT_EQ(json["load"][0]["format"], "litellm");
    EXPECT_EQ(json["totals"][0]["requests"], 1);
    EXPECT_EQ(json["load"][0]["not_served_rows"], 1);
    EXPECT_EQ(json["notes"][0]["text"], "1 row left out: failed, or answered by the gateway's own cache");
}

TEST(EngineVerb, CsvAndMarkdownHaveTheTables) {
    EXPECT_THAT(engine_on(two, {"--format", "csv"}).out,
                StartsWith("metric,requests,mean_s,p50_s,p95_s,p99_s\nttft,2,"));
    EXPECT_THAT(engine_on(two, {"--format", "csv", "--table", "notes"}).out,
                StartsWith("code,text\nspeed.uncalibrated,"));
    auto const markdown = engine_on(two, {"--format", "markdown"}).out;
    EXPECT_THAT(markdown, StartsWith("# Engine\n\nllama-3.1-8b in bf16 on 1 x h100-sxm, vllm: chunks of prompts"));
    EXPECT_THAT(markdown, HasSubstr("\n## Latency\n\n| metric | requests |"));
}

}  // namespace
}  // namespace runrate
