#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <vector>

#include "engine/prefix_cache.h"
#include "engine/replica_engine.h"
#include "engine/step_clock.h"
#include "hardware/memory.h"

namespace runrate {

/// The oracle of the skipping engine: one iteration after the other, one request after the other, nothing remembered
/// between iterations but what an engine would. It shares the step time and the prefix cache.
class SteppingEngine {
public:
    SteppingEngine(Replica const& r, StepParameters const& q)
        : r_{r},
          clock_{r, q, std::make_shared<ExpertCoverage const>(r, most_tokens_of_iteration(r))},
          blocks_{kv_capacity_tokens(r) / r.engine.block_tokens},
          cache_{r.engine.block_tokens} {}

    std::vector<EngineOutcome> run(std::span<EngineRequest const> requests) {
        std::vector<EngineOutcome> outcomes(requests.size());
        std::size_t next = 0;
        Instant now{};
        for (;;) {
            for (; next < requests.size() && Instant{requests[next].arrival} <= now; ++next) {
                auto const& q = requests[next];
                if (auto const why = refusal(q))
                    outcomes[next] = {next, q.arrival, {}, {}, {}, q.prompt_tokens, q.output_tokens, 0, 0, *why};
                else
                    waiting_.push_back(Sequence{next, q});
            }
            if (running_.empty() && waiting_.empty()) {
                if (next == requests.size()) return outcomes;
                now = Instant{requests[next].arrival};
                continue;
            }
            now = iterate(now, outcomes);
        }
    }

    std::int64_t iterations = 0;
    std::int64_t most_used = 0;
    /// Keys and values that preemption lost, those of them that the prefix cache still had, and prompts that ended once
    /// more than once: each of these yields a token, so what it stood for is computed without a decode.
    std::int64_t lost = 0, found_again = 0, restarts = 0;

    /// Blocks in use by requests, each counted once.
    [[nodiscard]] std::int64_t used() const {
        std::int64_t sum = cache_.pinned();
        for (auto const& s : running_) sum += s.own;
        return sum;
    }
    [[nodiscard]] std::int64_t total() const { return blocks_; }

private:
    struct Sequence {
        std::size_t number;
        EngineRequest request;
        std::int64_t computed = 0;  ///< tokens of keys and values
        std::int64_t generated = 0;
        std::int64_t own = 0, promised = 0;
        bool prefilling = true;
        std::int64_t cached = 0;
        int preemptions = 0;
        std::optional<Instant> admitted{}, first_token{};
        PrefixCache::Path path{};

        [[nodiscard]] std::int64_t target() const { return request.prompt_tokens + generated; }
    };

    [[nodiscard]] std::int64_t block() const { return r_.engine.block_tokens; }
    [[nodiscard]] std::int64_t blocks_for(std::int64_t tokens) const { return (tokens + block() - 1) / block(); }
    /// Tokens that a request keeps of each layer with a window.
    [[nodiscard]] std::int64_t window_tokens(EngineRequest const& q) const {
        auto const window = r_.model.partial ? r_.model.partial->window : 0;
        return std::min<std::int64_t>(window, q.prompt_tokens + q.output_tokens);
    }
    [[nodiscard]] std::int64_t window_blocks(EngineRequest const& q) const {
        if (r_.kv_tokens || !r_.model.partial) return 0;
        double const share = static_cast<double>(r_.model.layers - r_.model.partial->full_layers) * r_.model.kv_heads *
                             r_.model.head_dim / (r_.model.partial->full_layers * kv_width(r_.model) / 2.0);
        return blocks_for(static_cast<std::int64_t>(std::ceil(share * static_cast<double>(window_tokens(q)))));
    }
    [[nodiscard]] std::int64_t shared(Sequence const& s) const {
        std::int64_t tokens = 0;
        if (r_.prefix_cache)
            for (auto const& e : s.request.extents) tokens += e.tokens;
        return tokens / block();
    }
    [[nodiscard]] std::span<Extent const> extents(Sequence const& s) const {
        return r_.prefix_cache ? s.request.extents : std::span<Extent const>{};
    }

