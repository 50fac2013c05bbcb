#include "cli/engine_support.h"

namespace runrate {
namespace {

Words const busy{"--rate",  "30",         "--prompt", "800:2400", "--output",
                 "180:500", "--requests", "600",      "--format", "json"};

Json served_by(Words const& more) { return json_of(run_cli(with(with(with({"engine"}, llama), busy), more))); }

double mean_of(Json const& result, char const* metric) {
    for (auto const& row : result["latency"])
        if (row["metric"] == metric) return row["mean_s"];
    return -1;
}

TEST(EngineReplicas, OneIsTheEngineAlone) {
    auto one = served_by({"--replicas", "1"});
    auto const alone = served_by({});
    EXPECT_EQ(one["totals"], alone["totals"]);
    EXPECT_EQ(one["latency"], alone["latency"]);
    EXPECT_EQ(alone["pool"][0]["replicas"], 1);
}

TEST(EngineReplicas, ShareTheLoadAndTheirGpusAreCounted) {
    auto const one = served_by({}), two = served_by({"--replicas", "2"}), four = served_by({"--replicas", "4"});
    EXPECT_LT(mean_of(two, "e2e"), mean_of(one, "e2e"));
    EXPECT_LT(mean_of(four, "tpot"), mean_of(two, "tpot"));
    auto const& t = four["totals"][0];
    EXPECT_EQ(t["requests"], 600);
    EXPECT_EQ(t["prompt_tokens"], one["totals"][0]["prompt_tokens"]);
    EXPECT_EQ(t["output_tokens"], one["totals"][0]["output_tokens"]);
    EXPECT_NEAR(t["output_tokens_per_s_gpu"], t["output_tokens_per_s"].get<double>() / 4, 1e-9);
    EXPECT_LE(t["busy_share"], 1.0);
    EXPECT_NEAR(four["pool"][0]["gpu_hours"], 4 * t["duration_s"].get<double>() / 3600, 1e-12);
    // Little, at the engines: without what the front end adds.
    auto const in_flight = four["pool"][0]["in_flight_mean"].get<double>();
    EXPECT_GT(in_flight, 0);
    EXPECT_LT(in_flight, t["requests_per_s"].get<double>() * mean_of(four, "e2e"));
}

TEST(EngineReplicas, OfAClosedLoopKeepItInFlight) {
    auto const json =
        json_of(run_cli(with(with({"engine"}, llama), {"--concurrency", "32", "--prompt", "500", "--output", "100",
                                                       "--requests", "400", "--replicas", "4", "--format", "json"})));
    EXPECT_EQ(json["totals"][0]["requests"], 400);
    EXPECT_NEAR(json["pool"][0]["in_flight_mean"], 32, 1.5);
}

TEST(EngineReplicas, GiveEveryOutcomeAndEveryRefusal) {
    auto const list = "arrival_s,prompt_tokens,output_tokens\n0,100,20\n0,900000,20\n0.01,100,20\n0.02,100,20\n";
    auto const outcomes = file_named("outcomes.csv").string();
    auto const ran = engine_on(list, {"--replicas", "3", "--outcomes", outcomes, "--format", "json"});
    auto const json = json_of(ran);
    EXPECT_EQ(json["totals"][0]["requests"], 3);
    EXPECT_EQ(json["totals"][0]["refused"], 1);
    EXPECT_EQ(json["totals"][0]["refused_too_long"], 1);
    EXPECT_EQ(rows_of_csv(text_of(outcomes)).size(), 5U);
}

TEST(EngineReplicas, ByWhatTheyHaveCachedFindMoreThanByLoad) {
    // Four conversations side by side, eight turns each, whose prompts begin with all blocks of the turn before.
    std::string list;
    for (int turn = 0; turn < 8; ++turn) {
        for (int place = 0; place < 4; ++place) {  // in another order each time
            int const talk = (3 * place + turn) % 4;
            std::string ids;
            for (int block = 0; block <= turn; ++block)
                ids += fmt::format("{}{}", block ? ", " : "", 100 * talk + block);
            list +=
                fmt::format("{{\"timestamp\": {}, \"input_length\": {}, \"output_length\": 200, \"hash_ids\": [{}]}}\n",
                            1500 * turn + 10 * place, 512 * (turn + 1), ids);
        }
    }
    auto const cached = [&](char const* router) {
        auto const json =
            json_of(engine_on(list, {"--replicas", "4", "--prefix-cache", "--router", router, "--format", "json"}));
        return json["totals"][0]["cached_tokens"].get<std::int64_t>();
    };
    EXPECT_GT(cached("cache-aware"), cached("least-load"));
}

TEST(EngineReplicas, SayWhatIsWrong) {
    auto const said = [](Words const& more) { return error_of(with(with(llama, busy), more)); };
    EXPECT_EQ(said({"--router", "cache-aware"}), "runrate: --router is of --replicas (leave it out)\n");
    EXPECT_EQ(said({"--replicas", "4", "--router", "cache-aware"}),
              "runrate: --router cache-aware looks into the replicas' prefix caches (add --prefix-cache)\n");
    EXPECT_THAT(said({"--replicas", "0"}), HasSubstr("--replicas takes a whole number from 1"));
    EXPECT_THAT(said({"--replicas", "2", "--router", "round"}), HasSubstr("unknown router 'round'"));
}

TEST(EngineReplicas, AreNamedOnTheScreen) {
    auto const ran = engine_drawn({"--replicas", "3"});
    EXPECT_THAT(ran.out, StartsWith("3 replicas, chosen by the least load; each: llama-3.1-8b in bf16"));
}

}  // namespace
}  // namespace runrate
