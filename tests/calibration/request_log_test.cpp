// Two logs of vLLM 0.19, replayed request by request. \note wants the files of RUNRATE_DATA

#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "calibration/calibrate.h"
#include "calibration/prepare.h"
#include "catalogue/load_catalogue.h"

namespace runrate {
namespace {

std::filesystem::path source_folder() { return RUNRATE_SOURCE_DIR; }

/// Both logs, each on its own engine; empty without data.
StudySet logs() {
    char const* folder = std::getenv("RUNRATE_DATA");
    if (folder == nullptr) return {};
    std::filesystem::path const benchmarks = std::filesystem::path{folder} / "benchmarks";
    Setup defaults;
    defaults.gpu = "rtx-pro-6000";
    return prepare({benchmarks / "vllm019_RTXPRO6000_Llama-3.1-8B_requests.csv",
                    benchmarks / "vllm019_RTXPRO6000_Qwen3-32B_requests.csv"},
                   defaults, load_catalogue({source_folder() / "calibration"}))
        .set;
}

struct Means {
    double ttft = 0, tpot = 0, e2e = 0;
};

/// Mean over the stretches [from, to) of a log.
Means mean_of(std::vector<Seen> const& stretches, std::size_t from, std::size_t to) {
    Means m;
    for (auto i = from; i < to; ++i) {
        auto const n = static_cast<double>(to - from);
        m.ttft += stretches[i].ttft_s / n;
        m.tpot += stretches[i].tpot_s / n;
        m.e2e += stretches[i].e2e_s / n;
    }
    return m;
}

/// Predicted over measured, less one.
Means errors_of(StudySet const& set, std::size_t log, LogParameters const& logs, std::size_t from) {
    RowMask const all(set.rows.size(), 1);
    auto const predicted = predict(set, set.combinations[log], logs, all).front().stretches;
    auto const& seen = set.seen[set.combinations[log].rows.front()];
    auto const here = mean_of(predicted, from, seen.size());
    auto const there = mean_of(seen, from, seen.size());
    return {here.ttft / there.ttft - 1, here.tpot / there.tpot - 1, here.e2e / there.e2e - 1};
}

Calibration shipped() { return load_calibration(source_folder() / "calibration/fits/study-2026-11.yaml"); }

TEST(RequestLogs, CalibratedOnThemselvesGiveTheirMeans) {
    auto const set = logs();
    if (set.rows.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
    ASSERT_EQ(set.combinations.size(), 2U);
    auto const base = shipped();
    auto const fit = calibrate(set, &base, {});
    for (std::size_t log = 0; log < 2; ++log) {
        auto const e = errors_of(set, log, fit.offsets[log].parameters, 0);
        std::printf("%s: TTFT %+.2f %%, TPOT %+.2f %%, E2E %+.2f %%\n", set.combinations[log].name.c_str(),
                    100 * e.ttft, 100 * e.tpot, 100 * e.e2e);
        EXPECT_LT(std::abs(e.tpot), 0.01);
        EXPECT_LT(std::abs(e.e2e), 0.01);
        EXPECT_LT(std::abs(e.ttft), 0.02);
    }
}

TEST(RequestLogs, TheFirstHalfPredictsTheSecond) {
    auto const set = logs();
    if (set.rows.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
    // All requests are replayed, as all of them were served; the fit sees the first half of them.
    auto halves = set;
    for (auto& stretches : halves.seen)
        for (auto i = stretches.size() / 2; i < stretches.size(); ++i) stretches[i] = {};
    auto const base = shipped();
    auto const fit = calibrate(halves, &base, {});
    for (std::size_t log = 0; log < 2; ++log) {
        auto const e = errors_of(set, log, fit.offsets[log].parameters, set.seen[log].size() / 2);
        std::printf("%s: TTFT %+.2f %%, TPOT %+.2f %%, E2E %+.2f %%\n", set.combinations[log].name.c_str(),
                    100 * e.ttft, 100 * e.tpot, 100 * e.e2e);
        EXPECT_LT(std::abs(e.tpot), 0.04);
        EXPECT_LT(std::abs(e.e2e), 0.04);
        EXPECT_LT(std::abs(e.ttft), 0.06);
    }
}

}  // namespace
}  // namespace runrate
