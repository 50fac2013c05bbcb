#pragma once

#include <algorithm>

#include "benchmark/measurement.h"

namespace runrate {

/// Means over requests, each as benchmarks take it: TPOT over those with more than one token.
class RequestMeans {
public:
    void add(LoggedRequest const& r) {
        ++count_;
        ttft_ += r.first_token_s - r.arrival_s;
        e2e_ += r.finished_s - r.arrival_s;
        prompt_ += static_cast<double>(r.prompt_tokens);
        output_ += static_cast<double>(r.output_tokens);
        end_s_ = std::max(end_s_, r.finished_s);
        if (r.output_tokens < 2) return;
        ++with_tpot_;
        tpot_ += (r.finished_s - r.first_token_s) / static_cast<double>(r.output_tokens - 1);
    }

    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] double ttft_s() const { return ttft_ / count_; }
    [[nodiscard]] double tpot_s() const { return with_tpot_ > 0 ? tpot_ / with_tpot_ : 0; }  ///< 0: no request has one
    [[nodiscard]] double e2e_s() const { return e2e_ / count_; }
    [[nodiscard]] double prompt_tokens() const { return prompt_ / count_; }
    [[nodiscard]] double output_tokens() const { return output_ / count_; }
    [[nodiscard]] double output_tokens_per_s() const { return output_ / end_s_; }  ///< from zero to the last token

private:
    double count_ = 0, with_tpot_ = 0, ttft_ = 0, tpot_ = 0, e2e_ = 0, prompt_ = 0, output_ = 0, end_s_ = 0;
};

}  // namespace runrate
