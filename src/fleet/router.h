#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace runrate {

/// How requests find a replica.
enum class Router : std::uint8_t {
    least_load,        ///< fewest in flight
    session_affinity,  ///< where the session was served before, unless that replica has far more than its share
    cache_aware,       ///< where the most of the prompt is cached, unless loads are uneven
};

/// A replica that takes requests, as a router sees it.
struct Candidate {
    std::uint32_t replica = 0;
    std::int64_t in_flight = 0;
    std::int64_t cached_tokens = 0;  ///< of the prompt, in its prefix cache; asked for by `cache_aware` alone
};

/// What a router knows of a request.
struct RoutedRequest {
    std::optional<std::uint32_t> home{};  ///< the replica that served its session last
    std::int64_t prompt_tokens = 0;
    double mean_in_flight = 0;  ///< of the replicas that take requests
};

/// Whether a session stays with a replica of so many requests in flight: up to one and a half times the mean of all, as
/// HAProxy's hash-balance-factor 150 (consistent hashing with bounded loads, Mirrokni et al., 2016). Without a bound
/// new replicas would help new sessions alone, and those that are full would stay so. Pure.
bool stays_home(std::int64_t in_flight, double mean_in_flight);

/// Where the request goes: a place in the list. Among equals the first. A pure function. `cache_aware` is the rule of
/// SGLang's router with its defaults (--cache-threshold 0.3, --balance-abs-threshold 64, --balance-rel-threshold
/// 1.5), but for what it looks at: the caches as they are, where SGLang's keeps a tree of what it has sent.
/// \pre at least one candidate
std::size_t route(Router, std::span<Candidate const>, RoutedRequest const&);

}  // namespace runrate
