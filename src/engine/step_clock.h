#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "hardware/step_terms.h"
#include "runrate/engine.h"

namespace runrate {

/// Share of the experts that every number of tokens reads, tabulated: powers are slow.
class ExpertCoverage {
public:
    /// \param most_tokens  of one iteration
    ExpertCoverage(Replica const&, std::int64_t most_tokens);

    [[nodiscard]] double operator()(std::int64_t tokens) const {
        if (share_.empty()) return 0;
        return share_[std::min(static_cast<std::size_t>(tokens), share_.size() - 1)];
    }

private:
    static constexpr std::int64_t largest_ = 1 << 20;  ///< tokens of a batch that read all experts there are

    std::vector<double> share_;
};

/// What an iteration holds.
struct Iteration {
    std::int64_t prefill_tokens = 0;
    std::int64_t decodes = 0;
    std::int64_t first_tokens = 0;       ///< prompts that end here
    std::int64_t half_pairs = 0;         ///< sum of p (2 c + p): twice the pairs of attention
    std::int64_t window_half_pairs = 0;  ///< the same in a layer with a window
    std::int64_t window_context = 0;     ///< tokens that decodes and prompts that were begun read in such a layer
};

/// Iterations, summed by what decides their time.
struct StepSums {
    double iterations = 0, tokens = 0, samples = 0, context = 0;
    double half_pairs = 0, window_half_pairs = 0, window_context = 0;
    double compute = 0, weights = 0;  ///< ticks of iterations that computing, or reading weights, decided
    double draft = 0;                 ///< ticks of proposals
};

/// The step time in ticks. An iteration takes `fixed(iteration)` ticks, rounded once, and `context_ticks()` more for
/// every token of context: skipping over equal iterations and stepping through them agree to the tick.
class StepClock {
public:
    StepClock(Replica const&, StepParameters const&, std::shared_ptr<ExpertCoverage const>);

    /// Of an iteration, apart from its context. At least one tick.
    [[nodiscard]] std::int64_t fixed(Iteration const& i) const {
        return std::max<std::int64_t>(1, nearest(proposals_ == 0 ? plain(i) : speculative(i)));
    }

    /// Of one token of context.
    [[nodiscard]] std::int64_t context_ticks() const { return context_ticks_; }

    /// Adds `n` iterations like `i` that read `context` tokens in all of them together.
    void add(StepSums&, Iteration const& i, double n, double context) const;

    [[nodiscard]] EngineTimes times(StepSums const&) const;

private:
    struct Matrices {
        double compute, memory;
    };
    [[nodiscard]] Matrices matrices(std::int64_t tokens, std::int64_t samples) const {
        return {
            terms_.compute_token * static_cast<double>(tokens) + terms_.compute_sample * static_cast<double>(samples),
            terms_.weights + terms_.experts * (*coverage_)(tokens)};
    }
    [[nodiscard]] double plain(Iteration const& i) const {
        auto const tokens = i.prefill_tokens + i.decodes;
        auto const samples = i.decodes + i.first_tokens;
        auto const m = matrices(tokens, samples);
        return std::max(m.compute, m.memory) + beside(i, tokens, samples);
    }
    /// All but the matrix products and the context; in pairs, so that the sums need not wait for each other.
    [[nodiscard]] double beside(Iteration const& i, std::int64_t tokens, std::int64_t samples) const {
        double const attention = terms_.pair * 0.5 * static_cast<double>(i.half_pairs) + in_windows(i);
        double const each =
            terms_.link_token * static_cast<double>(tokens) + terms_.sequence * static_cast<double>(samples);
        return attention + (each + (terms_.collectives + terms_.step));
    }
    [[nodiscard]] double in_windows(Iteration const& i) const {
        return terms_.window_pair * 0.5 * static_cast<double>(i.window_half_pairs) +
               terms_.window * static_cast<double>(i.window_context);
    }
    [[nodiscard]] double speculative(Iteration const& i) const;
    [[nodiscard]] double draft_time(Iteration const& i) const;

    /// Half to even, of a number under 2^51.
    static std::int64_t nearest(double ticks) {
        constexpr double magic = 0x1.8p52;
        return static_cast<std::int64_t>((ticks + magic) - magic);
    }

    StepTerms terms_;  ///< in ticks
    std::shared_ptr<ExpertCoverage const> coverage_;
    std::int64_t proposals_;  ///< of speculative decoding, by sequence and iteration
    double draft_share_;      ///< time of all proposals as a share of a plain decoding step
    std::int64_t context_ticks_;
};

}  // namespace runrate
