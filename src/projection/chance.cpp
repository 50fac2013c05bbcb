#include <cmath>

#include "core/contract.h"
#include "projection/volume.h"
#include "stat/fast_math.h"
#include "stat/stream.h"

namespace runrate {
namespace {

/// The factor of each day in turn: exp(s z - s^2/2), mean 1, where z is a stationary AR(1) process of normals. The
/// innovation of a day has that day's address, so the days of a longer horizon begin like those of a shorter one.
class DayFactors {
public:
    DayFactors(double cv, double memory, ChanceAddress const& at)
        : variance_{real::log1p(cv * cv)}, sigma_{std::sqrt(variance_)}, memory_{memory}, at_{at} {
        RUNRATE_EXPECT(0 <= memory && memory < 1);
    }

    double next(Date day) {
        if (sigma_ == 0) return 1;
        Stream stream{{.seed = at_.seed,
                       .world = at_.world,
                       .purpose = Purpose::day_factor,
                       .entity = at_.feature.index(),
                       .item = static_cast<std::uint64_t>(day.time_since_epoch().count())}};
        double const innovation = math_.normal(stream.uniform());
        z_ = begun_ ? memory_ * z_ + std::sqrt(1 - memory_ * memory_) * innovation : innovation;
        begun_ = true;
        return math_.exp(sigma_ * z_ - variance_ / 2);
    }

private:
    FastMath const& math_ = FastMath::tables();
    double variance_, sigma_, memory_;
    ChanceAddress at_;
    bool begun_ = false;
    double z_ = 0;
};

/// Sessions of a month at scale 1, once the factors of its days are drawn. A flat month has the mean of its dates'.
double with_day_factors(MonthVolume const& volume, Month month, DayFactors& factors) {
    double sum = 0;
    if (!volume.flat()) {
        for (auto const& day : volume.days) sum += day.sessions * factors.next(day.day);
        return sum;
    }
    int const days = days_in(month);
    for (int d = 0; d < days; ++d) sum += factors.next(first_day(month) + std::chrono::days{d});
    return volume.sessions * sum / days;
}

/// Adds noise with standard deviation cv * sqrt(sessions). It is lognormal, so that few sessions never become less than
/// none and keep their mean; with many it is the normal that a renewal process tends to.
double with_gap_noise(double sessions, double cv, double z) {
    if (!(sessions > 0)) return 0;
    double const variance = real::log1p(cv * cv / sessions);
    return sessions * real::exp(std::sqrt(variance) * z - variance / 2);
}

}  // namespace

double month_normal(ChanceAddress const& at, Month month, Purpose purpose) {
    int const item = months_between(Month{std::chrono::year{1970}, std::chrono::January}, month);
    Stream stream{{.seed = at.seed,
                   .world = at.world,
                   .purpose = purpose,
                   .entity = at.feature.index(),
                   .item = static_cast<std::uint64_t>(item)}};
    return real::normal_quantile(stream.uniform());
}

Month MonthVolume::month() const {
    std::chrono::year_month_day const first{days.front().day};
    return {first.year(), first.month()};
}

std::vector<double> drawn_sessions(Traffic const& traffic, std::vector<MonthVolume> const& volumes, double scale,
                                   Pooling pooling, BeliefValues world, ChanceAddress const& at) {
    std::vector<double> drawn;
    if (std::holds_alternative<Schedule>(traffic.volume)) {
        for (auto const& volume : volumes) drawn.push_back(volume.sessions * scale);
        return drawn;
    }
    DayFactors factors{traffic.day_to_day.in(world), traffic.day_memory.in(world), at};
    double const cv = traffic.gaps_cv.in(world);
    for (auto const& volume : volumes) {
        Month const month = volume.month();
        double const sessions = with_day_factors(volume, month, factors);
        double const z = month_normal(at, month, Purpose::month_noise);
        drawn.push_back(pooling == Pooling::pools ? with_gap_noise(sessions * scale, cv, z)
                                                  : with_gap_noise(sessions, cv, z) * scale);
    }
    return drawn;
}

}  // namespace runrate
