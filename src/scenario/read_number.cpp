#include <cmath>

#include <fmt/format.h>

#include "core/overloaded.h"
#include "scenario/reading.h"

namespace runrate {
namespace {

/// The value of a scalar in the dimension's units and the scenario's currency.
double known_value(Cursor const& at, Dimension const& dimension, Exchange const& exchange) {
    return written_number(at, dimension, [&exchange](Value const& value, std::string const& text) {
        return in_currency(value, text, exchange);
    });
}

Number read_range(Reading& reading, Dimension const& dimension, Reach reach, Cursor const& at) {
    auto const range = parse_range(at.node().text);
    if (auto const* fault = std::get_if<std::string>(&range)) {
        at.error(*fault);
        return Number{harmless(dimension)};
    }
    auto const& [low, high] = std::get<Range>(range);
    auto const from = in_currency(low, at.node().text, reading.exchange);
    auto const to = in_currency(high, at.node().text, reading.exchange);
    if (auto const* fault = std::get_if<std::string>(&from)) {
        at.error(*fault);
        return Number{harmless(dimension)};
    }
    return reading.beliefs.use_range({std::get<Value>(from), std::get<Value>(to)}, dimension, reach, at);
}

Number read_scalar(Reading& reading, Dimension const& dimension, Reach reach, Cursor const& at) {
    auto const& text = at.node().text;
    if (text.starts_with('=')) {
        return reading.beliefs.use(text.substr(1), dimension, reach, at, harmless(dimension));
    }
    if (looks_like_range(text)) return read_range(reading, dimension, reach, at);
    return Number{known_value(at, dimension, reading.exchange)};
}

Number read_number(Reading& reading, Dimension const& dimension, Reach reach, Cursor const& at) {
    auto const& node = at.node();
    if (looks_like_law(node)) {
        auto const law = read_known_law(reading, at);
        if (!law) return Number{harmless(dimension)};
        return reading.beliefs.use_law(law->law, law->unit, dimension, reach, at);
    }
    if (!at.expect(Node::Kind::scalar, std::string{dimension.wanted})) return Number{harmless(dimension)};
    return read_scalar(reading, dimension, reach, at);
}

}  // namespace

Shape<Number> number(Reading& reading, Dimension const& dimension, Reach reach) {
    return {std::string{dimension.wanted},
            [&reading, &dimension, reach](Cursor const& at) { return read_number(reading, dimension, reach, at); },
            [&dimension](SchemaBuilder& builder) {
                return law_schema(fmt::format("{}; or a range `5% to 95%`, `=belief`, or a law", dimension.wanted),
                                  builder);
            }};
}

}  // namespace runrate
