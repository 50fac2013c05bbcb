#include "serving/draft.h"

#include <algorithm>
#include <cmath>

namespace runrate {

std::int64_t scaled_tokens(std::int64_t tokens, double tokenizer) {
    if (tokenizer == 1) return tokens;
    return static_cast<std::int64_t>(std::nearbyint(std::min(static_cast<double>(tokens) * tokenizer, 0x1p50)));
}

std::int64_t whole_below(std::int64_t tokens, double tokenizer) {
    return tokenizer == 1 ? tokens : static_cast<std::int64_t>(std::floor(static_cast<double>(tokens) / tokenizer));
}

std::int64_t reasoning_beside(std::int64_t visible, double share) {
    return static_cast<std::int64_t>(
        std::nearbyint(std::min(static_cast<double>(visible) * (share / (1 - share)), 0x1p50)));
}

Draft::Draft(AnswerLengths wanted, double tokenizer, std::optional<std::int64_t> cap,
             std::optional<std::int64_t> cap_visible)
    : wanted_{wanted},
      all_{scaled_tokens(wanted.visible, tokenizer), scaled_tokens(wanted.reasoning, tokenizer)},
      allowed_{cap_visible ? std::min(all_.visible, *cap_visible) : all_.visible},
      tokenizer_{tokenizer},
      cap_{cap} {}

AnswerLengths Draft::write_part() {
    AnswerLengths part{allowed_ - visible_, all_.reasoning - reasoning_};
    if (cap_) {
        part.reasoning = std::min(part.reasoning, *cap_);
        part.visible = std::min(part.visible, *cap_ - part.reasoning);
    }
    visible_ += part.visible;
    reasoning_ += part.reasoning;
    progress_ = part.visible + part.reasoning > 0;
    auto const of_workflow = [&](std::int64_t written, std::int64_t all, std::int64_t wanted) {
        return written == all ? wanted : std::min(wanted, whole_below(written, tokenizer_));
    };
    AnswerLengths const joined{of_workflow(visible_, all_.visible, wanted_.visible),
                               of_workflow(reasoning_, all_.reasoning, wanted_.reasoning)};
    joining_ = {joined.visible - joined_.visible, joined.reasoning - joined_.reasoning};
    joined_ = joined;
    return part;
}

}  // namespace runrate
