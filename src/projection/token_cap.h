#pragma once

#include <optional>

namespace runrate {

/// Customers of a feature in one month, each with a cap on tokens.
struct CappedCustomers {
    double count = 1;            ///< at least 1
    std::optional<double> zipf;  ///< exponent of their shares by rank; none: equal shares
    double sessions = 0;         ///< of all of them in the month, expected
    double tokens = 0;           ///< of a session, mean
    double tokens_variance = 0;  ///< of a session
    double gaps_cv = 1;          ///< of the gaps between sessions
};

/// The share of the month's sessions that start when their customer has used up `tokens`.
///
/// A customer's tokens of a month are taken as gamma with the moments of a compound renewal process: mean n t, variance
/// n (v + cv^2 t^2); what lies above the cap is E[(T - cap)+] / E[T]. The session that crosses the cap ends as it
/// began: the cap is raised by what such a session still uses, (t + v / t) / 2 on average (residual life of renewal
/// theory). Unequal customers are taken rank by rank up to 64, then in classes of ranks that grow by a quarter.
double share_beyond_cap(CappedCustomers const&, double tokens);

}  // namespace runrate
