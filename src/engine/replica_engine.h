#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/heap.h"
#include "core/time.h"
#include "engine/acceptance.h"
#include "engine/kv_pool.h"
#include "engine/prefix_cache.h"
#include "engine/run.h"
#include "engine/sequence.h"
#include "engine/step_clock.h"
#include "engine/window_layers.h"
#include "runrate/engine.h"

namespace runrate {

inline constexpr std::int64_t most_batch_tokens = 1 << 24;  ///< of an iteration; beyond it is a slip

/// Tokens that an iteration can hold at most, for the table of expert coverage.
std::int64_t most_tokens_of_iteration(Replica const&);

/// Continuous batching on one replica, exact to the iteration. Requests go in by submit(), outcomes come out of
/// step(); between two changes of the batch it skips. What happens at one instant: the iteration ends, requests of that
/// instant arrive, the next iteration is put together.
class ReplicaEngine {
public:
    static constexpr Instant never = Instant::max();

    /// \throws std::invalid_argument for a replica that cannot hold its model, or whose token budget is less than its
    /// batch
    ReplicaEngine(Replica const&, StepParameters const&);
    ReplicaEngine(Replica const&, StepParameters const&, std::shared_ptr<ExpertCoverage const>);

    /// The instant up to which everything has happened.
    [[nodiscard]] Instant now() const { return now_; }

    /// When the batch changes next, `never` while idle. Puts the next iteration together: what arrives at now() has to
    /// be submitted before.
    Instant next() {
        if (!planned_) plan();
        return run_.end;
    }

    /// Moves to next(). The outcomes hold until the next call. \pre next() is not `never`
    std::span<EngineOutcome const> step();

    /// \pre request.arrival lies between now() and next()
    void submit(EngineRequest const&, std::uint64_t number);

    /// Why a request can never be served; such a one must not be submitted.
    [[nodiscard]] std::optional<Refusal> refusal(EngineRequest const&) const;

    /// Tokens at the beginning of such a prompt that its prefix cache holds now.
    [[nodiscard]] std::int64_t cached_tokens(std::span<Extent const> prompt) const {
        return prefixes_.look(prompt).hit_blocks * kv_.block_tokens();
    }

    /// Puts the beginning of prompts into the prefix cache, as if one had been served before; what is oldest goes where
    /// there is no room. \pre the replica has a prefix cache
    void preload(std::span<Extent const> prompt);

    [[nodiscard]] std::size_t waiting() const { return waiting_.size() + preempted_.size(); }
    [[nodiscard]] std::int64_t running() const { return decoding_ + static_cast<std::int64_t>(prefilling_.size()); }
    [[nodiscard]] EngineTotals totals() const;
    /// How long its batch was not empty, with what is under way. \pre now() <= until, which is not after next()
    [[nodiscard]] Duration busy(Instant until) const {
        return totals_.busy + (planned_ && run_.end != never ? until - now_ : Duration{});
    }

private:
    using Slot = std::uint32_t;

    struct Finish {
        std::int64_t iteration;
        std::uint64_t request;
        Slot slot;
        std::uint32_t admission;
    };
    struct Later {
        bool operator()(Finish const& a, Finish const& b) const {
            return a.iteration != b.iteration ? a.iteration > b.iteration : a.request > b.request;
        }
    };
    struct Admitted {
        Slot slot;
        std::uint32_t admission;
    };

    // plan.cpp: what the next iteration holds
    void plan();
    bool make_room();
    void preempt_latest();
    void fill_batch(bool may_admit);
    [[nodiscard]] std::optional<Slot> next_waiting() const;
    [[nodiscard]] bool has_budget(Sequence const&, std::int64_t budget) const;
    std::int64_t take_chunk(Sequence&, std::int64_t budget);
    [[nodiscard]] std::int64_t window_blocks(std::int64_t tokens) const {
        return kv_.blocks_for(windows_.kv_tokens(tokens));
    }
    [[nodiscard]] std::int64_t own_blocks_of(Sequence const&) const;
    [[nodiscard]] std::int64_t promised_blocks_of(Sequence const&) const;
    [[nodiscard]] PrefixCache::Look look_up(Slot slot) const {
        return sequences_[slot].extent_tokens > 0 ? prefixes_.look(shared_[slot].extents) : PrefixCache::Look{};
    }
    [[nodiscard]] bool fits(Sequence const&, PrefixCache::Look const&) const;
    void admit(Slot, PrefixCache::Look const&);
    void remember_admission(Slot);
    [[nodiscard]] std::int64_t equal_iterations();

    // replica_engine.cpp: what an iteration does
    void account(std::int64_t taken);
    void advance_decodes(std::int64_t taken);
    void finish_prompts();
    void start_decoding(Slot);
    void finish_decodes();
    void leave_decoding(Sequence&);
    void finish(Slot);
    void release_shared(Slot);
    Slot new_slot();

    [[nodiscard]] std::int64_t free_blocks() const { return kv_.total() - kv_.used(prefixes_); }
    /// Speculation makes several tokens at once, so what a request will need is set aside when it is admitted.
    [[nodiscard]] bool reserves_output() const { return replica_.speculation.draft_tokens > 0; }
    void note_peak() { peak_blocks_ = std::max(peak_blocks_, kv_.used(prefixes_)); }
    [[nodiscard]] bool is_running(Admitted const& a) const {
        auto const& s = sequences_[a.slot];
        return s.admission == a.admission && s.state != Sequence::State::waiting;
    }
    [[nodiscard]] bool is_current(Finish const& f) const {
        auto const& s = sequences_[f.slot];
        return s.admission == f.admission && s.state == Sequence::State::decoding;
    }
    static EngineTime since_start(Instant t) { return t.time_since_epoch(); }

    Replica replica_;
    StepClock clock_;
    WindowLayers windows_;
    KvPool kv_;
    PrefixCache prefixes_;
    Acceptance acceptance_;
    std::int64_t budget_, most_sequences_;

    Instant now_{};
    bool planned_ = false;
    Run run_;
    std::int64_t iteration_ = 0;  ///< of decoding
    std::int64_t decoding_ = 0;
    std::int64_t context_ = 0;         ///< parts of tokens in the cache of decoding requests
    std::int64_t growth_ = 0;          ///< parts that an iteration adds to it
    std::int64_t window_context_ = 0;  ///< what decodes read in a layer with a window
    std::int64_t promised_ = 0;        ///< blocks of admitted requests, for engines that admit by what they will need
    std::uint32_t admissions_ = 0;

    std::vector<Sequence> sequences_;
    std::vector<SharedPrompt> shared_;  ///< by slot, with a prefix cache
    std::vector<Slot> vacant_;
    std::deque<Slot> waiting_;
    std::vector<Slot> preempted_;   ///< go before the waiting ones, the last first
    std::vector<Slot> prefilling_;  ///< in order of admission
    Heap<Finish, Later> finishes_;
    std::vector<Admitted> admitted_;  ///< in order of admission, with stale entries
    std::vector<EngineOutcome> outcomes_;

    StepSums sums_;
    EngineTotals totals_;
    double kv_time_ = 0, running_time_ = 0;  ///< in ticks
    std::int64_t peak_blocks_ = 0;
    bool kv_full_ = false;  ///< the planned run leaves the next request waiting for blocks
};

}  // namespace runrate
