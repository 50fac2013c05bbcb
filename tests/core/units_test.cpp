// What must not compile does not: the types say what a number is.

#include <functional>
#include <type_traits>

#include <gtest/gtest.h>

#include "core/id.h"
#include "core/money.h"
#include "core/time.h"

namespace runrate {
namespace {

template <class Op, class A, class B>
constexpr bool compiles = std::is_invocable_v<Op, A, B>;

static_assert(compiles<std::plus<>, Tokens, Tokens>);
static_assert(!compiles<std::plus<>, Tokens, Money>);
static_assert(!compiles<std::plus<>, Tokens, int>);
static_assert(!compiles<std::multiplies<>, Money, Tokens>);
static_assert(compiles<std::multiplies<>, TokenPrice, Tokens>);
static_assert(compiles<std::minus<>, Instant, Instant>);
static_assert(!compiles<std::plus<>, Instant, Instant>);
static_assert(!compiles<std::equal_to<>, RoleId, TargetId>);
static_assert(sizeof(Money) == sizeof(std::int64_t));

TEST(Time, ATickIsTwoToTheMinusTenNanoseconds) {
    EXPECT_EQ(from_seconds(1e-9).count(), 1024);
    EXPECT_DOUBLE_EQ(to_seconds(from_seconds(2.5)), 2.5);
}

TEST(Time, AnAbsurdDurationStopsAtFiftyDays) { EXPECT_EQ(from_seconds(1e300), std::chrono::hours{24 * 50}); }

}  // namespace
}  // namespace runrate
