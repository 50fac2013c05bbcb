#include "stat/stream.h"

#include <algorithm>
#include <set>
#include <vector>

#include <Random123/philox.h>
#include <gmock/gmock.h>

namespace runrate {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> first_bits(Address const& at, int count) {
    Stream stream{at};
    std::vector<std::uint64_t> bits;
    for (int i = 0; i < count; ++i) bits.push_back(stream.bits());
    return bits;
}

std::vector<std::uint64_t> cipher(r123array4x64 counter, r123array2x64 key) {
    auto const out = philox4x64_R(10, counter, key);
    return {out.v[0], out.v[1], out.v[2], out.v[3]};
}

// Random123, tests/kat_vectors, philox4x64 10.
TEST(Stream, MatchesThePublishedVectorOfZeros) {
    EXPECT_THAT(first_bits({.purpose = Purpose{0}}, 4),
                ElementsAre(0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b));
}

TEST(Stream, ItsCipherMatchesTheOtherPublishedVectors) {
    std::uint64_t const all = ~std::uint64_t{0};
    EXPECT_THAT(cipher({{all, all, all, all}}, {{all, all}}),
                ElementsAre(0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0));
    EXPECT_THAT(cipher({{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89}},
                       {{0x452821e638d01377, 0xbe5466cf34e90c6c}}),
                ElementsAre(0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6));
}

TEST(Stream, WritesTheAddressIntoKeyAndCounter) {
    Address const at{.seed = 0x1111111122222222,
                     .world = 3,
                     .purpose = Purpose::gateway,
                     .entity = 0x5555555566666666,
                     .item = 0x7777777788888888,
                     .turn = 9,
                     .step = 10,
                     .occurrence = 11};
    r123array2x64 const key{{0x1111111122222222, 3ULL << 32 | 4}};
    auto expected = cipher({{11ULL << 32, 9ULL << 32 | 10, 0x7777777788888888, 0x5555555566666666}}, key);
    auto const second = cipher({{11ULL << 32 | 1, 9ULL << 32 | 10, 0x7777777788888888, 0x5555555566666666}}, key);
    expected.insert(expected.end(), second.begin(), second.end());
    EXPECT_EQ(first_bits(at, 8), expected);
}

TEST(Stream, AddressesThatDifferInOneFieldShareNoNumbers) {
    std::vector<Address> addresses{
        {},          {.seed = 1}, {.world = 1}, {.purpose = Purpose::step}, {.entity = 1},
        {.item = 1}, {.turn = 1}, {.step = 1},  {.occurrence = 1},          {.seed = 1, .world = 1}};
    std::set<std::uint64_t> seen;
    for (auto const& at : addresses) {
        for (auto bits : first_bits(at, 1000)) EXPECT_TRUE(seen.insert(bits).second);
    }
}

TEST(Stream, EqualAddressesGiveEqualNumbers) {
    Address const at{.seed = 42, .world = 7, .entity = 12};
    EXPECT_EQ(first_bits(at, 100), first_bits(at, 100));
}

TEST(Stream, UniformsAreOddMultiplesInsideTheOpenInterval) {
    Stream stream{{.seed = 5}};
    double sum = 0, squares = 0;
    constexpr int n = 200'000;
    for (int i = 0; i < n; ++i) {
        double const u = stream.uniform(), halves = u * 0x1p53;
        ASSERT_TRUE(0 < u && u < 1);
        ASSERT_EQ(static_cast<std::uint64_t>(halves) % 2, 1u);
        sum += u;
        squares += u * u;
    }
    EXPECT_NEAR(sum / n, 0.5, 4 * 0.2887 / 447);  // four standard errors of n uniforms
    EXPECT_NEAR(squares / n, 1.0 / 3, 4 * 0.2981 / 447);
}

TEST(Stream, TheExtremeWordsStayInside) {
    auto const uniform_of = [](std::uint64_t word) { return (static_cast<double>(word >> 12) + 0.5) * 0x1p-52; };
    EXPECT_EQ(uniform_of(0), 0x1p-53);
    EXPECT_EQ(uniform_of(~std::uint64_t{0}), 1 - 0x1p-53);
}

}  // namespace
}  // namespace runrate
