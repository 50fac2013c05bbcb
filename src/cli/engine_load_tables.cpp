#include "cli/engine_load_tables.h"

#include <fmt/format.h>

#include "cli/replay_tables.h"
#include "core/overloaded.h"
#include "report/figures.h"

namespace runrate {
namespace {

std::string drawn_text(DrawnLoad const& d) {
    auto const length = [](LengthLaw const& law) {
        auto const colon = law.text.find(':');
        if (colon == std::string::npos) return law.text;
        return fmt::format("{} (median; 95th percentile {})", law.text.substr(0, colon), law.text.substr(colon + 1));
    };
    std::string how = fmt::format("{} in flight", grouped(d.concurrency));
    if (d.rate) how = fmt::format("at {} per second, {}", *d.rate, d.cv == 1 ? "Poisson" : fmt::format("cv {}", d.cv));
    return fmt::format("{} requests, {}; prompts of {} tokens, outputs of {}; seed {}", grouped(d.requests), how,
                       length(d.prompt), length(d.output), d.seed);
}

std::string list_text(RequestList const& list, ArrivalSpan const& arrivals, MeanLengths const& means) {
    auto text = fmt::format("{}: {} list, {} requests in {}", list.name(),
                            trace_format_names[static_cast<std::size_t>(list.format())], grouped(arrivals.requests),
                            time_text(arrivals.seconds()));
    if (means.output > 0)
        text +=
            fmt::format("; prompts of {} tokens, outputs of {} (means)", figure(means.prompt), figure(means.output));
    return text;
}

void fill_drawn(DrawnLoad const& drawn, std::vector<FlatCell>& row) {
    row[0] = text_cell(drawn.rate ? "open" : "closed");
    if (drawn.rate) row[3] = *drawn.rate;
    if (drawn.rate) row[4] = drawn.cv;
    if (!drawn.rate) row[5] = drawn.concurrency;
    row[6] = text_cell(drawn.prompt.text);
    row[7] = text_cell(drawn.output.text);
    row[8] = text_cell(fmt::format("{}", drawn.seed));
}

void fill_list(RequestList const& list, std::vector<FlatCell>& row) {
    std::int64_t skipped = 0;
    for (auto const& reason : list.skipped()) skipped += reason.second.rows;
    row[0] = text_cell("list");
    row[1] = text_cell(list.name());
    row[2] = text_cell(trace_format_names[static_cast<std::size_t>(list.format())]);
    row[13] = skipped;
    row[14] = list.not_served();
}

}  // namespace

FlatTable load_table(EngineLoad const& load, ArrivalSpan const& arrivals) {
    FlatTable table{"load",
                    {"kind", "file", "format", "rate", "cv", "concurrency", "prompt", "output", "seed", "requests",
                     "first_arrival_s", "last_arrival_s", "arrivals_per_s", "skipped_rows", "not_served_rows"},
                    {}};
    std::vector<FlatCell> row(table.columns.size());
    std::visit(Overloaded{[&](DrawnLoad const& drawn) { fill_drawn(drawn, row); },
                          [&](RequestList const& list) { fill_list(list, row); }},
               load);
    row[9] = arrivals.requests;
    row[10] = to_seconds(arrivals.first);
    row[11] = to_seconds(arrivals.last);
    if (arrivals.seconds() > 0) row[12] = arrivals.per_s();
    table.rows.push_back(std::move(row));
    return table;
}

FlatTable skipped_table(EngineLoad const& load) {
    FlatTable table{"skipped", {"reason", "rows", "first_line", "example"}, {}};
    if (auto const* list = std::get_if<RequestList>(&load)) {
        for (auto const& [reason, s] : list->skipped())
            table.rows.push_back({text_cell(reason), s.rows, s.first_line, text_cell(s.example)});
    }
    return table;
}

std::string load_text(EngineLoad const& load, ArrivalSpan const& arrivals, MeanLengths const& means) {
    return std::visit(Overloaded{[](DrawnLoad const& drawn) { return drawn_text(drawn); },
                                 [&](RequestList const& list) { return list_text(list, arrivals, means); }},
                      load);
}

void note_list(EngineLoad const& load, bool prefix_cache, std::vector<EngineNote>& notes) {
    auto const* list = std::get_if<RequestList>(&load);
    if (!list) return;
    for (auto const& [reason, s] : list->skipped())
        notes.push_back({"list.skipped", fmt::format("{} left out: {} (first at line {})", counted(s.rows, "row"),
                                                     reason, s.first_line)});
    if (list->not_served() > 0)
        notes.push_back({"list.not_served", fmt::format("{} left out: failed, or answered by the gateway's own cache",
                                                        counted(list->not_served(), "row"))});
    if (list->has_blocks() && !prefix_cache)
        notes.push_back({"list.hash_ids", "hash_ids are not looked up: every prompt is computed (--prefix-cache)"});
}

std::string counted(std::int64_t n, std::string_view what) {
    return fmt::format("{} {}{}", grouped(n), what, n == 1 ? "" : "s");
}

std::string time_text(double seconds) {
    if (seconds == 0) return "0 s";
    if (seconds >= 7200) return figure(seconds / 3600) + " hours";
    if (seconds >= 0.9995) return figure(seconds) + " s";
    double const ms = seconds * 1000;
    int const places = ms < 9.995 ? 2 : ms < 99.95 ? 1 : 0;
    return fmt::format("{:.{}f} ms", ms, places);
}

}  // namespace runrate
