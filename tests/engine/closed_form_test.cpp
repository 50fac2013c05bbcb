// Times that can be summed by hand from step_time().

#include <algorithm>

#include <gtest/gtest.h>

#include "core/time.h"
#include "engine/build.h"

namespace runrate {
namespace {

// However iterations are skipped: a request's cache grows from its prompt to all of it.
TEST(ClosedForm, TheMeanCacheOfOneRequestIsHalfWayUp) {
    EngineRequest const one{.arrival = {}, .prompt_tokens = 16, .output_tokens = 10'000};
    bool sent = false;
    auto const totals = serve(
        [&](EngineRequest& r) {
            r = one;
            return !std::exchange(sent, true);
        },
        small_replica(Prefill::chunks), {}, [](EngineOutcome const&) {});
    EXPECT_NEAR(totals.kv_mean_tokens, 16 + 5'000, 50);
}

constexpr double tick_s = 1 / 1.024e12;

/// A sum of step times, and how far the engine's ticks may be from it: a tick per iteration, and half a one per token
/// of context, whose time is rounded once.
struct ByHand {
    Replica const& replica;
    double seconds = 0, tolerance = 0;

    void add(Batch const& b) {
        seconds += step_time(b, replica, {});
        tolerance += tick_s * (1 + b.context / 2);
    }
};

void expect_near(EngineTime measured, ByHand const& expected) {
    EXPECT_NEAR(to_seconds(measured), expected.seconds, expected.tolerance);
    EXPECT_LT(expected.tolerance, 1e-5 * expected.seconds) << "proves nothing";
}

void add_prompt(ByHand& sum, std::int64_t prompt, std::int64_t budget) {
    for (std::int64_t at = 0; at < prompt; at += budget) {
        auto const p = static_cast<double>(std::min(budget, prompt - at));
        auto const c = static_cast<double>(at);
        sum.add({.prefill_tokens = p,
                 .context = c,
                 .prompt_pairs = p * (c + p / 2),
                 .first_tokens = at + budget >= prompt ? 1.0 : 0.0});
    }
}

TEST(ClosedForms, ALoneRequestTakesThePrefillAndThenADecodeStepAtItsContextPerToken) {
    constexpr std::int64_t prompt = 5000, output = 700;
    for (auto const manner : {Prefill::chunks, Prefill::whole, Prefill::alone}) {
        for (bool const experts : {false, true}) {
            auto r = small_replica(manner);
            if (experts) r.model = expert_model();
            std::vector<EngineRequest> const lone{
                {.arrival = seconds(1), .prompt_tokens = prompt, .output_tokens = output}};
            auto const o = serve(lone, r, {}).front();
            ByHand first{r};
            add_prompt(first, prompt, manner == Prefill::whole ? prompt : r.engine.token_budget);
            expect_near(o.first_token - o.arrival, first);
            ByHand rest{r};
            for (std::int64_t i = 0; i < output - 1; ++i)
                rest.add({.decodes = 1, .context = static_cast<double>(prompt + i)});
            expect_near(o.finished - o.first_token, rest);
        }
    }
}

TEST(ClosedForms, RequestsFarApartDoNotKnowOfEachOther) {
    auto const r = small_replica();
    std::vector<EngineRequest> list;
    for (int i = 0; i < 20; ++i)
        list.push_back({.arrival = seconds(60.0 * i), .prompt_tokens = 100 + 211 * i, .output_tokens = 1 + 17 * i});
    auto const together = serve(list, r, {});
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto lone = list[i];
        lone.arrival = {};
        auto const alone = serve(std::span{&lone, 1}, r, {}).front();
        EXPECT_EQ(together[i].finished - together[i].arrival, alone.finished);
        EXPECT_EQ(together[i].first_token - together[i].arrival, alone.first_token);
    }
}

/// The step time is linear in the context, so equal requests decode at the step time of their mean context.
TEST(ClosedForms, AFullBatchMakesItsSizeOfTokensPerStepAtTheMeanContext) {
    constexpr int batch = 256, prompt = 8, output = 1001;
    auto const r = small_replica();
    std::vector<EngineRequest> const list(batch, {.arrival = {}, .prompt_tokens = prompt, .output_tokens = output});
    auto const outcomes = serve(list, r, {});
    double const mean_context = batch * (prompt + (output - 2) / 2.0);
    double const step = step_time({.decodes = batch, .context = mean_context}, r, {});
    for (auto const& o : outcomes) {
        EXPECT_EQ(o.first_token, outcomes.front().first_token);
        EXPECT_EQ(o.finished, outcomes.front().finished);
    }
    double const spent = to_seconds(outcomes.front().finished - outcomes.front().first_token);
    double const per_s = batch * (output - 1) / spent;
    EXPECT_NEAR(per_s, batch / step, 1e-6 * batch / step);
    double const reading_weights = step_time({.decodes = 1}, r, {});
    EXPECT_GT(per_s, 50 / reading_weights) << "the batch shares the reading of weights";
}

}  // namespace
}  // namespace runrate