    [[nodiscard]] std::optional<Refusal> refusal(EngineRequest const& q) const {
        auto const tokens = q.prompt_tokens + q.output_tokens;
        if (r_.model.context_limit > 0 && tokens > r_.model.context_limit) return Refusal::too_long;
        if (blocks_for(tokens) + window_blocks(q) > blocks_) return Refusal::never_fits;
        return std::nullopt;
    }

    void make_fit() {
        std::int64_t own = 0;
        for (auto const& s : running_) own += s.own;
        auto const over = own + cache_.blocks() - blocks_;
        if (over > 0) cache_.evict(over);
        most_used = std::max(most_used, used());
    }

    [[nodiscard]] bool fills_block(Sequence const& s) const { return !s.prefilling && s.computed % block() == 0; }

    bool make_room() {
        bool preempted = false;
        for (;;) {
            auto const needed =
                std::count_if(running_.begin(), running_.end(), [&](auto const& s) { return fills_block(s); });
            if (used() + needed <= blocks_) break;
            auto s = running_.back();
            running_.pop_back();
            cache_.release(s.path);
            lost += s.computed;
            s.own = s.promised = s.computed = 0;
            s.prefilling = true;
            ++s.preemptions;
            waiting_.push_front(s);
            preempted = true;
        }
        for (auto& s : running_) s.own += fills_block(s) ? 1 : 0;
        make_fit();
        return preempted;
    }

    struct Chunk {
        std::size_t sequence;
        std::int64_t tokens;
    };

    void chunk(std::size_t i, std::int64_t& budget, std::vector<Chunk>& chunks, Iteration& what,
               std::int64_t& context) {
        auto& s = running_[i];
        auto p = s.target() - s.computed;
        if (r_.engine.prefill != Prefill::whole) p = std::min(p, std::max<std::int64_t>(0, budget));
        if (p == 0) return;
        chunks.push_back({i, p});
        what.prefill_tokens += p;
        what.half_pairs += p * (2 * s.computed + p);
        if (r_.model.partial)
            for (auto at = s.computed; at < s.computed + p; ++at) {
                std::int64_t const window = r_.model.partial->window;
                what.window_half_pairs += at < window ? 2 * at + 1 : 2 * window;  // of one token: half of its own pair
            }
        if (r_.model.partial) what.window_context += std::min<std::int64_t>(r_.model.partial->window, s.computed);
        context += s.computed;
        if (s.computed + p == s.target()) ++what.first_tokens;
        budget -= p;
    }

    bool admit(std::int64_t budget, bool begun) {
        if (waiting_.empty() || running_.size() >= static_cast<std::size_t>(r_.engine.max_sequences * r_.parallel.data))
            return false;
        auto s = waiting_.front();
        if (r_.engine.prefill == Prefill::whole ? begun && s.target() > budget : budget <= 0) return false;
        auto const look = cache_.look(extents(s));
        auto const own = blocks_for(s.target()) + window_blocks(s.request) - shared(s);
        if (used() + own + look.pinned_blocks > blocks_) return false;
        std::int64_t promised = 0;
        if (r_.engine.promised_output > 0) {
            auto const output = static_cast<std::int64_t>(
                std::ceil(r_.engine.promised_output * static_cast<double>(s.request.output_tokens)));
            promised = std::max<std::int64_t>(0, blocks_for(std::max(s.request.prompt_tokens + output, s.target())) +
                                                     window_blocks(s.request) - shared(s));
            std::int64_t sum = promised + cache_.pinned() + look.pinned_blocks;
            for (auto const& other : running_) sum += other.promised;
            if (sum > blocks_) return false;
        }
        waiting_.pop_front();
        s.own = own;
        s.promised = promised;
        cache_.acquire(extents(s), s.path);
        s.computed = std::min(look.hit_blocks, (s.target() - 1) / block()) * block();
        (s.preemptions == 0 ? s.cached : found_again) += s.computed;
        running_.push_back(s);
        make_fit();
        return true;
    }

