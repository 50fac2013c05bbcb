#pragma once

#include <string_view>

namespace runrate {

/// Whether a limit is enough. \param needed  in nearly every minute \param usual  in the average one
constexpr std::string_view limit_verdict(double needed, double usual, double allowed) {
    if (needed <= allowed) return "within";
    return usual > allowed ? "infeasible" : "needs a negotiated limit";
}

}  // namespace runrate
