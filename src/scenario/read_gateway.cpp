#include <algorithm>

#include <fmt/format.h>

#include "scenario/sections.h"

namespace runrate {
namespace {

/// `1 s x2 up to 30 s`.
struct Backoff {
    double first_s = 0, factor = 2, longest_s = 30;
};

std::optional<double> seconds_of(std::string const& t) {
    auto const value = parse_value(t);
    auto const* v = std::get_if<Value>(&value);
    if (!v || v->unit != Unit::seconds || v->number < 0) return std::nullopt;
    return v->number;
}

Shape<Backoff> backoff_shape() {
    return converted<Backoff, std::string>(text("a backoff such as 1 s x2 up to 30 s"), [](std::string const& t,
                                                                                           Cursor const& at) {
        Backoff b;
        auto const up_to = t.find(" up to ");
        auto const times = t.find(" x");
        bool good = true;
        if (auto const first = seconds_of(t.substr(0, std::min(times, up_to))))
            b.first_s = *first;
        else
            good = false;
        if (times != std::string::npos && times < up_to) {
            auto const value = parse_value(t.substr(times + 2, up_to == std::string::npos ? up_to : up_to - times - 2));
            auto const* v = std::get_if<Value>(&value);
            good = good && v && v->unit == Unit::none && v->number >= 1;
            if (good) b.factor = v->number;
        } else {
            b.factor = 1;
        }
        if (up_to != std::string::npos) {
            auto const longest = seconds_of(t.substr(up_to + 7));
            good = good && longest;
            if (good) b.longest_s = *longest;
        }
        if (!good) at.error(fmt::format("'{}' is no backoff (write 1 s x2 up to 30 s)", t));
        return b;
    });
}

struct RetryText {
    int attempts = 1;
    Backoff backoff;
    Number jitter{0};
    std::optional<Number> budget;
};

/// What the vendors' own libraries do: two retries after 0.5 s and 1 s, at most 8 s, with a quarter of jitter.
RetrySpec sdk_retry() { return {3, Number{0.5}, Number{2}, Number{8}, Number{0.25}, {}}; }

Shape<SemanticCacheSpec> semantic_cache_shape(Reading& reading) {
    return Table<SemanticCacheSpec>("answers from earlier answers")
        .required("roles", &SemanticCacheSpec::roles, list_of(declared_role_shape(reading), 1),
                  "roles whose calls are looked up")
        .required("hit", &SemanticCacheSpec::hit, number(reading, dimension::share),
                  "share of look-ups that are answered")
        .defaulted("false_hit", &SemanticCacheSpec::false_hit, number(reading, dimension::share), "0%",
                   "share of the hits that are wrong; each fails its conversation")
        .optional("lookup", &SemanticCacheSpec::lookup, role_shape(reading),
                  "role that embeds the user text for each look-up")
        .shape();
}

}  // namespace

Shape<RetrySpec> retry_shape(Reading& reading) {
    auto const table =
        Table<RetryText>("attempts and the waits between them")
            .defaulted("attempts", &RetryText::attempts, whole_number(1, 100), "3",
                       "attempts in all, the first included")
            .defaulted("backoff", &RetryText::backoff, backoff_shape(), "1 s x2 up to 30 s", "wait before each retry")
            .defaulted("jitter", &RetryText::jitter, number(reading, dimension::share), "25%",
                       "half-width of the random part of a wait")
            .optional("budget", &RetryText::budget, number(reading, dimension::share),
                      "retries at most this share of first attempts");
    auto const stated = converted<RetrySpec, RetryText>(table.shape(), [](RetryText const& t, Cursor const&) {
        return RetrySpec{
            t.attempts, Number{t.backoff.first_s}, Number{t.backoff.factor}, Number{t.backoff.longest_s}, t.jitter,
            t.budget};
    });
    auto const word = one_word_of<RetrySpec>({{"sdk", sdk_retry()}});
    return any_of<RetrySpec>("sdk, or {attempts, backoff, jitter, budget}",
                             {{[](Node const& n) { return n.kind == Node::Kind::scalar; }, word},
                              {[](Node const& n) { return n.kind == Node::Kind::map; }, stated}});
}

Shape<GatewaySpec> gateway_shape(Reading& reading) {
    return Table<GatewaySpec>("what stands between the product and its targets")
        .defaulted("retry", &GatewaySpec::retry, retry_shape(reading), "{attempts: 1}",
                   "attempts around those of each step")
        .optional("semantic_cache", &GatewaySpec::semantic_cache, semantic_cache_shape(reading),
                  "answers from earlier answers")
        .shape();
}

}  // namespace runrate
