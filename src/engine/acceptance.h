#pragma once

#include <cstdint>
#include <vector>

#include "runrate/replica.h"

namespace runrate {

/// How many iterations of speculative decoding an output takes. Which proposals are kept is drawn for each request by
/// its number, so that equal outputs spread as they do in an engine; within a request it keeps an even pace.
class Acceptance {
public:
    explicit Acceptance(Speculation const&);

    /// Iterations until `tokens` are there, at least 1. Without speculation one for every token.
    [[nodiscard]] std::int64_t steps(std::int64_t tokens, std::uint64_t request) const;

private:
    std::vector<double> at_least_;  ///< probabilities that the first 1, 2, ... proposals are all kept
};

}  // namespace runrate
