#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/engine_load.h"
#include "core/time.h"
#include "fleet/replica_pool.h"
#include "runrate/engine.h"
#include "stat/sketch.h"

namespace runrate {

/// How fast an engine is taken to be, and how that is known.
struct AssumedSpeed {
    StepParameters parameters;
    std::string name;                                  ///< of the parameter set
    std::string evidence;                              ///< `uncalibrated`, or what measurements say: see Evidence
    std::string origin;                                ///< where it is from, as a sentence
    std::optional<double> ttft_error{}, tpot_error{};  ///< of 10 engines, 8 are within this share
    std::vector<std::string> stated{};                 ///< parameters that the user states otherwise
};

/// Replicas behind a router, and how fast each is.
struct EngineSetup {
    Replica replica;
    AssumedSpeed speed;
    int replicas = 1;
    Router router = Router::least_load;
};

/// A duration of every request that has it; its quantiles are within 0.4 %.
struct DurationFigures {
    LogSketch sketch;
    double sum_s = 0;

    void add(double seconds) {
        sketch.add(seconds);
        sum_s += seconds;
    }
    [[nodiscard]] double mean_s() const { return sum_s / static_cast<double>(sketch.count()); }
};

/// A straight line through points, one at a time.
class Trend {
public:
    void add(double x, double y) {
        ++count_;
        double const from_mean = x - mean_x_;
        mean_x_ += from_mean / count_;
        mean_y_ += (y - mean_y_) / count_;
        spread_ += from_mean * (x - mean_x_);
        common_ += from_mean * (y - mean_y_);
    }
    /// Of y by x; zero where all x are one.
    [[nodiscard]] double slope() const { return spread_ > 0 ? common_ / spread_ : 0; }

private:
    double count_ = 0, mean_x_ = 0, mean_y_ = 0, spread_ = 0, common_ = 0;
};

/// What a run did, and what a client would have seen of it.
struct EngineReport {
    EngineTotals totals;              ///< of all replicas together
    std::optional<PoolTotals> pool;   ///< where there are several
    DurationFigures ttft, tpot, e2e;  ///< with what the front end adds
    DurationFigures queue;            ///< from arrival to the first iteration that takes some of the prompt
    std::int64_t too_long = 0, never_fits = 0;
    ArrivalSpan arrivals;
    Trend e2e_by_arrival;  ///< seconds, of both

    /// From the first arrival to the last token.
    [[nodiscard]] double duration_s() const;
    /// Whether requests arrive faster than they are served: each takes longer than the one before it.
    [[nodiscard]] bool falls_behind() const;
};

/// After how many outcomes run_engine() asks whether to stop.
inline constexpr std::uint64_t outcomes_between_stops = 1 << 14;

/// Puts the load on the replica. `each` gets every outcome as it happens, with the times that a client sees; `stop` is
/// asked now and then. \throws InputError for a list that cannot be read; UsageError for what the engine cannot do
EngineReport run_engine(EngineSetup const&, EngineLoad&, OutcomeSink const& each, std::function<bool()> const& stop);

}  // namespace runrate
