#include "units/known_number.h"

#include <algorithm>

#include <fmt/format.h>

namespace runrate {
namespace {

/// Price books state no currency of their own.
std::variant<Value, std::string> in_dollars(Value const& value, std::string const& text) {
    if (value.currency.empty() || value.currency == "USD") return value;
    return fmt::format("'{}' is in {} (price books are in USD)", text, value.currency);
}

}  // namespace

double harmless(Dimension const& d) { return std::max(d.low_open ? 0.5 : d.low, std::min(1.0, d.high)); }

double written_number(Cursor const& at, Dimension const& dimension, Conversion const& convert) {
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
    auto const converted = convert(written, at.node().text);
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

Shape<double> known_number(Dimension const& dimension) {
    return {std::string{dimension.wanted},
            [&dimension](Cursor const& at) {
                if (!at.expect(Node::Kind::scalar, std::string{dimension.wanted})) return harmless(dimension);
                auto const& text = at.node().text;
                if (text.starts_with('=') || looks_like_range(text)) {
                    at.error(fmt::format("must be a known number (expected {})", dimension.wanted));
                    return harmless(dimension);
                }
                return written_number(at, dimension, in_dollars);
            },
            [&dimension](SchemaBuilder&) {
                return Json{{"type", Json::array({"string", "number"})}, {"description", dimension.wanted}};
            }};
}

}  // namespace runrate
