#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

#include "engine/replica_engine.h"
#include "engine/step_clock.h"
#include "stat/stream.h"

namespace runrate {

/// The oracle of speculative decoding: one iteration after the other, in each of which every sequence keeps its own
/// random number of proposals, one more as long as the draft was right. Chunked prompts, room for everything.
class SpeculatingEngine {
public:
    SpeculatingEngine(Replica const& r, StepParameters const& q, std::uint64_t seed)
        : r_{r},
          clock_{r, q, std::make_shared<ExpertCoverage const>(r, most_tokens_of_iteration(r))},
          chance_{{.seed = seed}} {}

    [[nodiscard]] Instant now() const { return now_; }

    void submit(EngineRequest const& q, std::uint64_t number) {
        if (running_.empty() && waiting_.empty()) now_ = Instant{q.arrival};
        waiting_.push_back({q, number});
    }

    Instant next() {
        if (end_ == ReplicaEngine::never && !(running_.empty() && waiting_.empty())) plan();
        return end_;
    }

    std::vector<EngineOutcome> step() {
        now_ = next();
        end_ = ReplicaEngine::never;
        std::vector<EngineOutcome> done;
        for (auto& s : running_) {
            if (s.chunk > 0) {
                s.computed += s.chunk;
                if (s.computed == s.request.prompt_tokens) s.generated = 1;
            } else if (s.generated > 0) {
                auto const kept = 1 + accepted();
                s.generated += kept;
                s.computed += kept;
            }
            if (s.generated >= s.request.output_tokens)
                done.push_back(
                    {.request = s.number, .arrival = s.request.arrival, .finished = now_.time_since_epoch()});
        }
        std::erase_if(running_, [](auto const& s) { return s.generated >= s.request.output_tokens; });
        return done;
    }

private:
    struct Sequence {
        EngineRequest request;
        std::uint64_t number;
        std::int64_t computed = 0, generated = 0, chunk = 0;
    };

    std::int64_t accepted() {
        std::int64_t n = 0;
        while (n < r_.speculation.draft_tokens && chance_.uniform() < r_.speculation.acceptance) ++n;
        return n;
    }

    void plan() {
        Iteration what;
        std::int64_t context = 0;
        for (auto const& s : running_) {
            if (s.generated == 0) continue;
            ++what.decodes;
            context += s.computed;
        }
        auto budget = r_.engine.token_budget - what.decodes * (r_.speculation.draft_tokens + 1);
        auto const take = [&](Sequence& s) {
            s.chunk =
                std::clamp<std::int64_t>(s.request.prompt_tokens - s.computed, 0, std::max<std::int64_t>(0, budget));
            if (s.chunk == 0) return;
            budget -= s.chunk;
            what.prefill_tokens += s.chunk;
            what.half_pairs += s.chunk * (2 * s.computed + s.chunk);
            what.first_tokens += s.computed + s.chunk == s.request.prompt_tokens;
            context += s.computed;
        };
        for (auto& s : running_) take(s);
        for (; budget > 0 && !waiting_.empty() && std::ssize(running_) < r_.engine.max_sequences;
             waiting_.pop_front()) {
            running_.push_back(waiting_.front());
            take(running_.back());
        }
        end_ = now_ + Duration{clock_.fixed(what) + clock_.context_ticks() * context};
    }

    Replica r_;
    StepClock clock_;
    Stream chance_;
    Instant now_{}, end_ = ReplicaEngine::never;
    std::deque<Sequence> waiting_;
    std::vector<Sequence> running_;
};

}  // namespace runrate
