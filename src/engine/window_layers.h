#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "hardware/model_shape.h"
#include "runrate/replica.h"

namespace runrate {

/// What requests need of layers that read a window only. A request counts by its whole length from its admission on: a
/// window that fills up while it decodes would change every iteration's time by itself.
class WindowLayers {
public:
    explicit WindowLayers(Replica const& r) {
        if (window_layers(r.model) == 0) return;
        window_ = r.model.partial->window;
        // What an engine says that its cache holds has the windows in it.
        if (!r.kv_tokens) kv_share_ = window_kv_share(r.model);
    }

    [[nodiscard]] bool any() const { return window_ > 0; }

    /// Tokens that each decode of a request of `tokens` in all reads in such a layer.
    [[nodiscard]] std::int64_t context(std::int64_t tokens) const { return std::min(window_, tokens); }

    /// Tokens of whole context that take as much room in the cache as the windows of such a request.
    [[nodiscard]] std::int64_t kv_tokens(std::int64_t tokens) const {
        if (kv_share_ == 0) return 0;
        return static_cast<std::int64_t>(std::ceil(kv_share_ * static_cast<double>(context(tokens))));
    }

    /// Twice the pairs of attention between the tokens from `begin` to `end` of a prompt and those before them.
    [[nodiscard]] std::int64_t half_pairs(std::int64_t begin, std::int64_t end) const {
        return half_pairs_of(end) - half_pairs_of(begin);
    }

private:
    [[nodiscard]] std::int64_t half_pairs_of(std::int64_t tokens) const {
        return tokens <= window_ ? tokens * tokens : window_ * (2 * tokens - window_);
    }

    std::int64_t window_ = 0;
    double kv_share_ = 0;
};

}  // namespace runrate
