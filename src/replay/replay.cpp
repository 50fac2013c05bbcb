#include "replay/replay.h"

#include <algorithm>
#include <deque>
#include <stdexcept>

#include <fmt/format.h>

#include "core/diagnostics.h"
#include "replay/option_biller.h"
#include "replay/row_faults.h"
#include "scenario/books.h"

namespace runrate {
namespace {

/// Prefix caches are on where the trace has blocks and the lane reads caches.
PrefixRule rule_of(ModelPrices const* model, ReplaySettings const& settings) {
    bool const batch = settings.lane == Lane::batch;  // does not read caches
    if (!model || !settings.caches || batch) return {};
    return prefix_rule(cache_rule(*model), settings.cache_lifetime);
}

/// One pass over a trace.
class Replay {
public:
    Replay(Trace& trace, PriceBook const& book, ReplaySettings const& settings)
        : trace_{trace}, settings_{settings}, names_{book}, caches_{settings.cache_blocks, settings.block} {
        for (auto const& option : settings.options) {
            billers_.emplace_back(option, book, names_, settings, billers_.size());
            rules_.push_back(rule_of(billers_.back().model(), settings));
            caches_.add(rules_.back());
        }
        if (settings.tier.empty()) return;
        for (auto& biller : billers_) limits_.push_back(limits_for(biller, book));
        for (std::size_t i = 0; i < billers_.size(); ++i)
            limiters_.emplace_back(*limits_[i].per_minute, settings.retries,
                                   [this, i](TraceRequest const& request, PromptSplit const& split) {
                                       billers_[i].add(request, split, trace_.relative());
                                   });
    }

    Replayed run(std::function<bool()> const& stop) {
        RowFaults faults{trace_.name(), settings_.skip_bad};
        TraceRequest request;
        RowFault fault;
        for (std::uint64_t rows = 1;; ++rows) {
            auto const read = next(request, fault, faults);
            if (read == RowRead::end) break;
            if (read == RowRead::row) add(request);
            if (read == RowRead::fault) faults.add(request.line, fault, result_.skipped);
            if (rows % rows_between_stops == 0 && stop && stop())
                throw std::runtime_error("interrupted (nothing was billed)");
        }
        faults.check();
        if (result_.trace.all.requests == 0)
            throw InputError(fmt::format("{}: error: holds no request that can be read\n", trace_.name()));
        return finished();
    }

private:
    ModelLimits limits_for(OptionBiller const& biller, PriceBook const& book) const {
        if (!biller.model())
            throw std::invalid_argument(
                fmt::format("'{}' names no model (limits are of one model: bill '{}' without a tier)", logged_option,
                            logged_option));
        return limits_of(book, settings_.tier, biller.model()->id);
    }

    /// What ends the reading says so after the mistakes before it.
    RowRead next(TraceRequest& request, RowFault& fault, RowFaults const& faults) {
        try {
            return trace_.next(request, fault);
        } catch (InputError const& e) { throw InputError(faults.text() + e.what()); }
    }

    void add(TraceRequest const& request) {
        note(request);
        if (request.fate == Fate::from_gateway) return result_.trace.from_gateway.add(request);
        if (request.time) peaks_.add(*request.time, request.prompt.count(), request.output.count());
        if (request.fate == Fate::failed) return fail(request);
        if (!request.blocks.empty()) caches_.use(request);
        has_blocks_ |= !request.blocks.empty();
        bool const batch = request.lane.value_or(settings_.lane.value_or(Lane::standard)) == Lane::batch;
        for (std::size_t i = 0; i < billers_.size(); ++i) {
            auto const split = billers_[i].split(request, caches_);
            if (limiters_.empty() || batch)
                billers_[i].add(request, split, trace_.relative());
            else
                limiters_[i].add(request, split);
        }
    }

    void fail(TraceRequest const& request) {
        result_.trace.failed.add(request);
        for (auto& limiter : limiters_) limiter.fail(*request.time);
    }

    /// Limits take requests as they came.
    void check_order(TraceRequest const& request) {
        auto const fail = [&](std::string const& what) {
            throw InputError(fmt::format("{}:{}: error: {}\n", trace_.name(), request.line, what));
        };
        if (!request.time) fail("has no time (limits are per minute: leave out --tier)");
        if (latest_line_ > 0 && *request.time < latest_)
            fail(
                fmt::format("goes back in time, to before line {} (--tier takes requests in the order in which they "
                            "came: sort the trace by time)",
                            latest_line_));
        latest_ = *request.time;
        latest_line_ = request.line;
    }

    void note(TraceRequest const& request) {
        auto& t = result_.trace;
        if (!limiters_.empty()) check_order(request);
        t.all.add(request);
        add_to(t.cached, (request.cache_read + request.cache_write + request.cache_write_1h).count());
        if (request.spend) t.spend_nano_usd += request.spend->count(), ++t.with_spend;
        bool const dated = request.time && !trace_.relative();
        if (!dated && std::holds_alternative<TracePrices>(settings_.day))
            throw InputError(
                fmt::format("{}:{}: error: has no date (--at trace takes the prices of each day; --at newest or a date "
                            "needs none)\n",
                            trace_.name(), request.line));
        if (!request.time) return void(++t.untimed);
        t.first = std::min(t.first.value_or(*request.time), *request.time);
        t.last = std::max(t.last.value_or(*request.time), *request.time);
    }

    Replayed finished() {
        auto& t = result_.trace;
        t.path = trace_.name();
        t.format = trace_.format();
        t.relative = trace_.relative();
        std::optional<std::chrono::nanoseconds> span;
        if (t.first && t.untimed == 0) span = *t.last - *t.first;
        for (auto& limiter : limiters_) limiter.finish();
        for (std::size_t i = 0; i < billers_.size(); ++i) {
            result_.options.push_back(billers_[i].result(span));
            if (!limiters_.empty())
                result_.options.back().limited =
                    LimitedOption{limits_[i], limiters_[i].uses(), limiters_[i].refusals()};
            if (has_blocks_) result_.options.back().rule = rules_[i];
            if (has_blocks_) result_.options.back().cache = caches_.counts(i);
        }
        result_.peaks = peaks_.result();
        result_.peaks_too_long = peaks_.too_long();
        return std::move(result_);
    }

    Trace& trace_;
    ReplaySettings const& settings_;
    ModelNames names_;
    PrefixCaches caches_;
    std::deque<OptionBiller> billers_;
    std::vector<PrefixRule> rules_;
    Peaks peaks_;
    bool has_blocks_ = false;
    std::vector<ModelLimits> limits_;
    std::deque<Limiter> limiters_;  ///< by option; none without a tier
    TraceTime latest_{};
    std::int64_t latest_line_ = 0;
    Replayed result_;
};

}  // namespace

void RequestCount::add(TraceRequest const& request) {
    add_to(requests, 1);
    add_to(prompt, request.prompt.count());
    add_to(output, request.output.count());
}

Replayed replay(Trace& trace, PriceBook const& book, ReplaySettings const& settings,
                std::function<bool()> const& stop) {
    if (settings.options.empty()) throw std::invalid_argument("no option is billed");
    return Replay{trace, book, settings}.run(stop);
}

}  // namespace runrate
