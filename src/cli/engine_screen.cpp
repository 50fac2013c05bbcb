#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/engine_tables.h"
#include "cli/replay_tables.h"
#include "core/overloaded.h"
#include "hardware/precision.h"
#include "report/figures.h"
#include "report/markdown.h"
#include "report/option_table.h"

namespace runrate {
namespace {

/// `4 x h100-sxm (tensor 4)`.
std::string gpus_text(Replica const& r) {
    auto const& p = r.parallel;
    std::vector<std::string> kinds;
    auto const add = [&](char const* kind, int n) {
        if (n > 1) kinds.push_back(fmt::format("{} {}", kind, n));
    };
    add("tensor", p.tensor);
    add("pipeline", p.pipeline);
    add("data", p.data);
    add("expert", p.expert);
    auto const text = fmt::format("{} x {}", p.gpus(), r.gpu.name);
    return kinds.empty() ? text : fmt::format("{} ({})", text, fmt::join(kinds, ", "));
}

std::string replica_text(Replica const& r) {
    constexpr std::array prefills{"chunks of prompts", "whole prompts", "batches of prompts"};
    return fmt::format("{} in {} on {}, {}: {} up to {} tokens, at most {} sequences", r.model.name,
                       name_of(r.precision), gpus_text(r), r.engine.name,
                       prefills[static_cast<std::size_t>(r.engine.prefill)], grouped(r.engine.token_budget),
                       grouped(r.engine.max_sequences));
}

std::string fleet_text(EngineSetup const& setup) {
    if (setup.replicas == 1) return "";
    auto const by = setup.router == Router::cache_aware ? "by what they have cached" : "by the least load";
    return fmt::format("{} replicas, chosen {}; each: ", grouped(setup.replicas), by);
}

MeanLengths mean_lengths(EngineTotals const& t) {
    if (t.requests == 0) return {};
    auto const all = static_cast<double>(t.requests);
    return {static_cast<double>(t.prompt_tokens) / all, static_cast<double>(t.output_tokens) / all};
}

std::string latency_lines(EngineReport const& r) {
    auto const line = [](std::string_view name, auto const& mean, auto const& p50, auto const& p95, auto const& p99) {
        return fmt::format("{:<28}{:>10}{:>10}{:>10}{:>10}\n", name, mean, p50, p95, p99);
    };
    auto out = line("", "mean", "p50", "p95", "p99");
    auto const add = [&](char const* name, DurationFigures const& d) {
        auto const at = [&](double p) { return d.sketch.count() > 0 ? time_text(d.sketch.quantile(p)) : "-"; };
        out += line(name, d.sketch.count() > 0 ? time_text(d.mean_s()) : "-", at(0.5), at(0.95), at(0.99));
    };
    add("first token (TTFT)", r.ttft);
    add("each further token (TPOT)", r.tpot);
    add("whole request (E2E)", r.e2e);
    add("of that, in the queue", r.queue);
    return out;
}

std::string fact(std::string_view name, std::string const& text) { return fmt::format("{:<28}{}\n", name, text); }

std::string rate_lines(EngineResult const& x) {
    auto const& r = x.report;
    auto const& t = r.totals;
    double const seconds = r.duration_s();
    if (seconds <= 0) return "";
    auto const gpus = x.setup.replica.parallel.gpus() * x.setup.replicas;
    auto const rate = [&](std::int64_t tokens) {
        auto const all = static_cast<double>(tokens) / seconds;
        return figure(all) + "/s" + (gpus > 1 ? fmt::format(", {}/s per GPU", figure(all / gpus)) : "");
    };
    auto out = fact("requests", fmt::format("{}/s: {} in {}", figure(static_cast<double>(t.requests) / seconds),
                                            grouped(t.requests), time_text(seconds)));
    out += fact("output tokens", rate(t.output_tokens));
    out += fact("prompt tokens", rate(t.prompt_tokens));
    return out;
}

std::string batch_lines(EngineResult const& x) {
    auto const& t = x.report.totals;
    auto const capacity = static_cast<double>(t.kv_capacity_tokens);
    auto out =
        fact("KV cache", fmt::format("{} tokens{}: {} used on average, {} at most", grouped(t.kv_capacity_tokens),
                                     x.setup.replicas > 1 ? " each" : "", percent(t.kv_mean_tokens / capacity),
                                     percent(static_cast<double>(t.kv_peak_tokens) / capacity)));
    if (t.iterations > 0) {
        double const busy = to_seconds(t.busy);
        out += fact("batch", fmt::format("{} decoding on average", figure(t.running_mean)));
        out += fact("iterations", fmt::format("{}, {} each; busy {} of the time", grouped(t.iterations),
                                              time_text(busy / static_cast<double>(t.iterations)),
                                              percent(busy / x.report.duration_s() / x.setup.replicas)));
    }
    out += fact("preemptions", grouped(t.preemptions));
    if (x.setup.replica.prefix_cache && t.prompt_tokens > 0)
        out += fact("prefix cache",
                    fmt::format("{} of prompt tokens found",
                                percent(static_cast<double>(t.cached_tokens) / static_cast<double>(t.prompt_tokens))));
    if (t.refused > 0) out += fact("refused", grouped(t.refused));
    return out;
}

std::string limit_line(EngineTotals const& totals) {
    auto parts = time_parts(totals.times);
    auto const limit = limited_by(totals);
    if (limit.empty()) return "";
    double sum = 0;
    for (auto const& part : parts) sum += part.second;
    std::stable_sort(parts.begin(), parts.end(), [](auto const& a, auto const& b) { return a.second > b.second; });
    std::vector<std::string> shares;
    for (auto const& [name, seconds] : parts) {
        if (seconds > 0) shares.push_back(fmt::format("{} {}", name, percent(seconds / sum)));
    }
    return fmt::format("Limited by: {} (time of iterations: {})", limit, fmt::join(shares, ", "));
}

}  // namespace

std::string engine_screen(EngineResult const& x, std::size_t width) {
    std::string out;
    add_wrapped(out, fleet_text(x.setup) + replica_text(x.setup.replica), width);
    add_wrapped(out, load_text(x.load, x.report.arrivals, mean_lengths(x.report.totals)), width);
    out += "\n" + latency_lines(x.report) + "\n" + rate_lines(x) + batch_lines(x);
    if (auto const limit = limit_line(x.report.totals); !limit.empty()) {
        out += "\n";
        add_wrapped(out, limit, width);
    }
    out += "\n";
    for (auto const& note : engine_notes(x)) add_wrapped(out, "Note: " + note.text, width);
    auto const& r = x.setup.replica;
    add_wrapped(
        out,
        fmt::format("Sources: {} ({}, {}); {} ({}, {}); {} ({}, {})", r.model.name, r.model.source, r.model.as_of,
                    r.gpu.name, r.gpu.source, r.gpu.as_of, r.engine.name, r.engine.source, r.engine.as_of),
        width);
    return out;
}

std::string engine_markdown(EngineResult const& x) {
    auto out = fmt::format("# Engine\n\n{}\n\n{}\n", markdown_text(replica_text(x.setup.replica)),
                           markdown_text(load_text(x.load, x.report.arrivals, mean_lengths(x.report.totals))));
    if (auto const limit = limit_line(x.report.totals); !limit.empty())
        out += fmt::format("\n{}\n", markdown_text(limit));
    return out + to_markdown(engine_tables(x));
}

}  // namespace runrate
