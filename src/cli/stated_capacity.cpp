#include "cli/stated_capacity.h"

#include <stdexcept>

#include <fmt/format.h>

#include "core/diagnostics.h"
#include "stat/distribution.h"

namespace runrate {
namespace {

constexpr std::uint64_t requests_between_stops = 1 << 16;

/// Tokens of the busiest of the whole minutes since the first arrival.
class BusiestMinute {
public:
    void add(EngineTime since_first, double tokens) {
        auto const minute = since_first / std::chrono::minutes{1};
        if (minute != minute_) sum_ = 0;
        minute_ = minute;
        most_ = std::max(most_, sum_ += tokens);
    }
    [[nodiscard]] double tokens() const { return most_; }

private:
    std::int64_t minute_ = 0;
    double sum_ = 0, most_ = 0;
};

/// Counts what requests ask of the capacity.
class Counter {
public:
    Counter(Pool const& pool, CapacityReport& report)
        : report_{report},
          context_limit_{pool.replica.model.context_limit},
          total_{std::get<StatedCapacity>(pool.speed).of == StatedCapacity::Of::total} {}

    void add(EngineRequest const& r) {
        report_.arrivals.add(r.arrival);
        if (context_limit_ > 0 && r.prompt_tokens + r.output_tokens > context_limit_) {
            ++report_.too_long;
            return count(r.arrival, 0);
        }
        ++report_.served;
        report_.prompt_tokens += static_cast<double>(r.prompt_tokens);
        report_.output_tokens += static_cast<double>(r.output_tokens);
        count(r.arrival, static_cast<double>(r.output_tokens + (total_ ? r.prompt_tokens : 0)));
    }

    void finish() {
        if (report_.arrivals.seconds() >= 60) report_.busiest_minute = minute_.tokens();
    }

private:
    void count(EngineTime at, double tokens) {
        report_.counted += tokens;
        report_.counted_of_last = tokens;
        minute_.add(at - report_.arrivals.first, tokens);
        for (auto& level : report_.levels) level.backlog.add(at, tokens);
    }

    CapacityReport& report_;
    BusiestMinute minute_;
    std::int64_t context_limit_;
    bool total_;
};

}  // namespace

void TokenBacklog::add(EngineTime at, double tokens) {
    left_ = std::max(0.0, left_ - to_seconds(at - last_) * tokens_per_s_) + tokens;
    longest_ = std::max(longest_, left_);
    last_ = at;
}

std::vector<CapacityLevel> capacity_levels(ChosenPool const& chosen, int replicas) {
    auto const& number = std::get<StatedCapacity>(chosen.pool.speed).tokens_per_s;
    auto const level = [&](char const* name, double of_replica) {
        return CapacityLevel{name, of_replica * replicas, TokenBacklog{of_replica * replicas}};
    };
    if (!number.uncertain()) return {level("stated", number.value)};
    auto const& law = chosen.beliefs[number.belief->index()].law;
    return {level("low", quantile(law, 0.1)), level("median", quantile(law, 0.5)), level("high", quantile(law, 0.9))};
}

CapacityReport take_capacity(Pool const& pool, std::vector<CapacityLevel> levels, EngineLoad& load,
                             std::function<bool()> const& stop) {
    CapacityReport report{.levels = std::move(levels)};
    Counter counter{pool, report};
    std::uint64_t asked = 0;
    auto const add = [&](EngineRequest const& r) {
        counter.add(r);
        if (++asked % requests_between_stops == 0 && stop && stop())
            throw std::runtime_error("interrupted (nothing was written)");
    };
    if (auto const* loop = closed_loop_of(load)) {
        for (std::int64_t n = 0; n < loop->requests; ++n) add(drawn_request(*loop, n));
    } else {
        EngineRequest r;
        for (auto next = source_of(load); next(r);) add(r);
    }
    counter.finish();
    if (report.arrivals.requests == 0)
        throw InputError(
            fmt::format("{}: error: holds no request that can be read\n", std::get<RequestList>(load).name()));
    return report;
}

}  // namespace runrate