    Instant iterate(Instant now, std::vector<EngineOutcome>& outcomes) {
        bool const alone = r_.engine.prefill == Prefill::alone;
        auto const decoding = [&] {
            return std::count_if(running_.begin(), running_.end(), [](auto const& s) { return !s.prefilling; });
        };
        bool const preempted = !alone && decoding() > 0 && make_room();
        Iteration what;
        std::int64_t context = 0;
        auto budget = r_.engine.token_budget * r_.parallel.data - (alone ? 0 : decoding());
        std::vector<Chunk> chunks;
        for (std::size_t i = 0; i < running_.size(); ++i)
            if (running_[i].prefilling) chunk(i, budget, chunks, what, context);
        while (!preempted && admit(budget, !chunks.empty())) {
            if (!running_.back().admitted) running_.back().admitted = now;
            chunk(running_.size() - 1, budget, chunks, what, context);
        }
        bool const decodes = !(alone && !chunks.empty()) && decoding() > 0;
        if (alone && decodes) make_room();
        if (decodes) {
            what.decodes = decoding();
            for (auto const& s : running_)
                if (!s.prefilling) {
                    context += s.computed;
                    what.window_context += window_tokens(s.request);
                }
        }
        auto const end = now + Duration{clock_.fixed(what) + clock_.context_ticks() * context};
        ++iterations;
        finish(end, decodes, chunks, outcomes);
        return end;
    }

    void finish(Instant end, bool decodes, std::vector<Chunk> const& chunks, std::vector<EngineOutcome>& outcomes) {
        std::vector<bool> sampled(running_.size());
        for (auto const& c : chunks) {
            auto& s = running_[c.sequence];
            s.computed += c.tokens;
            sampled[c.sequence] = s.computed == s.target();
        }
        std::vector<std::size_t> first;
        for (std::size_t i = 0; i < running_.size(); ++i) {
            auto& s = running_[i];
            if (s.prefilling && sampled[i]) {
                first.push_back(i);
            } else if (!s.prefilling && decodes) {
                ++s.computed;
                ++s.generated;
            }
        }
        // Those whose prompt ends go first, as their paths are released first.
        std::vector<std::size_t> done;
        for (auto const i : first) {
            auto& s = running_[i];
            s.prefilling = false;
            ++s.generated;
            restarts += s.first_token ? 1 : 0;
            if (!s.first_token) s.first_token = end;
            if (s.generated == s.request.output_tokens) done.push_back(i);
        }
        std::vector<std::size_t> decoded;
        for (std::size_t i = 0; i < running_.size(); ++i) {
            auto const& s = running_[i];
            if (!s.prefilling && s.generated == s.request.output_tokens &&
                std::find(done.begin(), done.end(), i) == done.end())
                decoded.push_back(i);
        }
        std::sort(decoded.begin(), decoded.end(),
                  [&](auto a, auto b) { return running_[a].number < running_[b].number; });
        done.insert(done.end(), decoded.begin(), decoded.end());
        for (auto const i : done) leave(running_[i], end, outcomes);
        std::erase_if(running_, [](auto const& s) { return s.generated == s.request.output_tokens; });
    }

    void leave(Sequence& s, Instant end, std::vector<EngineOutcome>& outcomes) {
        s.own = 0;
        std::int64_t named = 0;
        for (auto const& e : extents(s)) named += e.tokens;
        if (named == s.request.prompt_tokens)
            cache_.grow(s.path, s.request.prompt_tokens + s.request.output_tokens - 1);
        cache_.release(s.path);
        outcomes[s.number] = {s.number,
                              s.request.arrival,
                              s.admitted->time_since_epoch(),
                              s.first_token->time_since_epoch(),
                              end.time_since_epoch(),
                              s.request.prompt_tokens,
                              s.request.output_tokens,
                              s.cached,
                              s.preemptions,
                              Refusal::none};
    }

    Replica r_;
    StepClock clock_;
    std::int64_t blocks_;
    PrefixCache cache_;
    std::deque<Sequence> waiting_;
    std::vector<Sequence> running_;  ///< in order of admission
};

}  // namespace runrate
