#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "core/heap.h"
#include "events/event_run.h"
#include "events/session_starts.h"
#include "serving/session.h"

namespace runrate {

/// The clock of run_events(): what is due, in order of time, kind and whose it is.
class EventLoop {
public:
    EventLoop(std::vector<EventFeature> const&, std::vector<PoolSettings> const&, EventWindow const&);

    EventResult run();

private:
    /// What happens at one instant goes in this order.
    enum class Kind : std::uint8_t { mark, answer, session, start };
    struct Due {
        Instant at;
        std::uint64_t entity;   ///< feature and number of the session
        std::uint32_t which;    ///< feature; session
        std::uint32_t strand;   ///< of an answer
        std::uint32_t version;  ///< of the session's next move; of an answer whether it is one
        Kind kind;
    };
    struct After {
        bool operator()(Due const& a, Due const& b) const {
            if (a.at != b.at) return a.at > b.at;
            if (a.kind != b.kind) return a.kind > b.kind;
            return a.entity != b.entity ? a.entity > b.entity : a.strand > b.strand;
        }
    };
    /// A session under way.
    struct Active {
        std::unique_ptr<SessionMachine> machine{};
        std::uint32_t feature = 0;
        std::uint64_t entity = 0;
        Instant begun{};
        std::uint32_t version = 0;  ///< of its next move among what is due
    };
    void push(Due const&);
    [[nodiscard]] Instant next_of_pools();
    void advance_pools();
    void happen(Due const&);
    void start_session(std::uint32_t feature);
    void schedule_start(std::uint32_t feature);
    void advance_session(std::uint32_t session);
    void go_on(std::uint32_t session);
    void submit(std::uint32_t session, SessionMachine::PoolCall const&);
    void take(std::size_t pool, PoolOutcome const&);
    void end_session(std::uint32_t session);
    [[nodiscard]] std::uint32_t vacant(std::uint32_t feature);
    void set_extents(Active const&, SessionMachine::PoolCall const&);
    [[nodiscard]] std::uint64_t entity_of(std::uint32_t feature, std::uint64_t number) const;
    [[nodiscard]] bool within() const { return now_ >= window_.from; }
    [[nodiscard]] EventResult result();

    std::vector<EventFeature> const& features_;
    std::vector<PoolSettings> const& settings_;
    EventWindow window_;
    std::vector<SessionStarts> starts_;
    std::vector<std::uint64_t> numbers_;  ///< of the next session, by feature
    std::vector<std::vector<RoleTokens>> roles_;
    std::deque<ReplicaPool> pools_;
    std::vector<PoolTotals> before_;  ///< of each pool at the window's begin
    std::vector<Active> sessions_;
    std::vector<std::vector<std::uint32_t>> vacant_;  ///< by feature
    Heap<Due, After> due_;
    std::vector<SessionMachine::Stretch> stretches_;
    std::vector<Extent> extents_;
    std::uint64_t calls_ = 0;
    Instant now_{};
    EventResult result_;
};

}  // namespace runrate
