#include "events/session_starts.h"

#include "core/contract.h"

namespace runrate {

SessionStarts::SessionStarts(std::vector<double> per_hour, double gaps_cv, Address const& address)
    : per_hour_{std::move(per_hour)},
      gaps_{gaps_cv == 1 ? Sampler{Exponential{1}} : Sampler{Gamma{1 / (gaps_cv * gaps_cv), gaps_cv * gaps_cv}}},
      chance_{address} {
    RUNRATE_EXPECT(gaps_cv > 0 && per_hour_.size() <= 1000);
}

std::optional<Instant> SessionStarts::next() {
    expected_ += gaps_.at(chance_.uniform());
    while (hour_ < per_hour_.size() && before_ + per_hour_[hour_] <= expected_) before_ += per_hour_[hour_++];
    if (hour_ == per_hour_.size()) return std::nullopt;
    double const part = (expected_ - before_) / per_hour_[hour_];
    return Instant{from_seconds(3600 * (static_cast<double>(hour_) + part))};
}

}  // namespace runrate
