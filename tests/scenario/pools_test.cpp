#include <gtest/gtest.h>

#include "hardware/memory.h"
#include "scenario/loaded.h"
#include "scenario/scenario.h"

namespace runrate {
namespace {

Pool pool_of(std::string const& text, std::string const& gpu = "h100-sxm") {
    auto const loaded =
        load_text(good_scenario + "pools: {own: {model: llama-3.3-70b, gpu: " + gpu + ", " + text + "}}\n");
    EXPECT_EQ(loaded.scenario->pools.size(), 1U);
    return loaded.scenario->pools.at(0);
}

EngineSpeed speed_of_pool(Pool const& pool) { return std::get<CalibratedSpeed>(pool.speed).speed; }

TEST(Pools, AreReplicasOfTheCatalogueWithTheirLimits) {
    auto const pool =
        pool_of("precision: fp8, gpus_per_replica: 2, limits: {sequences: 128, chunk: 2048 tokens, kv: 85% of memory}");
    auto const& r = pool.replica;
    EXPECT_EQ(pool.name, "own");
    EXPECT_EQ(r.model.name, "llama-3.1-70b");  // one shape under two names
    EXPECT_EQ(r.gpu.name, "h100-sxm");
    EXPECT_EQ(r.precision, Precision::fp8);
    EXPECT_EQ(r.parallel, Parallelism{.tensor = 2});
    EXPECT_EQ(r.engine.max_sequences, 128);
    EXPECT_EQ(r.engine.token_budget, 2048);
    EXPECT_EQ(r.engine.memory_share, 0.85);
    EXPECT_FALSE(r.kv_tokens);
}

TEST(Pools, TakeWhatTheyDoNotSayFromModelAndEngine) {
    auto const r = pool_of("gpus_per_replica: 4").replica;
    EXPECT_EQ(r.precision, Precision::bf16);
    EXPECT_EQ(r.engine.name, "vllm");
    EXPECT_EQ(r.engine.token_budget, 8192);  // vLLM's default on GPUs of 80 GB
    EXPECT_EQ(r.engine.max_sequences, 1024);
}

TEST(Pools, SayEveryKindOfParallelismAndBothPrecisions) {
    auto const r = pool_of(
                       "precision: {weights: fp8, kv: bf16}, gpus_per_replica: {tensor: 2, data: 2, pipeline: 2}, "
                       "limits: {kv: 400k tokens}")
                       .replica;
    EXPECT_EQ(r.parallel, (Parallelism{2, 2, 2, 1}));
    EXPECT_EQ(r.kv_precision, Precision::bf16);
    EXPECT_EQ(kv_number_bytes(r), 2);
    EXPECT_EQ(kv_capacity_tokens(r), 400'000);
}

TEST(Pools, RestOnTheMostSpecificMeasurements) {
    auto const h200 = pool_of("precision: fp8, gpus_per_replica: 2, engine: trtllm", "h200-sxm");
    EXPECT_EQ(speed_of_pool(h200).evidence, Evidence::covered);
    auto const other = pool_of("precision: fp8, gpus_per_replica: 2");
    EXPECT_EQ(speed_of_pool(other).evidence, Evidence::parts);
    EXPECT_NE(speed_of_pool(h200).parameters, speed_of_pool(other).parameters);
}

TEST(Pools, WarnWhereTheirEngineWasNotMeasured) {
    auto const warnings = [](std::string const& gpu) {
        return load_text(good_scenario +
                         "pools: {own: {model: llama-3.3-70b, precision: fp8, gpus_per_replica: 2, gpu: " + gpu +
                         "}}\n")
            .warnings;
    };
    EXPECT_EQ(warnings("h200-sxm"), "");
    EXPECT_NE(warnings("h100-sxm").find("step times of pool 'own' are not measured"), std::string::npos);
}

TEST(Pools, ShareOfMemoryIsOfWhatWeightsLeaveWhereTheEngineCountsSo) {
    auto const tokens = [](std::string const& engine, std::string const& kv) {
        return static_cast<double>(kv_capacity_tokens(
            pool_of("precision: fp8, gpus_per_replica: 2, engine: " + engine + ", limits: {kv: " + kv + " of memory}",
                    "h200-sxm")
                .replica));
    };
    // TensorRT-LLM: 90 % of what weights leave; all of it is one ninth more.
    EXPECT_NEAR(tokens("trtllm", "100%") / tokens("trtllm", "90%"), 10.0 / 9, 1e-5);
    // vLLM: a tenth of the memory more.
    double const bytes_of_token = 80 * 2 * 8 * 128 / 2.0;
    EXPECT_NEAR(tokens("vllm", "100%") - tokens("vllm", "90%"), 0.1 * 151397597184.0 / bytes_of_token, 2);
}

TEST(Pools, ReadBackAsTheyAreResolved) {
    for (auto const* pool :
         {"{model: phi-4, gpu: l40s, capacity: {output: 2k tokens/s}}", "{model: phi-4, gpu: l40s}"}) {
        auto const once = load_text(good_scenario + "pools: {own: " + pool + "}\n");
        EXPECT_EQ(load_text(once.resolved).scenario->hash, once.scenario->hash);
    }
}

TEST(Pools, OrStateTheirThroughput) {
    auto const pool = pool_of("gpus_per_replica: 2, capacity: {total: 2k tokens/s to 4k tokens/s}");
    auto const& stated = std::get<StatedCapacity>(pool.speed);
    EXPECT_EQ(stated.of, StatedCapacity::Of::total);
    EXPECT_TRUE(stated.tokens_per_s.uncertain());
}

TEST(Pools, NameTheirFilesAmongTheInputs) {
    auto const kinds = [](std::string const& text) {
        std::vector<std::string> all;
        auto const loaded = load_text(text);
        for (auto const& input : loaded.scenario->inputs) all.push_back(input.kind + " " + input.path);
        return all;
    };
    auto const without = kinds(good_scenario),
               with = kinds(good_scenario + "pools: {own: {model: phi-4, gpu: l40s}}\n");
    EXPECT_EQ(with.size(), without.size() + 4);
    for (auto const* file : {"catalogue calibration/gpus.yaml", "catalogue calibration/models.yaml",
                             "catalogue calibration/engines.yaml", "calibration study-2026-11.yaml"})
        EXPECT_NE(std::find(with.begin(), with.end(), file), with.end()) << file;
}

TEST(Pools, WithoutACatalogueAreRefused) {
    try {
        load_scenario({"-", good_scenario + "pools: {own: {model: phi-4, gpu: l40s}}\n", {}, {test_books()}, {}});
        FAIL();
    } catch (InputError const& error) {
        EXPECT_NE(std::string{error.what()}.find("the catalogue cannot be used"), std::string::npos) << error.what();
    }
}

/// A scenario whose option is served by a pool with such keys.
LoadedScenario served_by_pool(std::string const& keys, std::string const& plan = "{}") {
    auto text = good_scenario;
    text.replace(text.find("acme/large"), 10, "pool own");
    return load_text(text + "pools: {own: {model: llama-3.3-70b, precision: fp8, gpus_per_replica: 2, gpu: h200-sxm" +
                     keys + "}}\nplan: " + plan + "\n");
}

TEST(Fleets, HaveWhatStandsAroundTheirReplicas) {
    auto const loaded = served_by_pool(
        ", router: cache aware, prefix_cache: no, objective: {ttft_p95: 2 s, tpot_p95: 60 ms}, "
        "autoscale: {in_flight: 12 per replica, every: 30 s, stabilise: 10 min, cold_start: 4 min to 9 min, most: 120, "
        "surge: 8}, admission: {in_flight: 64 per replica, queue: 500}, failures: {every: 60 days, repair: 10 min}",
        "{own: {at_least: 2}}");
    auto const& pool = loaded.scenario->pools.at(0);
    auto const& fleet = pool.fleet;
    EXPECT_EQ(fleet.router, Router::cache_aware);
    EXPECT_FALSE(pool.replica.prefix_cache);
    EXPECT_EQ(fleet.objective->ttft_p95_s, 2);
    EXPECT_EQ(fleet.objective->tpot_p95_s, 0.06);
    EXPECT_EQ(fleet.autoscale->in_flight, 12);
    EXPECT_EQ(fleet.autoscale->stabilise_s, 600);
    EXPECT_EQ(fleet.autoscale->most, 120);
    EXPECT_EQ(fleet.autoscale->surge, 8);
    EXPECT_EQ(fleet.admission.in_flight, 64);
    EXPECT_EQ(fleet.admission.queue, 500);
    EXPECT_EQ(fleet.failures->every_s, 60 * 86400);
    EXPECT_EQ(loaded.scenario->pool_plans.at(0).at_least, 2);
    ASSERT_EQ(loaded.scenario->beliefs.size(), 1U);  // the cold start
}

TEST(Fleets, HaveOneReplicaWithAPrefixCacheWhereNothingIsSaid) {
    auto const loaded = served_by_pool("");
    EXPECT_EQ(loaded.scenario->pools.at(0).fleet.router, Router::session_affinity);
    EXPECT_TRUE(loaded.scenario->pools.at(0).replica.prefix_cache);
    EXPECT_FALSE(loaded.scenario->pools.at(0).fleet.autoscale);
    EXPECT_EQ(loaded.scenario->pool_plans.at(0).at_least, 1);
}

TEST(Fleets, AreTargetsWithALatencyOfTheirReplicas) {
    auto const s = served_by_pool("").scenario;
    auto const& target = s->targets.at(0);
    EXPECT_EQ(target.name, "pool own");
    EXPECT_TRUE(target.pool);
    EXPECT_EQ(s->pool_of(TargetId{0}), 0U);
    auto const constant = [](LawSpec const& law) { return law.parameters.at(0).second.value; };
    EXPECT_GT(constant(target.ttft_s), 0.02);
    EXPECT_LT(constant(target.ttft_s), 1);
    EXPECT_GT(constant(target.speed), 20);
    EXPECT_LT(constant(target.speed), 200);
}

TEST(OwnedMachinesOfAScenario, DrawNoLessThanWhatTheyDrawThemselves) {
    auto text = good_scenario;
    text.replace(text.find("acme/large"), 10, "pool own");
    auto const s =
        load_text(text +
                  "pools: {own: {model: llama-3.3-70b, precision: fp8, gpus_per_replica: 2, gpu: h200-sxm}}\n"
                  "plan: {own: {at_least: 2, own: {replicas: 2, capex: $345k, power: 10.2 kW, pue: 1.02 to 1.3}}}\n")
            .scenario;
    auto const& own = s->pool_plans[0].own[0];
    std::vector<double> draw(s->beliefs.size(), 0.97);  // a draw in a hundred
    EXPECT_EQ(own.machines(draw).pue, 1);
    draw.assign(draw.size(), 1.2);
    EXPECT_EQ(own.machines(draw).pue, 1.2);
}

}  // namespace
}  // namespace runrate
