// Results may not depend on the order of work, nor on anything but the address of a draw. Nothing in src/stat may call
// the exp, log, pow, sin or erf of the C library, whose bits follow the processor: stat/elementary.h has their twins.

#include <bit>

#include <gtest/gtest.h>

#include "stat/copula.h"
#include "stat/laws.h"
#include "stat/sampler.h"
#include "stat/sobol.h"

namespace runrate {
namespace {

/// FNV-1a over the bits of doubles.
struct Hash {
    std::uint64_t value = 0xcbf29ce484222325;

    void add(double x) {
        auto const bits = std::bit_cast<std::uint64_t>(x);
        for (int i = 0; i < 64; i += 8) value = (value ^ (bits >> i & 0xff)) * 0x100000001b3;
    }
};

std::uint64_t hash_of_draws(Distribution const& law) {
    Hash hash;
    Sampler const sampler{law};
    Stream stream{{.seed = 2}};
    for (int i = 0; i < 2000; ++i) hash.add(sampler.at(stream.uniform()));
    for (int i = 0; i < 20; ++i) hash.add(quantile(law, stream.uniform()));
    hash.add(mean(law));
    return hash.value;
}

std::uint64_t hash_of_points() {
    Hash hash;
    auto const copula = GaussianCopula::from(std::vector<double>{1, 0.4, 0.2, 0.4, 1, 0.1, 0.2, 0.1, 1}, 3);
    SobolPoints const points{3, 9, 4};
    for (std::uint32_t i = 0; i < 1000; ++i) {
        for (double x : copula->tie(points.point(i))) hash.add(x);
    }
    return hash.value;
}

TEST(Determinism, DrawsAreTheSameBitsInWhateverOrderLawsAreDrawn) {
    auto const laws = all_laws();
    std::vector<std::uint64_t> forth, back(laws.size());
    for (auto const& [name, law] : laws) forth.push_back(hash_of_draws(law));
    for (std::size_t i = laws.size(); i-- > 0;) back[i] = hash_of_draws(laws[i].law);
    EXPECT_EQ(forth, back);
}

TEST(Determinism, TiedSobolPointsAreTheSameBits) { EXPECT_EQ(hash_of_points(), hash_of_points()); }

TEST(Determinism, TheHashSeesASingleBit) {
    Hash one, other;
    one.add(1.0);
    other.add(std::nextafter(1.0, 2.0));
    EXPECT_NE(one.value, other.value);
}

}  // namespace
}  // namespace runrate
