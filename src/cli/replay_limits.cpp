#include <cmath>

#include <fmt/format.h>

#include "cli/replay_tables.h"
#include "pricing/limit_verdict.h"

namespace runrate {
namespace {

std::string_view verdict_of(LimitUse const& use) {
    return limit_verdict(static_cast<double>(use.needed->p99), use.needed->mean, use.allowed);
}

FlatCell mean_wait_s(Refusals const& r) {
    if (r.delayed == 0) return {};
    return static_cast<double>(r.waited_ns) * 1e-9 / static_cast<double>(r.delayed);
}

std::string attempts_text(int retries) {
    if (retries == 0) return "at the first attempt";
    return retries == 1 ? "in both attempts" : fmt::format("in all {} attempts", retries + 1);
}

std::string refusal_text(OptionBill const& o, int retries) {
    auto const& r = o.limited->refusals;
    auto text = fmt::format("{} under {}: {} of {} requests served", o.option, o.limited->limits.tier->name,
                            grouped(r.served), grouped(r.requests));
    if (r.delayed > 0)
        text += fmt::format(", {} of them after waiting {:.2f} s on average", grouped(r.delayed),
                            std::get<double>(mean_wait_s(r)));
    if (r.refused == 0) return text + "; none refused for good";
    return text + fmt::format("; {} refused {}, not billed", grouped(r.refused), attempts_text(retries));
}

std::string limit_line(std::string_view name, std::string_view allowed, std::string_view mean, std::string_view p99,
                       std::string_view verdict) {
    return fmt::format("{:<8}  {:>14}  {:>14}  {:>14}  {}\n", name, allowed, mean, p99, verdict);
}

}  // namespace

FlatTable limits_table(Replayed const& r) {
    FlatTable table{"limits",
                    {"option", "tier", "limit", "allowed", "mean", "needed_p99", "max", "verdict", "as_of", "source"},
                    {}};
    for (auto const& o : r.options) {
        if (!o.limited) continue;
        auto const& tier = *o.limited->limits.tier;
        for (auto const& use : o.limited->uses) {
            FlatCell mean, needed, most, verdict;
            if (use.needed) {
                mean = use.needed->mean;
                needed = use.needed->p99;
                most = use.needed->most;
                verdict = text_cell(verdict_of(use));
            }
            table.rows.push_back({text_cell(o.option), text_cell(tier.name), text_cell(use.name), use.allowed, mean,
                                  needed, most, verdict, to_string(tier.as_of), text_cell(tier.source)});
        }
    }
    return table;
}

FlatTable refusals_table(Replayed const& r) {
    FlatTable table{
        "refusals", {"option", "requests", "served", "refused", "refused_attempts", "delayed", "mean_wait_s"}, {}};
    for (auto const& o : r.options) {
        if (!o.limited) continue;
        auto const& n = o.limited->refusals;
        table.rows.push_back(
            {text_cell(o.option), n.requests, n.served, n.refused, n.refused_attempts, n.delayed, mean_wait_s(n)});
    }
    return table;
}

std::string limit_lines(Replayed const& r, ReplaySettings const& settings, std::size_t width) {
    std::string out;
    for (auto const& o : r.options) {
        if (!o.limited) continue;
        out += "\n";
        add_wrapped(out, refusal_text(o, settings.retries), width);
        out += limit_line("", "allowed", "mean", "p99", "by the minute");
        for (auto const& use : o.limited->uses) {
            auto const allowed = grouped(std::llround(use.allowed));
            out += use.needed ? limit_line(use.name, allowed, grouped(std::llround(use.needed->mean)),
                                           grouped(use.needed->p99), verdict_of(use))
                              : limit_line(use.name, allowed, "-", "-", "-");
        }
    }
    return out;
}

}  // namespace runrate
