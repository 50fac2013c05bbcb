#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/time.h"
#include "serving/usage.h"

namespace runrate {

/// Follows the gauges through sessions that start anywhere within a minute.
class MinuteLog {
public:
    MinuteLog(std::vector<Gauge> const&, std::vector<UsageKey> const&);

    [[nodiscard]] bool watches(std::size_t key) const { return !gauges_of_key_[key].empty(); }
    void add(std::size_t key, Instant, Meters const& used);

    /// Closes a session; `number` decides where in a minute it began: equidistributed over sessions.
    void end_session(std::uint64_t number);

    /// Means over all sessions so far, by gauge.
    [[nodiscard]] std::vector<MinuteUse> means() const;

private:
    struct Mark {
        double second;
        double used;
        std::uint32_t minute = 0, ten = 0;
    };
    void end_session(std::size_t gauge, std::uint64_t number);

    static constexpr std::uint32_t longest_profile = 1440;  ///< minutes; later ones count as the last

    std::vector<Gauge> gauges_;
    std::vector<std::vector<std::uint32_t>> gauges_of_key_;
    std::vector<std::vector<Mark>> marks_;       ///< of the session, by gauge
    std::vector<MinuteUse> sums_;                ///< by gauge; `profile` is not used
    std::vector<std::vector<double>> profiles_;  ///< by gauge and minute since the start
    double sessions_ = 0;
};

}  // namespace runrate
