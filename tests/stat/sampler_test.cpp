#include "stat/sampler.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/contract.h"
#include "stat/laws.h"

namespace runrate {
namespace {

class SamplerOf : public testing::TestWithParam<NamedLaw> {};
INSTANTIATE_TEST_SUITE_P(Laws, SamplerOf, testing::ValuesIn(all_laws()), name_of);

/// What the header promises of a family's draws, relative.
double promised(Distribution const& law) {
    if (std::holds_alternative<Mixture>(law)) return 1e-4;
    return std::holds_alternative<Gamma>(law) || std::holds_alternative<Pert>(law) ? 1e-5 : 1e-8;
}

/// The nearest number that a stream can give.
double as_drawn(double u) { return (std::floor(u * 0x1p52) + 0.5) * 0x1p-52; }

TEST_P(SamplerOf, DrawsAreThoseOfTheQuantile) {
    auto const& law = GetParam().law;
    Sampler const sampler{law};
    double const tolerance = promised(law);
    double const around_zero = std::holds_alternative<Normal>(law) ? 1e-8 * std::get<Normal>(law).sd : 0;
    for (double step = 0x1p-53; step < 1; step += step < 0.01 ? step * 0.37 : 0.00137) {
        double const u = as_drawn(step);
        double const x = sampler.at(u), slack = 1e-4 * std::min(u, 1 - u);
        bool const mixed = std::holds_alternative<Mixture>(law);
        double const low = quantile(law, mixed ? u - slack : u), high = quantile(law, mixed ? u + slack : u);
        EXPECT_GE(x, low - tolerance * std::abs(low) - around_zero) << u;
        EXPECT_LE(x, high + tolerance * std::abs(high) + around_zero) << u;
    }
}

TEST_P(SamplerOf, MoreUniformGivesNoLessValue) {
    Sampler const sampler{GetParam().law};
    // Where a mixture's table ends, its exact quantile takes over, itself good to the digits of a probability.
    double const slack = std::holds_alternative<Mixture>(GetParam().law) ? 1e-10 : 1e-14;
    double last = -std::numeric_limits<double>::infinity();
    for (double u = 0x1p-50; u < 1; u += u < 0.001 ? u * 0.01 : 0.00003) {
        double const x = sampler.at(u);
        ASSERT_GE(x, last - slack * std::abs(last)) << u;
        last = x;
    }
}

TEST_P(SamplerOf, DrawsHaveTheMeanOfTheLaw) {
    auto const& [name, law] = GetParam();
    Sampler const sampler{law};
    double sum = 0;
    constexpr int n = 100'000;
    for (int i = 0; i < n; ++i) sum += sampler.at((i + 0.5) / n);
    double const missing = name == "wide_lognormal" || name == "pareto" || name == "gamma_of_cv_5" ? 0.03 : 5e-4;
    EXPECT_NEAR(sum / n, mean(law), missing * std::abs(mean(law)));
}

TEST(Sampler, FollowsAGammaLawOfTheGreatestSpreadThatIsAccepted) {
    Distribution const law = Gamma{1.0 / 400, 1};  // cv 20
    Sampler const sampler{law};
    for (double step = 0.2; step < 1; step += 0.0037) {
        double const u = as_drawn(step);
        EXPECT_NEAR(sampler.at(u) / quantile(law, u), 1, 5e-4) << u;
    }
}

TEST(Sampler, MovesDrawsBeyondABoundToIt) {
    Sampler const sampler{Exponential{10}, 2, 15};
    EXPECT_EQ(sampler.at(0.001), 2);
    EXPECT_EQ(sampler.at(0.999), 15);
    EXPECT_NEAR(sampler.at(0.5), 10 * std::log(2), 1e-12);
    EXPECT_THROW(Sampler(Exponential{10}, 3, 2), ContractError);
}

TEST(Sampler, KnowsTheOneValueThatNeedsNoUniform) {
    EXPECT_EQ(Sampler{}.constant(), 0);
    EXPECT_EQ(Sampler(Constant{7}).constant(), 7);
    EXPECT_EQ(Sampler(Constant{7}, {}, 5).constant(), 5);
    EXPECT_EQ(Sampler(Uniform{7, 9}, {}, 5).constant(), 5);
    EXPECT_EQ(Sampler(Geometric{1, 1}).constant(), 1);
    EXPECT_EQ(Sampler(Lognormal{1, 1}, 4, 4).constant(), 4);
    EXPECT_EQ(Sampler(Mixture{{{1, Constant{2}}, {1, Constant{2}}}}).constant(), 2);
    EXPECT_FALSE(Sampler(Uniform{7, 9}).constant());
    EXPECT_FALSE(Sampler(Uniform{7, 9}, {}, 8).constant());
    EXPECT_EQ(Sampler(Uniform{7, 9}, {}, 5).at(0.3), 5);
}

TEST(Sampler, GeometricDrawsAreWholeNumbersWithTheProbabilitiesOfTheLaw) {
    Sampler const sampler{Geometric{10, 1}};
    EXPECT_EQ(sampler.at(0.0999999), 1);  // 1/10 of the sessions end after one turn
    EXPECT_EQ(sampler.at(0.1000001), 2);
    EXPECT_EQ(sampler.at(0.1899999), 2);  // 1 - 0.9^2
    EXPECT_EQ(sampler.at(0.1900001), 3);
}

TEST(Sampler, AMixtureOfConstantsIsExact) {
    Sampler const sampler{Mixture{{{0.9, Constant{1}}, {0.1, Constant{5}}}}};
    EXPECT_EQ(sampler.at(0.8999999), 1);
    EXPECT_EQ(sampler.at(0.9000001), 5);
}

TEST(WholeTokens, AreTheNearestHalfToEvenAndAtLeastOne) {
    EXPECT_EQ(whole_tokens(0.2), 1);
    EXPECT_EQ(whole_tokens(-3), 1);
    EXPECT_EQ(whole_tokens(1.5), 2);
    EXPECT_EQ(whole_tokens(2.5), 2);
    EXPECT_EQ(whole_tokens(3.5), 4);
    EXPECT_EQ(whole_tokens(299.6), 300);
    EXPECT_EQ(whole_tokens(1e300), std::int64_t{1} << 40);
    EXPECT_THROW(whole_tokens(std::nan("")), ContractError);
}

}  // namespace
}  // namespace runrate
