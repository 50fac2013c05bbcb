#pragma once

#include <functional>
#include <string>
#include <variant>

#include "units/unit.h"
#include "yaml/shape.h"

namespace runrate {

/// A number that satisfies the dimension, for reading on after an error.
double harmless(Dimension const&);

/// What a value comes to in the currency wanted, or why not; `text` is how it is written.
using Conversion = std::function<std::variant<Value, std::string>(Value const&, std::string const& text)>;

/// The value of a scalar in the dimension's units; reports and yields a harmless one.
double written_number(Cursor const&, Dimension const&, Conversion const&);

/// A number that must be known: no range, no belief; money in US dollars.
Shape<double> known_number(Dimension const&);

}  // namespace runrate
