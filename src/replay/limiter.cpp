#include "replay/limiter.h"

#include <algorithm>
#include <cmath>

namespace runrate {

std::chrono::nanoseconds retry_wait(int refused, double retry_after_s) {
    using namespace std::chrono_literals;
    std::chrono::nanoseconds const backoff = 500ms * (1 << std::min(refused - 1, 4));  // at most 8 s
    return std::max(backoff, std::chrono::nanoseconds{std::llround(retry_after_s * 1e9)});
}

Limiter::Limiter(RateLimits const& limits, int retries, Served served)
    : limits_{limits}, retries_{retries}, served_{std::move(served)} {}

Limiter::Amounts Limiter::amounts_of(TraceRequest const& request, PromptSplit const& split) const {
    auto const prompt = limits_.counts_reads ? request.prompt : request.prompt - split.cache_read;
    return {1, prompt.count(), request.output.count(), (prompt + request.output).count()};
}

/// What is asked for the first time.
void Limiter::begin(TraceTime at, Amounts const& amounts) {
    if (!begun_) {
        std::array<std::optional<double>, names.size()> const allowed{limits_.requests, limits_.input, limits_.output,
                                                                      limits_.tokens};
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (allowed[i]) gauges_.push_back({i, *allowed[i], TokenBucketOn<TraceTime>{*allowed[i], at}});
        }
        begun_ = true;
    }
    run_until(at);
    parts_.add(at, amounts[1], amounts[2]);
    if (limits_.tokens) both_.add(at, amounts[3], 0);
}

bool Limiter::take(TraceTime at, Amounts const& amounts) {
    auto const part = [&](Gauge const& g) { return static_cast<double>(amounts[g.which]); };
    if (!std::all_of(gauges_.begin(), gauges_.end(), [&](Gauge& g) { return g.bucket.holds(at, part(g)); }))
        return false;
    for (auto& gauge : gauges_) gauge.bucket.take(at, part(gauge));
    return true;
}

void Limiter::add(TraceRequest const& request, PromptSplit const& split) {
    auto const at = *request.time;
    auto const amounts = amounts_of(request, split);
    begin(at, amounts);
    ++refusals_.requests;
    ++sequence_;
    if (take(at, amounts)) {
        ++refusals_.served;
        return served_(request, split);
    }
    refuse({at, at, sequence_, 0, request, split});
}

void Limiter::fail(TraceTime at) {
    Amounts const one{1, 0, 0, 0};
    begin(at, one);
    take(at, one);
}

void Limiter::refuse(Waiting w) {
    ++refusals_.refused_attempts;
    if (w.refused == retries_) return void(++refusals_.refused);
    ++w.refused;
    w.due += retry_wait(w.refused, limits_.retry_after_s);
    w.request.blocks.clear();
    waiting_.push_back(std::move(w));
    std::push_heap(waiting_.begin(), waiting_.end());
}

/// The attempts that are due until then: those of an earlier request go before a new one of the same time.
void Limiter::run_until(TraceTime end) {
    while (!waiting_.empty() && waiting_.front().due <= end) {
        std::pop_heap(waiting_.begin(), waiting_.end());
        auto next = std::move(waiting_.back());
        waiting_.pop_back();
        if (!take(next.due, amounts_of(next.request, next.split))) {
            refuse(std::move(next));
            continue;
        }
        ++refusals_.served;
        ++refusals_.delayed;
        refusals_.waited_ns += (next.due - next.came).count();
        next.request.time = next.due;
        served_(next.request, next.split);
    }
}

std::vector<LimitUse> Limiter::uses() const {
    auto const parts = parts_.result();
    auto const both = both_.result();
    std::vector<LimitUse> uses;
    for (auto const& gauge : gauges_) {
        bool const whole = gauge.which == names.size() - 1;
        auto const& peaks = whole ? both : parts;
        auto const at = whole ? 1 : gauge.which;
        uses.push_back(
            {names[gauge.which], gauge.allowed, at < peaks.size() ? std::optional{peaks[at]} : std::nullopt});
    }
    return uses;
}

}  // namespace runrate
