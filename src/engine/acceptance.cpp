#include "engine/acceptance.h"

#include "stat/stream.h"

namespace runrate {

Acceptance::Acceptance(Speculation const& s) {
    double share = 1;
    for (int i = 0; i < s.draft_tokens; ++i) at_least_.push_back(share *= s.acceptance);
}

std::int64_t Acceptance::steps(std::int64_t tokens, std::uint64_t request) const {
    if (at_least_.empty()) return tokens;
    Stream chance{{.purpose = Purpose::acceptance, .item = request}};
    std::int64_t steps = 0;
    for (; tokens > 0; ++steps) {
        double const u = chance.uniform();
        --tokens;
        for (auto const p : at_least_) tokens -= u < p ? 1 : 0;
    }
    return steps;
}

}  // namespace runrate
