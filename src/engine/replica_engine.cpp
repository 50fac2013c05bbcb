#include "engine/replica_engine.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "engine/check_replica.h"
#include "hardware/memory.h"

namespace runrate {
namespace {

/// Iterations work on all ranks of attention together.
std::int64_t of_all_ranks(Replica const& r, std::int64_t of_one) { return of_one * r.parallel.data; }

}  // namespace

std::int64_t most_tokens_of_iteration(Replica const& r) {
    return of_all_ranks(r, r.engine.token_budget) +
           of_all_ranks(r, r.engine.max_sequences) * (r.speculation.draft_tokens + 1);
}

ReplicaEngine::ReplicaEngine(Replica const& r, StepParameters const& q)
    : ReplicaEngine(r, q, std::make_shared<ExpertCoverage const>(checked(r), most_tokens_of_iteration(r))) {}

ReplicaEngine::ReplicaEngine(Replica const& r, StepParameters const& q, std::shared_ptr<ExpertCoverage const> coverage)
    : replica_{checked(r)},
      clock_{r, q, std::move(coverage)},
      windows_{r},
      kv_{kv_capacity_tokens(r), r.engine.block_tokens},
      prefixes_{r.engine.block_tokens},
      acceptance_{r.speculation},
      budget_{of_all_ranks(r, r.engine.token_budget)},
      most_sequences_{of_all_ranks(r, r.engine.max_sequences)} {
    run_.context_ticks = clock_.context_ticks();
    totals_.kv_capacity_tokens = kv_.total() * kv_.block_tokens();
}

std::span<EngineOutcome const> ReplicaEngine::step() {
    RUNRATE_EXPECT(next() != never);
    outcomes_.clear();
    // plan() took the blocks of the first iteration.
    auto const taken = reserves_output() ? 0 : kv_.needed(iteration_ + 1, run_.iterations - 1, decoding_);
    account(taken);
    now_ = run_.end;
    planned_ = false;
    if (run_.what.decodes > 0) advance_decodes(taken);
    if (run_.what.first_tokens > 0) finish_prompts();
    if (run_.what.decodes > 0) finish_decodes();
    if (outcomes_.size() > 1) {
        std::sort(outcomes_.begin(), outcomes_.end(),
                  [](EngineOutcome const& a, EngineOutcome const& b) { return a.request < b.request; });
    }
    return outcomes_;
}

std::optional<Refusal> ReplicaEngine::refusal(EngineRequest const& r) const {
    auto const tokens = r.prompt_tokens + r.output_tokens;
    if (replica_.model.context_limit > 0 && tokens > replica_.model.context_limit) return Refusal::too_long;
    if (kv_.blocks_for(tokens) + window_blocks(tokens) > kv_.total()) return Refusal::never_fits;
    return std::nullopt;
}

void ReplicaEngine::submit(EngineRequest const& r, std::uint64_t number) {
    Instant const arrival{r.arrival};
    RUNRATE_EXPECT(arrival >= now_ && r.prompt_tokens > 0 && r.output_tokens > 0 && !refusal(r));
    if (!planned_ && arrival > now_) plan();
    if (planned_) {
        RUNRATE_EXPECT(arrival <= run_.end);
        if (run_.end == never) {
            now_ = arrival;
            planned_ = false;
        } else if (run_.open && arrival < run_.end) {
            run_.cut(arrival);
        }
    }
    auto const slot = new_slot();
    auto& s = sequences_[slot];
    s = {.request = number,
         .arrival = arrival,
         .prompt = r.prompt_tokens,
         .output = r.output_tokens,
         .target = r.prompt_tokens};
    if (replica_.prefix_cache) {
        shared_.resize(sequences_.size());
        shared_[slot].extents.assign(r.extents.begin(), r.extents.end());
        for (auto const& e : r.extents) s.extent_tokens += e.tokens;
        RUNRATE_EXPECT(s.extent_tokens <= s.prompt);
    }
    waiting_.push_back(slot);
}

void ReplicaEngine::preload(std::span<Extent const> prompt) {
    RUNRATE_EXPECT(replica_.prefix_cache);
    PrefixCache::Path path;
    prefixes_.acquire(prompt, path);
    prefixes_.release(path);
    kv_.take(0, prefixes_);
}

ReplicaEngine::Slot ReplicaEngine::new_slot() {
    if (vacant_.empty()) {
        sequences_.emplace_back();
        return static_cast<Slot>(sequences_.size() - 1);
    }
    auto const slot = vacant_.back();
    vacant_.pop_back();
    return slot;
}

void ReplicaEngine::advance_decodes(std::int64_t taken) {
    if (taken > 0) kv_.take(taken, prefixes_);
    iteration_ += run_.iterations;
    context_ += run_.growth * run_.iterations;
    note_peak();
}

void ReplicaEngine::finish_prompts() {
    auto const ready = [&](Slot slot) {
        auto& s = sequences_[slot];
        if (s.computed < s.target) return false;
        if (++s.generated == 1) s.first_token = now_;
        if (s.generated < s.output)
            start_decoding(slot);
        else
            finish(slot);
        return true;
    };
    prefilling_.erase(std::remove_if(prefilling_.begin(), prefilling_.end(), ready), prefilling_.end());
}

void ReplicaEngine::start_decoding(Slot slot) {
    auto& s = sequences_[slot];
    s.state = Sequence::State::decoding;
    s.entered = iteration_;
    ++decoding_;
    context_ += s.target * Run::token;
    window_context_ += windows_.context(s.prompt + s.output);
    if (!reserves_output()) kv_.join(s.target, iteration_);
    auto const left = s.output - s.generated;
    auto const steps = acceptance_.steps(left, s.request);
    s.growth = steps == left ? Run::token : left * Run::token / steps;
    growth_ += s.growth;
    finishes_.push({iteration_ + steps, s.request, slot, s.admission});
}

void ReplicaEngine::finish_decodes() {
    while (!finishes_.empty() && finishes_.top().iteration <= iteration_) {
        auto const f = finishes_.pop();
        if (!is_current(f)) continue;
        leave_decoding(sequences_[f.slot]);
        finish(f.slot);
    }
}

void ReplicaEngine::leave_decoding(Sequence& s) {
    auto const steps = iteration_ - s.entered;
    context_ -= s.target * Run::token + steps * s.growth;
    growth_ -= s.growth;
    window_context_ -= windows_.context(s.prompt + s.output);
    --decoding_;
    if (reserves_output()) return;
    kv_.leave(s.target + steps, iteration_);
    s.own_blocks += kv_.blocks_for(s.target + steps) - kv_.blocks_for(s.target);
    s.generated += steps;
}

void ReplicaEngine::finish(Slot slot) {
    auto& s = sequences_[slot];
    kv_.take(-s.own_blocks, prefixes_);
    if (s.extent_tokens > 0) release_shared(slot);
    promised_ -= s.promised_blocks;
    auto& o = outcomes_.emplace_back();
    o.request = s.request;
    o.arrival = since_start(s.arrival);
    o.admitted = since_start(s.admitted);
    o.first_token = since_start(s.first_token);
    o.finished = since_start(now_);
    o.prompt_tokens = s.prompt;
    o.output_tokens = s.output;
    o.cached_tokens = s.cached;
    o.preemptions = s.preemptions;
    ++totals_.requests;
    totals_.prompt_tokens += s.prompt;
    totals_.output_tokens += s.output;
    totals_.cached_tokens += s.cached;
    totals_.preemptions += s.preemptions;
    s.state = Sequence::State::waiting;
    vacant_.push_back(slot);
}

void ReplicaEngine::release_shared(Slot slot) {
    auto const& s = sequences_[slot];
    auto& path = shared_[slot].path;
    // The last token's keys and values are never computed.
    if (s.extent_tokens == s.prompt) prefixes_.grow(path, s.prompt + s.output - 1);
    prefixes_.release(path);
}

/// \param taken  blocks that decoding takes during the run, which are there for half of it on average
void ReplicaEngine::account(std::int64_t taken) {
    auto const n = run_.iterations;
    auto const spent = run_.end - now_;
    auto const ticks = static_cast<double>(spent.count());
    clock_.add(sums_, run_.what, static_cast<double>(n), run_.tokens_read());
    totals_.iterations += n;
    totals_.computed_tokens += run_.what.prefill_tokens;
    totals_.busy += spent;
    if (kv_full_) totals_.kv_full += spent;
    totals_.end = run_.end.time_since_epoch();
    kv_time_ += ticks * (static_cast<double>(kv_.used(prefixes_)) + static_cast<double>(taken) / 2);
    running_time_ += ticks * static_cast<double>(run_.what.decodes);
}

EngineTotals ReplicaEngine::totals() const {
    auto t = totals_;
    auto const busy = static_cast<double>(t.busy.count());
    t.kv_peak_tokens = peak_blocks_ * kv_.block_tokens();
    if (busy > 0) {
        t.kv_mean_tokens = kv_time_ / busy * static_cast<double>(kv_.block_tokens());
        t.running_mean = running_time_ / busy;
    }
    t.times = clock_.times(sums_);
    return t;
}

}  // namespace runrate
