#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "replay/request.h"

namespace runrate {

/// One value of a JSON object that holds no others.
struct JsonScalar {
    enum class Kind : std::uint8_t { null, flag, whole, real, text } kind = Kind::null;
    std::int64_t whole = 0;  ///< beyond 64 bits: the largest
    double real = 0;
    bool flag = false;
    std::string_view text{};  ///< of a text; of a real number as it is written
};

/// Walks through one JSON object without building it; hands scalars of the scopes that `Sink` enters to it.
///
/// A sink has `bool enter(key)` for an object or array (false: skipped whole), `leave()`, and `value(key, scalar)`; the
/// elements of an array have its key. Objects that are nested deeper than 64 are refused.
template <class Sink>
class JsonWalk {
public:
    explicit JsonWalk(Sink& sink) : sink_{sink} {}

    /// Whether the text is one object; sets `fault` where it is not.
    bool over(std::string_view text, std::optional<RowFault>& fault) {
        bool const done = nlohmann::json::sax_parse(text.begin(), text.end(), this);
        if (!done) fault = RowFault{std::string{wrong_}, at_ > 0 ? "at byte " + std::to_string(at_) : ""};
        return done;
    }

    // What nlohmann's parser calls; false ends the walk.
    bool null() { return give({}); }
    bool boolean(bool b) { return give({.kind = JsonScalar::Kind::flag, .flag = b}); }
    bool number_integer(std::int64_t n) { return give({.kind = JsonScalar::Kind::whole, .whole = n}); }
    bool number_unsigned(std::uint64_t n) {
        constexpr std::uint64_t most = INT64_MAX;
        return give({.kind = JsonScalar::Kind::whole, .whole = static_cast<std::int64_t>(n < most ? n : most)});
    }
    bool number_float(double x, std::string const& text) {
        return give({.kind = JsonScalar::Kind::real, .real = x, .text = text});
    }
    bool string(std::string const& text) { return give({.kind = JsonScalar::Kind::text, .text = text}); }
    bool binary(nlohmann::json::binary_t const&) { return refuse("is no JSON"); }
    bool key(std::string const& name) {
        key_ = name;
        return true;
    }
    bool start_object(std::size_t) { return open(); }
    bool end_object() { return close(); }
    bool start_array(std::size_t) { return depth_ > 0 ? open() : refuse("is no JSON object"); }
    bool end_array() { return close(); }
    template <class Error>
    bool parse_error(std::size_t at, std::string const&, Error const&) {
        at_ = at;
        return refuse("is no JSON");
    }

private:
    bool refuse(std::string_view wrong) {
        if (wrong_.empty()) wrong_ = wrong;
        return false;
    }

    bool open() {
        constexpr int deepest = 64;
        if (++depth_ > deepest) return refuse("is nested deeper than 64");
        if (skipped_ > 0 || (depth_ > 1 && !sink_.enter(key_))) ++skipped_;
        return true;
    }

    bool close() {
        --depth_;
        if (skipped_ > 0)
            --skipped_;
        else if (depth_ > 0)
            sink_.leave();
        return true;
    }

    bool give(JsonScalar const& scalar) {
        if (depth_ == 0) return refuse("is no JSON object");
        if (skipped_ == 0) sink_.value(key_, scalar);
        return true;
    }

    Sink& sink_;
    std::string key_;
    std::string_view wrong_;
    std::size_t at_ = 0;
    int depth_ = 0, skipped_ = 0;
};

}  // namespace runrate
