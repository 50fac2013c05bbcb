// What serve() says of input that is wrong, compared whole.

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "engine/build.h"

namespace runrate {
namespace {

std::string said(std::vector<EngineRequest> const& list, Replica const& r = small_replica()) {
    try {
        serve(list, r, {});
    } catch (std::invalid_argument const& e) { return e.what(); }
    return "";
}

/// Of a replica that a change makes wrong.
template <class Change>
std::string said_of(Change const& change) {
    auto r = small_replica();
    change(r);
    return said({{.prompt_tokens = 10, .output_tokens = 10}}, r);
}

TEST(Input, NoRequestsAreServedAtOnce) {
    EXPECT_EQ(said({}), "");
    auto const totals = serve([](EngineRequest&) { return false; }, small_replica(), {}, [](EngineOutcome const&) {});
    EXPECT_EQ(totals.requests, 0);
    EXPECT_EQ(totals.iterations, 0);
    EXPECT_EQ(totals.end, EngineTime{});
    EXPECT_EQ(totals.running_mean, 0);
    EXPECT_GT(totals.kv_capacity_tokens, 0);
}

TEST(Input, RequestsThatAreNone) {
    EngineRequest const good{.arrival = seconds(1), .prompt_tokens = 10, .output_tokens = 10};
    auto const second = [&](auto const& change) {
        auto bad = good;
        change(bad);
        return said({good, bad});
    };
    EXPECT_EQ(second([](auto& r) { r.arrival = {}; }), "request 1 arrives before the one before it (sort by arrival)");
    EXPECT_EQ(second([](auto& r) { r.arrival = seconds(-1); }), "request 1 arrives before the start");
    EXPECT_EQ(second([](auto& r) { r.arrival = std::chrono::days{91}; }),
              "request 1 arrives more than 90 days after the start");
    auto const empty = "request 1 has no prompt or no output (at least one token each)";
    EXPECT_EQ(second([](auto& r) { r.prompt_tokens = 0; }), empty);
    EXPECT_EQ(second([](auto& r) { r.output_tokens = 0; }), empty);
    EXPECT_EQ(second([](auto& r) { r.output_tokens = -5; }), empty);
    EXPECT_EQ(second([](auto& r) { r.prompt_tokens = INT64_MAX; }), "request 1 has more than 2^26 tokens");
}

TEST(Input, ExtentsThatDoNotFitTheirPrompt) {
    auto const with = [](std::vector<Extent> const& extents) {
        return said({{.prompt_tokens = 100, .output_tokens = 1, .extents = extents}});
    };
    EXPECT_EQ(with({{1, 60}, {2, 40}}), "");
    EXPECT_EQ(with({{1, 60}, {2, 41}}), "request 0 has extents that are longer than its prompt");
    EXPECT_EQ(with({{1, INT64_MAX}, {2, INT64_MAX}}), "request 0 has extents that are longer than its prompt");
    EXPECT_EQ(with({{1, 60}, {2, 0}}), "request 0 has an extent without tokens");
}

TEST(Input, ReplicasThatCannotWork) {
    EXPECT_EQ(said_of([](Replica& r) { r.engine.token_budget = 255; }),
              "the token budget of an iteration is less than its batch (raise the budget, or allow fewer sequences)");
    EXPECT_EQ(said_of([](Replica& r) { r.speculation = {.draft_tokens = 8, .acceptance = 0.5}; }),
              "the token budget of an iteration is less than its batch (raise the budget, or allow fewer sequences)");
    EXPECT_EQ(said_of([](Replica& r) { r.engine.token_budget = 0; }),
              "the token budget of an iteration is less than one token");
    EXPECT_EQ(said_of([](Replica& r) { r.engine.max_sequences = 0; }),
              "the batch of an iteration has no room for a sequence (allow at least one)");
    EXPECT_EQ(said_of([](Replica& r) { r.engine.block_tokens = 0; }),
              "a block of the KV cache holds less than one token");
    EXPECT_EQ(said_of([](Replica& r) { r.kv_tokens = -1; }), "the KV cache holds fewer than no tokens");
    EXPECT_EQ(said_of([](Replica& r) { r.engine.promised_output = 1.5; }),
              "the output that must fit before a request is admitted is no share (between 0 and 1)");
    EXPECT_EQ(said_of([](Replica& r) { r.parallel.tensor = 0; }),
              "a replica is spread over less than one GPU (each degree of parallelism is at least 1)");
    EXPECT_EQ(said_of([](Replica& r) { r.speculation = {.draft_tokens = -1}; }),
              "speculative decoding proposes fewer than no tokens, or more than 64 at once");
    EXPECT_EQ(said_of([](Replica& r) { r.speculation = {.draft_tokens = 1, .acceptance = std::nan("")}; }),
              "the acceptance of speculative decoding is no share (between 0 and 1)");
}

/// A batch of whole prompts or of prompts alone may be smaller than the number of sequences.
TEST(Input, OnlyChunksNeedABudgetForTheWholeBatch) {
    for (auto const manner : {Prefill::whole, Prefill::alone}) {
        auto r = small_replica(manner);
        r.engine.token_budget = 1;
        std::vector<EngineRequest> const list(300, {.arrival = {}, .prompt_tokens = 7, .output_tokens = 5});
        for (auto const& o : serve(list, r, {})) EXPECT_GT(o.finished, o.first_token);
    }
}

TEST(Input, RequestsThatNeverFitAreCountedAndReported) {
    auto r = small_replica();
    r.kv_tokens = 1000;
    r.model.context_limit = 2000;
    std::vector<EngineRequest> const list{{.arrival = {}, .prompt_tokens = 900, .output_tokens = 200},
                                          {.arrival = seconds(1), .prompt_tokens = 2000, .output_tokens = 1},
                                          {.arrival = seconds(2), .prompt_tokens = 100, .output_tokens = 100}};
    auto const outcomes = serve(list, r, {});
    EXPECT_EQ(outcomes[0].refusal, Refusal::never_fits);
    EXPECT_EQ(outcomes[1].refusal, Refusal::too_long);
    EXPECT_EQ(outcomes[1].prompt_tokens, 2000);
    EXPECT_EQ(outcomes[2].refusal, Refusal::none);
    EXPECT_GT(outcomes[2].finished, outcomes[2].first_token);
    std::size_t next = 0;
    auto const source = [&](EngineRequest& q) {
        if (next == list.size()) return false;
        q = list[next++];
        return true;
    };
    auto const totals = serve(source, r, {}, [](EngineOutcome const&) {});
    EXPECT_EQ(totals.requests, 1);
    EXPECT_EQ(totals.refused, 2);
    EXPECT_EQ(totals.prompt_tokens, 100);
}

TEST(Input, MoreWorkThanTheClockCanHold) {
    auto r = small_replica();
    r.engine.max_sequences = 1;
    r.model.context_limit = 0;
    r.kv_tokens = 1 << 27;
    std::vector<EngineRequest> const list(40, {.arrival = {}, .prompt_tokens = 1, .output_tokens = 1 << 26});
    EXPECT_EQ(said(list, r), "the requests take more than 100 days to serve (too many for the replica)");
}

}  // namespace
}  // namespace runrate
