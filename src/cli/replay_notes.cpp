#include <fmt/format.h>

#include "cli/replay_tables.h"

namespace runrate {
namespace {

std::string counted(std::int64_t n, std::string_view what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string requests_text(RequestCount const& c) {
    return fmt::format("{} ({} prompt and {} output tokens)", counted(c.requests, "request"), c.prompt, c.output);
}

void note_trace(Replayed const& r, ReplaySettings const& settings, std::vector<ReplayNote>& notes) {
    auto const& t = r.trace;
    if (t.failed.requests > 0)
        notes.push_back({"trace.failed", fmt::format("{} failed by the log: not billed", requests_text(t.failed))});
    if (t.from_gateway.requests > 0)
        notes.push_back({"trace.gateway_cache", fmt::format("{} came from the gateway's own cache: not billed",
                                                            requests_text(t.from_gateway))});
    for (auto const& [reason, s] : r.skipped)
        notes.push_back({"trace.skipped", fmt::format("{} left out: {} (first at line {})", counted(s.rows, "row"),
                                                      reason, s.first_line)});
    if (t.with_spend > 0)
        notes.push_back(
            {"trace.spend", fmt::format("the log itself says ${:.6f} for {}", to_dollars(narrow(t.spend_nano_usd)),
                                        counted(t.with_spend, "request"))});
    if (t.untimed > 0)
        notes.push_back({"trace.untimed", fmt::format("{} without a time: no month and not in the minutes",
                                                      counted(t.untimed, "request"))});
    if (r.peaks_too_long)
        notes.push_back({"minutes.too_long", fmt::format("the trace has requests in more than {} hours: minutes were "
                                                         "not counted",
                                                         Peaks::most_hours)});
    bool const fixed = settings.options.size() > 1 || settings.options.front() != logged_option;
    if (t.cached > 0 && fixed)
        notes.push_back({"cache.as_logged",
                         "prompts are divided into cached and other tokens as the log says: another "
                         "vendor's cache may find more or less"});
}

void note_cache(OptionBill const& o, ReplaySettings const& settings, std::vector<ReplayNote>& notes) {
    if (!o.rule) return;
    if (!o.rule->on) {
        auto const why = !settings.caches               ? "by --no-cache"
                         : settings.lane == Lane::batch ? "in the batch lane"
                         : o.option == logged_option    ? "where the log names no model"
                                                        : "for this model, by its price book";
        notes.push_back({"cache.off", fmt::format("{}: no prompt cache {}", o.option, why)});
        return;
    }
    if (o.cache->pushed_out > 0)
        notes.push_back({"cache.pushed_out",
                         fmt::format("{}: the cache holds {} blocks, and others pushed {} out before their lifetime "
                                     "ended (--cache-blocks)",
                                     o.option, settings.cache_blocks, o.cache->pushed_out)});
    if (o.rule->explicit_)
        notes.push_back({"cache.asked", fmt::format("{}: its cache is on request; every prompt asks for it here "
                                                    "(--no-cache: none does)",
                                                    o.option)});
}

void note_option(OptionBill const& o, std::vector<ReplayNote>& notes) {
    for (auto const& u : o.unpriced)
        notes.push_back({"price.missing", fmt::format("{}: {}: {} not billed: {} (first at line {})", o.option, u.model,
                                                      requests_text(u.count), u.reason, u.first_line)});
    for (auto const& [model, requests] : o.backdated)
        notes.push_back({"price.backdated", fmt::format("{}: {} before the first price of {}, which was taken",
                                                        o.option, counted(requests, "request"), model)});
    if (o.without_hour > 0)
        notes.push_back({"price.hours", fmt::format("{}: {} of no known hour, billed at the price of other hours",
                                                    o.option, counted(o.without_hour, "request"))});
}

void note_spend(OptionBill const& o, std::vector<ReplayNote>& notes) {
    if (!o.limited || !o.month) return;
    auto const& tier = *o.limited->limits.tier;
    if (tier.spend && *o.month > *tier.spend)
        notes.push_back(
            {"limits.spend", fmt::format("{}: {} allows ${:.2f} a month, this rate is billed ${:.2f}", o.option,
                                         tier.name, to_dollars(*tier.spend), to_dollars(*o.month))});
}

}  // namespace

std::vector<ReplayNote> replay_notes(Replayed const& r, ReplaySettings const& settings) {
    std::vector<ReplayNote> notes;
    note_trace(r, settings, notes);
    for (auto const& o : r.options) {
        note_option(o, notes);
        note_spend(o, notes);
        note_cache(o, settings, notes);
    }
    return notes;
}

}  // namespace runrate
