#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace runrate {

/// Tokens of an answer.
struct AnswerLengths {
    std::int64_t visible = 0, reasoning = 0;
};

/// Tokens of the workflow as a vendor's tokenizer counts them.
inline std::int64_t scaled_tokens(std::int64_t tokens, double tokenizer) {
    if (tokenizer == 1) return tokens;
    return static_cast<std::int64_t>(std::nearbyint(std::min(static_cast<double>(tokens) * tokenizer, 0x1p50)));
}

/// The most tokens of the workflow that a vendor's tokenizer does not count as more than `tokens`.
inline std::int64_t whole_below(std::int64_t tokens, double tokenizer) {
    return tokenizer == 1 ? tokens : static_cast<std::int64_t>(std::floor(static_cast<double>(tokens) / tokenizer));
}

/// Hidden tokens beside visible ones, when they are this share of both; half to even.
/// \pre 0 <= share < 1
inline std::int64_t reasoning_beside(std::int64_t visible, double share) {
    double const reasoning = static_cast<double>(visible) * (share / (1 - share));
    return static_cast<std::int64_t>(std::nearbyint(std::min(reasoning, 0x1p50)));
}

/// An answer while it is written, in parts: a vendor's cap cuts each part, reasoning first; a cap of the visible output
/// holds for the whole answer. Both are counted by the vendor's tokenizer.
class Draft {
public:
    static constexpr std::int64_t no_cap = std::numeric_limits<std::int64_t>::max();

    /// \param wanted  tokens of the workflow, if nothing cut them
    Draft(AnswerLengths wanted, double tokenizer, std::int64_t cap = no_cap, std::int64_t cap_visible = no_cap)
        : wanted_{wanted},
          all_{scaled_tokens(wanted.visible, tokenizer), scaled_tokens(wanted.reasoning, tokenizer)},
          allowed_{std::min(all_.visible, cap_visible)},
          cap_{cap},
          tokenizer_{tokenizer} {}

    /// Writes the next part. \return its tokens, in the vendor's count
    /// \pre it is the first, or goes_on()
    AnswerLengths write_part();

    /// Whether the last part lacks something that was wanted.
    [[nodiscard]] bool cut() const { return written_.visible < all_.visible || written_.reasoning < all_.reasoning; }
    /// Whether a further part would write more: the cap has cut the last one, and lets something through.
    [[nodiscard]] bool goes_on() const { return cap_ > 0 && left() > 0; }
    /// What the last part adds to the context, in tokens of the workflow.
    [[nodiscard]] AnswerLengths joining() const { return joining_; }

private:
    [[nodiscard]] std::int64_t left() const {
        return allowed_ - written_.visible + all_.reasoning - written_.reasoning;
    }
    [[nodiscard]] std::int64_t of_workflow(std::int64_t written, std::int64_t all, std::int64_t wanted) const {
        return written == all ? wanted : std::min(wanted, whole_below(written, tokenizer_));
    }

    AnswerLengths wanted_, all_;  ///< the same in the workflow's tokens and in the vendor's
    std::int64_t allowed_;        ///< visible tokens that `cap_visible` lets through
    std::int64_t cap_;
    double tokenizer_;
    AnswerLengths written_{}, joined_{}, joining_{};  ///< so far, the latter two in the workflow's tokens
};

inline AnswerLengths Draft::write_part() {
    if (cap_ == no_cap && allowed_ == all_.visible) {  // whole at once, as most answers are
        written_ = all_;
        joining_ = wanted_;
        return all_;
    }
    AnswerLengths part{0, std::min(all_.reasoning - written_.reasoning, cap_)};
    part.visible = std::min(allowed_ - written_.visible, cap_ - part.reasoning);
    written_ = {written_.visible + part.visible, written_.reasoning + part.reasoning};
    AnswerLengths const joined{of_workflow(written_.visible, all_.visible, wanted_.visible),
                               of_workflow(written_.reasoning, all_.reasoning, wanted_.reasoning)};
    joining_ = {joined.visible - joined_.visible, joined.reasoning - joined_.reasoning};
    joined_ = joined;
    return part;
}

}  // namespace runrate
