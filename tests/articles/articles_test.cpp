// The worked examples of the articles: every figure of expected.csv, out of the whole program.

#include <cctype>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "expected.h"
#include "figures.h"
#include "runrate/study.h"

namespace runrate {
namespace {

Result run_article(std::string const& file) {
    std::string const prices = std::string{RUNRATE_SOURCE_DIR} + "/calibration/prices";
    auto const loaded = load_scenario({article_folder() + file, {}, {}, {prices}});
    EXPECT_EQ(loaded.warnings, "") << file;
    StudySettings settings;
    settings.worlds = 64;
    return run(*loaded.scenario, settings).result;
}

/// Each scenario once, however many of its figures are asked for.
Result const& result_of(std::string const& file) {
    static std::map<std::string, Result> results;
    auto const found = results.find(file);
    return found != results.end() ? found->second : results.emplace(file, run_article(file)).first->second;
}

class Figure : public testing::TestWithParam<ExpectedRow> {};

TEST_P(Figure, IsThatOfTheArticle) {
    auto const& row = GetParam();
    auto const& result = result_of(row.file);
    double const got = figure(result, row);
    if (row.tolerance == "4se") {
        double const se = standard_error(result, row);
        EXPECT_NEAR(got, row.expected, 4 * se);
        EXPECT_LT(se, 0.006 * row.expected);
    } else if (row.tolerance == "half") {
        double const half = quantile_half_width(result, row);
        EXPECT_NEAR(got, row.expected, 2 * half);
        EXPECT_LT(half, 0.1 * row.expected);
    } else if (row.tolerance == "0") {
        EXPECT_DOUBLE_EQ(got, row.expected);
    } else {
        EXPECT_NEAR(got, row.expected, std::stod(row.tolerance));
    }
}

std::string name_of(ExpectedRow const& row) {
    auto name = row.file.substr(0, row.file.find('.')) + " " + row.option + " " + std::to_string(row.scale) + " " +
                row.period + " " + row.feature + " " + row.what;
    for (auto& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(Articles, Figure, testing::ValuesIn(expected_rows()),
                         [](auto const& test) { return name_of(test.param); });

class Article : public testing::TestWithParam<std::string> {};

TEST_P(Article, HasAnExpectedFigure) {
    auto const rows = expected_rows();
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [](auto const& row) { return row.file == GetParam(); }));
}

TEST_P(Article, OpensWithItsQuestion) {
    std::ifstream in{article_folder() + GetParam()};
    std::string question, claim;
    std::getline(in, question);
    std::getline(in, claim);
    EXPECT_EQ(question.rfind("# Question: ", 0), 0U) << question;
    EXPECT_EQ(claim.rfind("# Claim (S", 0), 0U) << claim;
}

/// The unit cost is printed in whole micro-dollars; the rows of W19 hold the product to 1e-9 of itself.
TEST_P(Article, HasChainsOfRatiosThatMultiplyToTheCostOfASession) {
    auto const& r = result_of(GetParam());
    int chains = 0;
    for (auto const& row : r.unit_costs) {
        if (row.unit != "session" && row.unit != "item") continue;
        double const product = chain_at(r, {row.option, row.scale, row.period, *row.feature}, row.unit);
        EXPECT_NEAR(product, dollars(row.mean), 0.51e-6) << row.option << ' ' << row.period;
        ++chains;
    }
    EXPECT_GT(chains, 0);
}

INSTANTIATE_TEST_SUITE_P(Files, Article, testing::ValuesIn(article_files()), [](auto const& test) {
    auto name = test.param.substr(0, test.param.find('.'));
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

}  // namespace
}  // namespace runrate
