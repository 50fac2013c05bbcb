#pragma once

#include <cstdint>

/// Requests of one step take streams of their own, so that none shifts another's numbers. The one after each is that of
/// the second target of a cascade.
namespace runrate::hop {

inline constexpr std::uint32_t own = 0, lookup = 2, embed = 4, rerank = 6, compact = 8, semantic = 10, sticky = 12,
                               query = 14;
inline constexpr std::uint32_t second = 1;     ///< added to a request's: the second target of a cascade
inline constexpr std::uint32_t route = 16;     ///< added to a request's: which target is asked
inline constexpr std::uint32_t fallback = 32;  ///< added for each target of a chain after the first; at most 6 times

}  // namespace runrate::hop
