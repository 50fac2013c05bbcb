#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "core/flat_map.h"
#include "core/heap.h"
#include "engine/replica_engine.h"
#include "fleet/due_times.h"
#include "fleet/engine_sums.h"
#include "fleet/pool_settings.h"
#include "stat/stream.h"

namespace runrate {

/// A request to a pool.
struct PoolRequest {
    EngineRequest request;      ///< its arrival is when the pool gets it
    std::uint64_t number = 0;   ///< unique among those in flight
    std::uint64_t session = 0;  ///< for affinity
    std::uint64_t tag = 0;      ///< of whoever asks, who gets it back
};

/// What became of a request.
struct PoolOutcome {
    EngineOutcome served;       ///< its arrival is that at the pool
    std::uint32_t replica = 0;  ///< that served it
    int restarts = 0;           ///< how often a replica failed under it
    std::uint64_t tag = 0;      ///< of the request
};

/// What a pool says of a request at once.
enum class Taken : std::uint8_t { yes, shed, full, too_long, never_fits };

/// What a pool did. Hours are of replicas.
struct PoolTotals {
    double paid_hours = 0;       ///< from the decision to start a replica to the end of its last request
    double ready_hours = 0;      ///< of them, when it took requests
    double busy_hours = 0;       ///< of them, when its batch was not empty
    double in_flight_hours = 0;  ///< requests in flight or waiting, over time
    int peak_replicas = 0;       ///< paid at the same time
    std::int64_t requests = 0, shed = 0, overflowed = 0;
    std::int64_t starts = 0, stops = 0, failures = 0, restarts = 0;
    std::int64_t peak_queue = 0;  ///< requests that wait before the replicas
};

/// Replicas behind a router, with what adds and removes them, event by event.
///
/// Whoever drives it asks next(), moves there by advance(), and submits what arrives at that instant, what outcomes
/// lead to included, before next() is asked again: an iteration is put together from all that is there at its begin.
class ReplicaPool {
public:
    explicit ReplicaPool(PoolSettings);

    static constexpr Instant never = Instant::max();

    /// The instant up to which everything has happened.
    [[nodiscard]] Instant now() const { return now_; }

    /// When something happens next without a request; `never` when nothing does.
    [[nodiscard]] Instant next() {
        if (!unasked_.empty()) ask_engines();
        while (!events_.empty() && is_void(events_.top())) events_.pop();
        return std::min(steps_.soonest(), events_.empty() ? never : events_.top().at);
    }

    /// Moves to next(), and does all that happens there. The outcomes hold until the next call, in order of requests.
    std::span<PoolOutcome const> advance();

    /// \pre the arrival is not before what has happened, and next() was not asked for that instant
    Taken submit(PoolRequest const&);

    /// Forgets where a session was served.
    void end_session(std::uint64_t session) { homes_.erase(session); }

    /// Requests that it has: in flight, and waiting before the replicas.
    [[nodiscard]] std::int64_t in_flight() const { return static_cast<std::int64_t>(places_.size()); }
    [[nodiscard]] int paid_replicas() const { return paid_; }
    [[nodiscard]] int ready_replicas() const { return static_cast<int>(ready_.size()); }

    /// Peaks are of what follows.
    void forget_peaks();

    /// What it did up to an instant. \pre not before what has happened
    [[nodiscard]] PoolTotals totals(Instant until) const;
    /// Of all its engines, those that are gone included; what is under way is not in it yet.
    [[nodiscard]] EngineTotals engines() const;

private:
    enum class State : std::uint8_t { off, starting, ready, draining, failed };
    /// What happens at one instant goes in this order, after the engines.
    enum class Phase : std::uint8_t { repaired, started, failure, look };

    struct Slot {
        State state = State::off;
        std::unique_ptr<ReplicaEngine> engine{};
        std::uint32_t life = 0;  ///< its starts and ends so far: what was due in an earlier one is void
        bool asked = true;       ///< whether its engine's next change stands in steps_
        std::int64_t in_flight = 0;
    };
    struct Event {
        Instant at;
        Phase phase;
        std::uint32_t slot, life;
    };
    struct Later {
        bool operator()(Event const& a, Event const& b) const {
            if (a.at != b.at) return a.at > b.at;
            return a.phase != b.phase ? a.phase > b.phase : a.slot > b.slot;
        }
    };
    /// A request until its outcome.
    struct Held {
        PoolRequest asked{};
        std::vector<Extent> extents{};
        std::uint32_t slot = 0;
        enum class State : std::uint8_t { vacant, waits, in_flight } state = State::vacant;
        int restarts = 0;
    };

    [[nodiscard]] bool is_void(Event const& e) const { return e.phase != Phase::look && e.life != slots_[e.slot].life; }
    void happen(Event const&);
    void step(std::uint32_t slot);
    void deliver(std::uint32_t slot, EngineOutcome const&);
    void look();
    void scale_to(int wanted);
    void start_one();
    void start(std::uint32_t slot);
    void serve(std::uint32_t slot);
    void stop_one();
    void turn_off(std::uint32_t slot);
    void fail(std::uint32_t slot);
    void repaired(std::uint32_t slot);
    void take_back(std::uint32_t slot);
    void leave_ready(std::uint32_t slot);
    void dispatch_queue();
    [[nodiscard]] std::uint32_t hold(PoolRequest const&);
    void let_go(std::uint32_t held);
    [[nodiscard]] bool dispatch(Held&);
    [[nodiscard]] bool takes(std::uint32_t slot) const;
    [[nodiscard]] std::optional<std::uint32_t> choose(Held const&);
    [[nodiscard]] int alive() const;  ///< serving or starting
    void ask_engines();
    void engine_changed(std::uint32_t slot);
    void move_to(Instant);
    void pay(int replicas);
    void note_queue();
    static double busy_hours(ReplicaEngine const&, Instant until);
    [[nodiscard]] Stream chance(std::uint32_t slot, std::uint32_t what) const;

    PoolSettings settings_;
    std::shared_ptr<ExpertCoverage const> coverage_;
    ReplicaEngine probe_;  ///< never runs: says what no replica takes
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> ready_;  ///< slots that take requests, rising
    std::vector<std::uint32_t> unasked_;
    DueTimes steps_;  ///< of the engines, by slot
    Heap<Event, Later> events_;
    std::vector<Held> held_;
    std::vector<std::uint32_t> vacant_;             ///< of them
    FlatMap<std::uint64_t, std::uint32_t> places_;  ///< of requests among them, by number
    std::deque<std::uint32_t> queue_;               ///< of them
    FlatMap<std::uint64_t, std::uint32_t> homes_;   ///< by session, for affinity
    std::vector<Candidate> candidates_;
    std::vector<PoolOutcome> outcomes_;
    Stabiliser stabiliser_;
    Instant now_{};
    int paid_ = 0;
    PoolTotals totals_;
    EngineSums retired_{};
    double retired_busy_h_ = 0;
};

}  // namespace runrate
