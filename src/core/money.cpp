#include "core/money.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "core/contract.h"

namespace runrate {
namespace {

constexpr char const* too_large =
    "an amount is beyond 9.2 billion dollars (the traffic, the scale or a price is too large)";

/// Hands out `missing` units of 1 to the largest remainders, the earlier part first among equals.
template <class Remainder>
void add_to_largest(std::vector<std::int64_t>& parts, std::vector<Remainder> const& remainders, std::int64_t missing) {
    std::vector<std::size_t> order(parts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    for (std::size_t i = 0; missing > 0; ++i, --missing) ++parts[order[i % order.size()]];
}

double rounded(double value) { return std::nearbyint(value); }  // half to even in the default rounding mode

}  // namespace

Wide divide_half_even(Wide value, Wide by) {
    RUNRATE_EXPECT(by > 0);
    Wide quotient = value / by;
    Wide remainder = value % by;
    if (remainder < 0) {
        --quotient;
        remainder += by;
    }
    Wide const twice = 2 * remainder;
    if (twice > by || (twice == by && quotient % 2 != 0)) ++quotient;
    return quotient;
}

Money narrow(Wide nano_usd) {
    constexpr Wide most = std::numeric_limits<std::int64_t>::max();
    if (nano_usd > most || nano_usd < -most) throw std::overflow_error(too_large);
    return Money{static_cast<std::int64_t>(nano_usd)};
}

Money operator*(TokenPrice price, Tokens n) {
    RUNRATE_EXPECT(price.count() >= 0 && n.count() >= 0);
    return narrow(divide_half_even(Wide{price.count()} * n.count(), 1000));
}

Money times(Money each, std::int64_t n) { return narrow(Wide{each.count()} * n); }

TokenPrice scaled(TokenPrice price, double factor) {
    RUNRATE_EXPECT(factor >= 0 && std::isfinite(factor));
    return TokenPrice{static_cast<std::int64_t>(rounded(static_cast<double>(price.count()) * factor))};
}

Money scaled(Money money, double factor) {
    RUNRATE_EXPECT(std::isfinite(factor));
    return from_dollars(to_dollars(money) * factor);
}

Money from_dollars(double dollars) {
    RUNRATE_EXPECT(std::isfinite(dollars));
    double const nano = rounded(dollars * static_cast<double>(nano_per_dollar));
    if (std::abs(nano) >= 9.2e18) throw std::overflow_error(too_large);
    return Money{static_cast<std::int64_t>(nano)};
}

std::vector<Money> split(Money total, std::span<double const> weights) {
    double const sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    RUNRATE_EXPECT(total >= Money{} && sum > 0 && std::isfinite(sum));
    std::vector<std::int64_t> parts;
    std::vector<long double> remainders;
    std::int64_t given = 0;
    for (double w : weights) {
        RUNRATE_EXPECT(w >= 0);
        long double const exact = static_cast<long double>(total.count()) * w / sum;
        auto const part = std::min(static_cast<std::int64_t>(std::floor(exact)), total.count() - given);
        parts.push_back(part);
        remainders.push_back(w > 0 ? exact - static_cast<long double>(part) : -1);
        given += part;
    }
    add_to_largest(parts, remainders, total.count() - given);
    std::vector<Money> result;
    for (std::int64_t p : parts) result.emplace_back(p);
    return result;
}

std::vector<std::int64_t> round_to_sum(std::span<Wide const> amounts, std::int64_t step) {
    RUNRATE_EXPECT(step > 0);
    std::vector<std::int64_t> parts;
    std::vector<Wide> remainders;
    Wide total = 0;
    Wide given = 0;
    for (Wide a : amounts) {
        Wide const down = a >= 0 ? a / step : -((-a + step - 1) / step);
        parts.push_back(narrow(down).count());
        remainders.push_back(a - down * step);
        total += a;
        given += down;
    }
    if (!parts.empty()) add_to_largest(parts, remainders, narrow(divide_half_even(total, step) - given).count());
    return parts;
}

}  // namespace runrate
