#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace runrate {

/// A number that carries its unit.
///
/// Quantities of one unit add, subtract, compare and scale; quantities of two units do not mix, so swapped arguments
/// do not compile. An operation that changes the unit is a free function, written where it has a meaning: see
/// `TokenPrice * Tokens` in money.h.
///
/// \tparam Unit  empty tag with a `symbol`, the spelling used in YAML and reports
/// \tparam Rep   integer for what is counted, double for what is measured
template <class Unit, class Rep>
class Quantity {
public:
    using unit = Unit;
    using rep = Rep;

    constexpr Quantity() = default;
    constexpr explicit Quantity(Rep count) : count_{count} {}

    [[nodiscard]] constexpr Rep count() const { return count_; }

    constexpr Quantity& operator+=(Quantity other) {
        count_ += other.count_;
        return *this;
    }
    constexpr Quantity& operator-=(Quantity other) {
        count_ -= other.count_;
        return *this;
    }

    friend constexpr auto operator<=>(Quantity, Quantity) = default;
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
    friend constexpr Quantity operator*(Quantity a, Rep factor) { return Quantity{a.count_ * factor}; }
    friend constexpr Quantity operator*(Rep factor, Quantity a) { return a * factor; }

private:
    Rep count_{};
};

namespace unit {
struct Token {
    static constexpr std::string_view symbol = "tokens";
};
}  // namespace unit

/// Whole tokens: what a model reads, writes and bills.
using Tokens = Quantity<unit::Token, std::int64_t>;

}  // namespace runrate
