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
/// holds for the whole answer. Both are counted by the tokenizer of whoever writes the part.
class Draft {
public:
    static constexpr std::int64_t no_cap = std::numeric_limits<std::int64_t>::max();

    /// \param wanted  tokens of the workflow, if nothing cut them
    explicit Draft(AnswerLengths wanted, std::int64_t cap = no_cap, std::int64_t cap_visible = no_cap)
        : wanted_{wanted}, cap_{cap}, cap_visible_{cap_visible} {}

    /// What comes next.
    struct Part {
        AnswerLengths written;  ///< in the vendor's count
        AnswerLengths joining;  ///< what it adds to the context, in tokens of the workflow
        bool cut = false;       ///< something that was wanted is still lacking
    };
    [[nodiscard]] Part next(double tokenizer) const;

    /// The next part has been written by this tokenizer.
    void take(double tokenizer);

    /// Whether a further part would write more: the cap has cut the last one, and lets something through.
    [[nodiscard]] bool goes_on() const { return cap_ > 0 && left_ > 0; }

private:
    /// So much of the answer as a tokenizer counts it.
    struct Counted {
        AnswerLengths all;      ///< that is wanted
        std::int64_t allowed;   ///< visible tokens that `cap_visible` lets through
        AnswerLengths written;  ///< so far
    };
    [[nodiscard]] Counted counted(double tokenizer) const;
    [[nodiscard]] static std::int64_t of_workflow(std::int64_t written, std::int64_t all, std::int64_t wanted,
                                                  double tokenizer) {
        return written == all ? wanted : std::min(wanted, whole_below(written, tokenizer));
    }

    AnswerLengths wanted_;
    std::int64_t cap_, cap_visible_;
    AnswerLengths written_{}, joined_{};  ///< so far: as `tokenizer_` counts it, and in the workflow's tokens
    double tokenizer_ = 0;                ///< of the last part; 0: there is none
    std::int64_t left_ = 0;               ///< after the last part
};

inline Draft::Counted Draft::counted(double tokenizer) const {
    Counted c{{scaled_tokens(wanted_.visible, tokenizer), scaled_tokens(wanted_.reasoning, tokenizer)}, 0, written_};
    c.allowed = std::min(c.all.visible, cap_visible_);
    if (tokenizer_ != 0 && tokenizer_ != tokenizer)
        c.written = {std::min(c.allowed, scaled_tokens(joined_.visible, tokenizer)),
                     std::min(c.all.reasoning, scaled_tokens(joined_.reasoning, tokenizer))};
    return c;
}

inline Draft::Part Draft::next(double tokenizer) const {
    if (cap_ == no_cap && cap_visible_ == no_cap)  // whole at once, as most answers are
        return {
            {scaled_tokens(wanted_.visible, tokenizer), scaled_tokens(wanted_.reasoning, tokenizer)}, wanted_, false};
    auto const [all, allowed, before] = counted(tokenizer);
    if (cap_ == no_cap && allowed == all.visible) return {all, wanted_, false};
    AnswerLengths part{0, std::min(all.reasoning - before.reasoning, cap_)};
    part.visible = std::min(allowed - before.visible, cap_ - part.reasoning);
    AnswerLengths const after{before.visible + part.visible, before.reasoning + part.reasoning};
    AnswerLengths const joined{of_workflow(after.visible, all.visible, wanted_.visible, tokenizer),
                               of_workflow(after.reasoning, all.reasoning, wanted_.reasoning, tokenizer)};
    return {part,
            {std::max<std::int64_t>(0, joined.visible - joined_.visible),
             std::max<std::int64_t>(0, joined.reasoning - joined_.reasoning)},
            after.visible < all.visible || after.reasoning < all.reasoning};
}

inline void Draft::take(double tokenizer) {
    auto const part = next(tokenizer);
    auto const [all, allowed, before] = counted(tokenizer);
    written_ = {before.visible + part.written.visible, before.reasoning + part.written.reasoning};
    joined_ = {joined_.visible + part.joining.visible, joined_.reasoning + part.joining.reasoning};
    tokenizer_ = tokenizer;
    left_ = allowed - written_.visible + all.reasoning - written_.reasoning;
}

}  // namespace runrate
