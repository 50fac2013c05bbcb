#include <gmock/gmock.h>

#include "calibration/calibrate.h"
#include "calibration/synthetic.h"

namespace runrate {
namespace {

struct Fitted {
    StudySet set;
    Calibrated result;
};

/// Six engines that measure what the priors say, fitted.
Fitted fitted() {
    Fitted f{six_engines({1, 4, 16}), {}};
    for (std::size_t i = 0; i < f.set.combinations.size(); ++i) {
        f.set.combinations[i].replica.gpu = h100();
        f.set.combinations[i].family += " h100";
    }
    Design const design{f.set.combinations};
    measure(f.set, pooled_parameters(f.set, design, design.prior_medians()));
    f.result = calibrate(f.set, nullptr, {});
    f.result.calibration.name = "a \"name\"";
    f.result.calibration.as_of = "2026-11-25";
    f.result.calibration.command = "runrate calibrate";
    f.result.calibration.sources = {"rows.csv: 54 rows"};
    return f;
}

TEST(CalibrationFile, ReadsWhatItWrites) {
    auto const text = to_yaml(fitted().result.calibration);
    auto const again = read_calibration("again.yaml", text);
    EXPECT_EQ(to_yaml(again), text);
    EXPECT_EQ(again.combinations.size(), 6U);
    EXPECT_EQ(again.families.size(), 4U);
    EXPECT_EQ(again.combinations[0].covariance.size(), 66U);
}

TEST(CalibrationFile, KeepsNamesThatYamlWouldReadOtherwise) {
    Calibration c;
    c.name = "a: b\n# c";
    c.as_of = "2026-11-25\" x";
    c.command = "runrate calibrate 'a, b.csv'";
    c.names = {{"vllm, tuned", "vllm: {other}"}, {"llama: \"8b\""}};
    Design const design{c.names};
    for (auto const& column : design.columns()) {
        c.coefficients.push_back(column.median == 0 ? 1 : 0.25);
        c.sds.push_back(0.5);
    }
    auto const again = read_calibration("again.yaml", to_yaml(c));
    EXPECT_EQ(again.name, c.name);
    EXPECT_EQ(again.as_of, c.as_of);
    EXPECT_EQ(again.names, c.names);
    EXPECT_EQ(again.coefficients, c.coefficients);
}

TEST(CalibrationFile, ReportsEveryMistakeAtItsPlace) {
    std::string const text =
        "schema: runrate/calibration/1\n"
        "name: mine\n"
        "as_of: \"2026-11-25\"\n"
        "command: by hand\n"
        "engines: [vllm]\n"
        "pooled:\n"
        "  - {parameter: memory, covariate: moon, value: 0.1, sd: 0.1}\n"
        "combinations:\n"
        "  - {model: m, gpu: g, precision: fp8, engine: vllm, parallel: {}, rows: 3, values: {memroy: 1}}\n";
    try {
        read_calibration("mine.yaml", text);
        FAIL() << "accepted";
    } catch (InputError const& e) {
        EXPECT_EQ(
            std::string{e.what()},
            "mine.yaml:7:5: error: 'moon' of 'memory' is no coefficient of the model\n"
            "    7 |   - {parameter: memory, covariate: moon, value: 0.1, sd: 0.1}\n"
            "      |     ^  pooled[0]\n"
            "mine.yaml:9:94: error: unknown parameter 'memroy'\n"
            "    9 |   - {model: m, gpu: g, precision: fp8, engine: vllm, parallel: {}, rows: 3, values: {memroy: 1}}\n"
            "      |                                                                                              ^  "
            "combinations[0].values.memroy\n");
    }
}

TEST(SpeedOf, TakesTheMostSpecificSetAndSaysWhatItRestsOn) {
    auto const f = fitted();
    auto const& c = f.result.calibration;
    auto replica = f.set.combinations[1].replica;  // 70B, tp 2, vllm
    auto const covered = speed_of(c, replica, "vllm");
    EXPECT_EQ(covered.evidence, Evidence::covered);
    EXPECT_EQ(covered.parameters, from_logs(f.result.offsets[1].parameters));
    EXPECT_THAT(covered.origin, testing::MatchesRegex("a \"name\": measured as it is, 9 rows "
                                                      "[(]their TPOT met within [0-9.e-]+% at the median[)]"));
    replica.parallel.tensor = 4;
    auto const other = speed_of(c, replica, "vllm");
    EXPECT_EQ(other.evidence, Evidence::parallelism);
    replica.precision = Precision::bf16;
    EXPECT_EQ(speed_of(c, replica, "vllm").evidence, Evidence::parts);
    replica.model.name = "another";
    auto const unseen = speed_of(c, replica, "vllm");
    EXPECT_EQ(unseen.evidence, Evidence::unseen);
    EXPECT_LT(covered.speed_log_sd, other.speed_log_sd);
    EXPECT_LT(other.speed_log_sd, unseen.speed_log_sd);
}

TEST(SpeedOf, TakesOfSeveralConfigurationsTheOneWithTheMostRows) {
    auto const f = fitted();
    auto c = f.result.calibration;
    auto more = c.combinations[1];
    more.rows = 100;
    more.parameters[static_cast<Eigen::Index>(StepParameter::memory)] += 0.1;
    c.combinations.push_back(more);
    auto const& replica = f.set.combinations[1].replica;
    EXPECT_EQ(speed_of(c, replica, "vllm").parameters, from_logs(more.parameters));
}

TEST(Calibrate, KeepsThePooledSetAndTheEnginesOfItsBase) {
    auto const base = fitted().result.calibration;
    StudySet own;
    add_combination(own, small_model(), Precision::bf16, 1, "mine", {1, 4, 16});
    own.combinations[0].replica.gpu = h100();
    Design const design{own.combinations};
    auto truth = pooled_parameters(own, design, design.prior_medians());
    truth[0][static_cast<Eigen::Index>(StepParameter::memory)] -= 0.2;
    measure(own, truth);
    auto const fit = calibrate(own, &base, {});
    EXPECT_EQ(fit.calibration.combinations.size(), 7U);
    EXPECT_LT(summarise(fit.in_sample, Figure::tpot).p90, 0.03);
    EXPECT_GT(decided_share(fit.offsets[0], StepParameter::memory), 0.5);
    // One GPU has nobody to talk to.
    EXPECT_LT(decided_share(fit.offsets[0], StepParameter::link), 0.01);
    auto const pooled = coefficients_for(fit.calibration, Design{base.names});
    for (Eigen::Index j = 0; j < pooled.size(); ++j)
        EXPECT_DOUBLE_EQ(pooled[j], base.coefficients[static_cast<std::size_t>(j)]);
}

TEST(Folds, LeaveEachRowOutOnce) {
    auto const set = six_engines();
    for (auto const what : {LeaveOut::combination, LeaveOut::family, LeaveOut::model, LeaveOut::concurrency}) {
        std::vector<int> times(set.rows.size());
        for (auto const& fold : folds(set, what, 5))
            for (std::size_t row = 0; row < fold.size(); ++row) times[row] += fold[row];
        EXPECT_EQ(times, std::vector<int>(set.rows.size(), 1));
    }
}

}  // namespace
}  // namespace runrate
