#include <cmath>

#include <gtest/gtest.h>

#include "calibration/synthetic.h"
#include "runrate/calibration.h"

namespace runrate {
namespace {

/// One engine, and what it would measure at known parameters.
StudySet measured_at(StepParameters const& truth) {
    StudySet set;
    add_combination(set, small_model(), Precision::bf16, 1, "vllm");
    measure(set, {to_logs(truth)});
    return set;
}

Replica one_gpu() { return measured_at({}).combinations[0].replica; }

TEST(PublicFit, FindsTheStepTimeThatLoadsWereMeasuredWith) {
    StepParameters truth;
    truth.memory = 0.6;
    truth.step_s = 3e-3;
    truth.sequence_s = 25e-6;
    auto const set = measured_at(truth);
    std::vector<MeasuredLoad> loads;
    for (std::size_t i = 0; i < set.rows.size(); ++i) {
        auto const& row = set.rows[i];
        loads.push_back({row.concurrency,
                         row.prompt_tokens,
                         row.output_tokens,
                         row.shortest_share,
                         set.seen[i][0].ttft_s,
                         set.seen[i][0].tpot_s,
                         {}});
    }
    auto const found = fit(loads, one_gpu());
    for (std::size_t i = 0; i < loads.size(); ++i) {
        EXPECT_NEAR(std::log(*found.predicted[i].tpot_s / *loads[i].tpot_s), 0, 0.03);
        EXPECT_NEAR(std::log(*found.predicted[i].ttft_s / *loads[i].ttft_s), 0, 0.05);
    }
    EXPECT_LE(found.low.memory, truth.memory);
    EXPECT_GE(found.high.memory, truth.memory);
}

TEST(PublicFit, RefusesWhatCannotBeALoad) {
    auto const fault = [](std::vector<MeasuredLoad> const& loads) -> std::string {
        try {
            fit(loads, one_gpu());
        } catch (std::invalid_argument const& e) { return e.what(); }
        return {};
    };
    EXPECT_EQ(fault({}), "no load to fit to");
    EXPECT_EQ(fault({{.concurrency = 1, .prompt_tokens = 10, .output_tokens = 10}}), "load 0: nothing measured ");
    EXPECT_EQ(fault({{.concurrency = 1, .prompt_tokens = 1e8, .output_tokens = 10, .tpot_s = 0.01}}),
              "load 0: its requests exceed the KV cache or the context");
}

}  // namespace
}  // namespace runrate
