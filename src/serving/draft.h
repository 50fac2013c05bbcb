#pragma once

#include <cstdint>
#include <optional>

namespace runrate {

/// Tokens of an answer.
struct AnswerLengths {
    std::int64_t visible = 0, reasoning = 0;
};

/// An answer while it is written, in parts: a vendor's cap cuts each part, reasoning first; a cap of the visible output
/// holds for the whole answer. Both are counted by the vendor's tokenizer.
class Draft {
public:
    /// \param wanted  tokens of the workflow, if nothing cut them
    Draft(AnswerLengths wanted, double tokenizer, std::optional<std::int64_t> cap,
          std::optional<std::int64_t> cap_visible);

    /// Writes the next part. \return its tokens, in the vendor's count
    AnswerLengths write_part();

    /// Whether the last part lacks something that was wanted.
    [[nodiscard]] bool cut() const { return visible_ < all_.visible || reasoning_ < all_.reasoning; }
    /// Whether a further part would write more: the cap has cut the last one, and lets something through.
    [[nodiscard]] bool goes_on() const { return progress_ && left() > 0; }
    /// What the last part adds to the context, in tokens of the workflow.
    [[nodiscard]] AnswerLengths joining() const { return joining_; }

private:
    [[nodiscard]] std::int64_t left() const { return allowed_ - visible_ + all_.reasoning - reasoning_; }

    AnswerLengths wanted_, all_;  ///< the same in the workflow's tokens and in the vendor's
    std::int64_t allowed_;        ///< visible tokens that `cap_visible` lets through
    double tokenizer_;
    std::optional<std::int64_t> cap_;
    std::int64_t visible_ = 0, reasoning_ = 0;  ///< written so far, in the vendor's tokens
    AnswerLengths joined_, joining_;
    bool progress_ = true;
};

/// Tokens of the workflow as a vendor's tokenizer counts them.
std::int64_t scaled_tokens(std::int64_t tokens, double tokenizer);

/// The most tokens of the workflow that a vendor's tokenizer does not count as more than `tokens`.
std::int64_t whole_below(std::int64_t tokens, double tokenizer);

/// Hidden tokens beside visible ones, when they are this share of both; half to even.
/// \pre 0 <= share < 1
std::int64_t reasoning_beside(std::int64_t visible, double share);

}  // namespace runrate
