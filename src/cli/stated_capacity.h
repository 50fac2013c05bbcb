#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/engine_load.h"
#include "cli/pool_argument.h"
#include "report/flat_table.h"

namespace runrate {

/// Work that waits for a server of a stated rate, as a fluid: it grows by what arrives and drains all the time.
class TokenBacklog {
public:
    explicit TokenBacklog(double tokens_per_s) : tokens_per_s_{tokens_per_s} {}

    void add(EngineTime at, double tokens);

    [[nodiscard]] double left_s() const { return left_ / tokens_per_s_; }        ///< at the last arrival
    [[nodiscard]] double longest_s() const { return longest_ / tokens_per_s_; }  ///< right after an arrival

private:
    double tokens_per_s_, left_ = 0, longest_ = 0;
    EngineTime last_{};
};

/// A throughput that a pool may have, and what waits there.
struct CapacityLevel {
    std::string name;         ///< `stated`; `low`, `median` and `high` of a belief: P10, P50, P90
    double tokens_per_s = 0;  ///< of all replicas
    TokenBacklog backlog;
};

/// What a load asks of replicas that state their throughput. Latencies are not known then.
struct CapacityReport {
    std::vector<CapacityLevel> levels;
    ArrivalSpan arrivals{};  ///< of a closed loop: no times
    std::int64_t too_long = 0, served = 0;
    double prompt_tokens = 0, output_tokens = 0;  ///< of those served
    double counted = 0, counted_of_last = 0;      ///< tokens that the capacity counts; of the last request
    double busiest_minute = 0;                    ///< the same, of one minute; nothing below a minute

    /// Counted tokens per second while requests arrive; zero where all arrive at once.
    [[nodiscard]] double asked_per_s() const {
        return arrivals.seconds() > 0 ? (counted - counted_of_last) / arrivals.seconds() : 0;
    }
    [[nodiscard]] double asked_per_s_in_busiest_minute() const { return busiest_minute / 60; }
    /// Requests per second of a throughput.
    [[nodiscard]] double requests_per_s(double tokens_per_s) const {
        return counted > 0 ? tokens_per_s * static_cast<double>(served) / counted : 0;
    }
};

/// The throughput of a replica of a pool that states it: one level, or three of a belief.
std::vector<CapacityLevel> capacity_levels(ChosenPool const&, int replicas);

/// Puts the load on replicas with these levels. `stop` is asked now and then. \throws InputError for a list that cannot
/// be read
CapacityReport take_capacity(Pool const&, std::vector<CapacityLevel>, EngineLoad&, std::function<bool()> const& stop);

/// `output tokens`, or `prompt and output tokens`. \pre the pool states its capacity
std::string_view counted_tokens(Pool const&);

/// What a run shows: what was asked, and what it takes.
struct CapacityResult {
    Pool const& pool;
    int replicas = 1;
    EngineLoad const& load;
    CapacityReport const& report;
};

/// The tables of `runrate/engine-capacity/1`, and their names.
std::vector<FlatTable> capacity_tables(CapacityResult const&);
std::vector<std::string_view> capacity_table_names();
std::string capacity_screen(CapacityResult const&, std::size_t width);
std::string capacity_markdown(CapacityResult const&);

}  // namespace runrate
