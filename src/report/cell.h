#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "runrate/result.h"

namespace runrate {

/// One value of a table: all that a writer has to know. `std::monostate` is what does not exist.
///
/// Text is borrowed from the row.
using Cell = std::variant<std::monostate, std::string_view, double, std::int64_t, bool, Amount>;

inline Cell to_cell(std::string const& text) { return Cell{std::in_place_type<std::string_view>, text}; }
inline Cell to_cell(double number) { return Cell{std::in_place_type<double>, number}; }
inline Cell to_cell(std::int64_t count) { return Cell{std::in_place_type<std::int64_t>, count}; }
inline Cell to_cell(bool flag) { return Cell{std::in_place_type<bool>, flag}; }
inline Cell to_cell(Amount money) { return Cell{std::in_place_type<Amount>, money}; }

template <class T>
Cell to_cell(std::optional<T> const& value) {
    return value ? to_cell(*value) : Cell{};
}

}  // namespace runrate
