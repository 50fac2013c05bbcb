#include <cmath>

#include <fmt/format.h>

#include "cli/engine_load_tables.h"
#include "cli/engine_tables.h"
#include "cli/replay_tables.h"
#include "cli/stated_capacity.h"
#include "report/figures.h"
#include "report/markdown.h"
#include "report/option_table.h"

namespace runrate {
namespace {

/// Of a closed loop all, however much there is: its next requests come as fast as it serves.
double share(CapacityResult const& x, double asked_per_s, CapacityLevel const& level) {
    return closed_loop_of(x.load) ? 1 : asked_per_s / level.tokens_per_s;
}

/// How many replicas the tokens take, at their full throughput; nothing where that is not asked.
std::optional<std::int64_t> replicas_for(CapacityResult const& x, double asked_per_s, CapacityLevel const& level) {
    if (asked_per_s <= 0 || closed_loop_of(x.load)) return std::nullopt;
    return static_cast<std::int64_t>(std::ceil(asked_per_s / (level.tokens_per_s / x.replicas) - 1e-9));
}

bool falls_behind(CapacityResult const& x, CapacityLevel const& level) {
    return !closed_loop_of(x.load) && x.report.asked_per_s() > level.tokens_per_s;
}

FlatTable capacity_table(CapacityResult const& x) {
    FlatTable table{"capacity",
                    {"level", "replicas", "counts", "tokens_per_s", "requests_per_s", "asked_tokens_per_s",
                     "busiest_minute_tokens_per_s", "share", "busiest_minute_share", "longest_backlog_s",
                     "backlog_at_last_arrival_s", "replicas_for_mean", "replicas_for_busiest_minute", "falls_behind",
                     "requests", "refused_too_long", "prompt_tokens", "output_tokens"},
                    {}};
    auto const& r = x.report;
    bool const open = !closed_loop_of(x.load);
    auto const where = [](bool known, double value) { return known ? FlatCell{value} : FlatCell{}; };
    bool const by_time = open && r.asked_per_s() > 0, by_minute = open && r.busiest_minute > 0;
    auto const asked = r.asked_per_s(), in_minute = r.asked_per_s_in_busiest_minute();
    for (auto const& level : r.levels)
        table.rows.push_back(
            {text_cell(level.name), FlatCell{std::int64_t{x.replicas}}, text_cell(counted_tokens(x.pool)),
             level.tokens_per_s, where(r.counted > 0, r.requests_per_s(level.tokens_per_s)), where(by_time, asked),
             where(by_minute, in_minute), where(by_time || !open, share(x, asked, level)),
             where(by_minute, share(x, in_minute, level)), where(open, level.backlog.longest_s()),
             where(open, level.backlog.left_s()), cell_of(replicas_for(x, asked, level)),
             cell_of(replicas_for(x, in_minute, level)), FlatCell{std::int64_t{falls_behind(x, level)}}, r.served,
             r.too_long, static_cast<std::int64_t>(r.prompt_tokens), static_cast<std::int64_t>(r.output_tokens)});
    return table;
}

/// `stated capacity`, `low and median capacity`; nothing where all of them are enough.
std::string levels_behind(CapacityResult const& x) {
    std::vector<std::string> behind;
    for (auto const& level : x.report.levels)
        if (falls_behind(x, level)) behind.push_back(level.name);
    return behind.empty() ? "" : fmt::format("{} capacity", fmt::join(behind, " and "));
}

std::vector<EngineNote> notes_of(CapacityResult const& x) {
    std::vector<EngineNote> notes;
    if (auto const names = levels_behind(x); !names.empty())
        notes.push_back(
            {"load.falls_behind",
             fmt::format("{} a second are asked for, more than the {}: the queue grows for as "
                         "long as requests come",
                         figure(x.report.asked_per_s()) + " " + std::string{counted_tokens(x.pool)}, names)});
    if (closed_loop_of(x.load))
        notes.push_back({"load.closed", "requests in flight take all that is there: the rate is what it serves"});
    else if (x.report.asked_per_s() <= 0)
        notes.push_back({"load.at_once", "all requests arrive at once: there is no rate to hold against the capacity"});
    if (x.report.too_long > 0)
        notes.push_back(
            {"refused.too_long", fmt::format("{} refused: prompt and output exceed the context of {} ({} tokens)",
                                             counted(x.report.too_long, "request"), x.pool.replica.model.name,
                                             grouped(x.pool.replica.model.context_limit))});
    note_list(x.load, false, notes);
    notes.push_back({"capacity.stated",
                     "a stated throughput says no latency: a request takes longer the nearer the load comes to it "
                     "(leave out 'capacity' for the step times of a calibration)"});
    return notes;
}

std::string pool_text(CapacityResult const& x) {
    auto const& r = x.pool.replica;
    std::string each;
    for (auto const& level : x.report.levels) {
        auto const of_replica = figure(level.tokens_per_s / x.replicas) + "/s";
        each += level.name == "stated" ? of_replica
                                       : fmt::format("{}{} {}", each.empty() ? "" : ", ", level.name, of_replica);
    }
    return fmt::format("Pool {}: {} on {} x {}, stated {} of a replica: {}; {}", x.pool.name, r.model.name,
                       r.parallel.gpus(), r.gpu.name, counted_tokens(x.pool), each, counted(x.replicas, "replica"));
}

std::string load_line(CapacityResult const& x) {
    auto const served = static_cast<double>(x.report.served);
    if (served == 0) return load_text(x.load, x.report.arrivals, {});
    return load_text(x.load, x.report.arrivals, {x.report.prompt_tokens / served, x.report.output_tokens / served});
}

/// A line of the screen: what it says, and the text of each level.
template <class Text>
std::string level_line(CapacityResult const& x, char const* name, Text const& text) {
    auto line = fmt::format("{:<40}", name);
    for (auto const& level : x.report.levels) line += fmt::format("{:>12}", text(level));
    return line + "\n";
}

std::string open_lines(CapacityResult const& x) {
    auto const& r = x.report;
    auto const asked = r.asked_per_s(), minute = r.asked_per_s_in_busiest_minute();
    std::string out;
    auto const taken = [&](char const* name, double per_s) {
        if (per_s > 0)
            out += level_line(x, name, [&](CapacityLevel const& l) { return percent(per_s / l.tokens_per_s); });
    };
    auto const enough = [&](char const* name, double per_s) {
        if (per_s > 0)
            out += level_line(x, name, [&](CapacityLevel const& l) { return grouped(*replicas_for(x, per_s, l)); });
    };
    taken("taken while requests arrive", asked);
    taken("taken in the busiest minute", minute);
    out +=
        level_line(x, "work waiting, at most", [](CapacityLevel const& l) { return time_text(l.backlog.longest_s()); });
    out += level_line(x, "work waiting at the last arrival",
                      [](CapacityLevel const& l) { return time_text(l.backlog.left_s()); });
    enough("replicas for the mean", asked);
    enough("replicas for the busiest minute", minute);
    return out;
}

}  // namespace

std::string_view counted_tokens(Pool const& pool) {
    return std::get<StatedCapacity>(pool.speed).of == StatedCapacity::Of::total ? "prompt and output tokens"
                                                                                : "output tokens";
}

std::vector<FlatTable> capacity_tables(CapacityResult const& x) {
    FlatTable notes{"notes", {"code", "text"}, {}};
    for (auto const& note : notes_of(x)) notes.rows.push_back({note.code, note.text});
    return {capacity_table(x), load_table(x.load, x.report.arrivals), skipped_table(x.load), notes};
}

std::vector<std::string_view> capacity_table_names() { return {"capacity", "load", "skipped", "notes"}; }

std::string capacity_screen(CapacityResult const& x, std::size_t width) {
    std::string out;
    add_wrapped(out, pool_text(x), width);
    add_wrapped(out, load_line(x), width);
    out += "\n";
    if (x.report.levels.size() > 1) out += level_line(x, "", [](CapacityLevel const& l) { return l.name; });
    out += level_line(x, fmt::format("{} a second", counted_tokens(x.pool)).c_str(),
                      [](CapacityLevel const& l) { return figure(l.tokens_per_s); });
    if (x.report.counted > 0)
        out += level_line(x, "requests of this mix a second",
                          [&](CapacityLevel const& l) { return figure(x.report.requests_per_s(l.tokens_per_s)); });
    if (!closed_loop_of(x.load)) out += open_lines(x);
    out += "\n";
    for (auto const& note : notes_of(x)) add_wrapped(out, "Note: " + note.text, width);
    return out;
}

std::string capacity_markdown(CapacityResult const& x) {
    auto out = fmt::format("# Engine\n\n{}\n\n{}\n", markdown_text(pool_text(x)), markdown_text(load_line(x)));
    return out + to_markdown(capacity_tables(x));
}

}  // namespace runrate
