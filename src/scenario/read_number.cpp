#include <cmath>

#include <fmt/format.h>

#include "core/overloaded.h"
#include "scenario/reading.h"

namespace runrate {
namespace {

/// A number that satisfies the dimension, for reading on after an error.
double harmless(Dimension const& d) { return std::max(d.low_open ? 0.5 : d.low, std::min(1.0, d.high)); }

/// Price books state no currency of their own.
std::variant<Value, std::string> in_dollars(Value const& value, std::string const& text) {
    if (value.currency.empty() || value.currency == "USD") return value;
    return fmt::format("'{}' is in {} (price books are in USD)", text, value.currency);
}

/// The value of a scalar in the dimension's units; reports and yields a harmless one.
/// \param exchange  of the scenario; none: a number of a price book, or of what is no money
double known_value(Cursor const& at, Dimension const& dimension, Exchange const* exchange) {
    auto const value = parse_value(at.node().text);
    if (auto const* fault = std::get_if<std::string>(&value)) {
        at.error(fmt::format("{} (expected {})", *fault, dimension.wanted));
        return harmless(dimension);
    }
    auto const& written = std::get<Value>(value);
    if (!dimension.accepts(written.unit)) {
        at.error(fmt::format("expected {}, found '{}'", dimension.wanted, at.node().text));
        return harmless(dimension);
    }
    auto const converted =
        exchange ? in_currency(written, at.node().text, *exchange) : in_dollars(written, at.node().text);
    if (auto const* fault = std::get_if<std::string>(&converted)) {
        at.error(*fault);
        return harmless(dimension);
    }
    auto const& v = std::get<Value>(converted);
    if (auto const fault = dimension.fault(v.number)) {
        at.error(fmt::format("'{}' is not possible here (it {})", at.node().text, *fault));
        return harmless(dimension);
    }
    return v.number;
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
    return Number{known_value(at, dimension, &reading.exchange)};
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

Shape<double> known_number(Dimension const& dimension) {
    return {std::string{dimension.wanted},
            [&dimension](Cursor const& at) {
                if (!at.expect(Node::Kind::scalar, std::string{dimension.wanted})) return harmless(dimension);
                auto const& text = at.node().text;
                if (text.starts_with('=') || looks_like_range(text)) {
                    at.error(fmt::format("must be a known number (expected {})", dimension.wanted));
                    return harmless(dimension);
                }
                return known_value(at, dimension, nullptr);
            },
            [&dimension](SchemaBuilder&) {
                return Json{{"type", Json::array({"string", "number"})}, {"description", dimension.wanted}};
            }};
}

}  // namespace runrate
