#pragma once

#include <cstdint>
#include <functional>

namespace runrate {

/// Runs `task(0) ... task(count - 1)` on `threads` threads (0: as many as the machine has).
///
/// A task writes its own slot only, so the outcome does not depend on threads; sums are taken afterwards, in index
/// order, by the caller. The first exception by index is rethrown when all have ended.
void for_each_index(std::uint32_t count, unsigned threads, std::function<void(std::uint32_t)> const& task);

}  // namespace runrate
