#include "cli/replay_tables.h"

#include <algorithm>

#include <fmt/format.h>

namespace runrate {
namespace {

using Row = std::vector<FlatCell>;

FlatCell amount_of(std::optional<Money> money) {
    if (!money) return {};
    return Amount{static_cast<std::int64_t>(divide_half_even(Wide{money->count()}, 1000))};
}

FlatCell nano_of(std::optional<Money> money) { return money ? FlatCell{money->count()} : FlatCell{}; }

FlatCell share(std::int64_t part, std::int64_t whole) {
    return whole > 0 ? FlatCell{static_cast<double>(part) / static_cast<double>(whole)} : FlatCell{};
}

FlatCell when(std::optional<TraceTime> time, bool relative) {
    return time && !relative ? text_cell(time_text(*time, false)) : FlatCell{};
}

FlatTable trace_table(Replayed const& r) {
    FlatTable table{"trace",
                    {"path", "format", "first", "last", "span_s", "requests", "failed", "from_gateway", "skipped_rows",
                     "prompt", "output", "logged_spend"},
                    {}};
    auto const& t = r.trace;
    std::int64_t skipped = 0;
    for (auto const& [reason, rows] : r.skipped) skipped += rows.rows;
    FlatCell span;
    if (t.first) span = std::chrono::duration<double>(*t.last - *t.first).count();
    FlatCell spend;
    if (t.with_spend > 0) spend = amount_of(narrow(t.spend_nano_usd));
    table.rows.push_back({text_cell(t.path), text_cell(trace_format_names[static_cast<std::size_t>(t.format)]),
                          when(t.first, t.relative), when(t.last, t.relative), span, t.all.requests, t.failed.requests,
                          t.from_gateway.requests, skipped, t.all.prompt, t.all.output, spend});
    return table;
}

FlatTable options_table(Replayed const& r) {
    FlatTable table{"options",
                    {"option", "requests", "prompt", "output", "unpriced_requests", "unpriced_prompt",
                     "unpriced_output", "amount", "nano_usd", "per_request", "per_request_nano_usd", "month"},
                    {}};
    for (auto const& o : r.options) {
        RequestCount none;
        for (auto const& u : o.unpriced) {
            none.requests += u.count.requests;
            none.prompt += u.count.prompt;
            none.output += u.count.output;
        }
        table.rows.push_back({text_cell(o.option), o.billed.requests, o.billed.prompt, o.billed.output, none.requests,
                              none.prompt, none.output, amount_of(o.total), o.total.count(), amount_of(o.per_request),
                              nano_of(o.per_request), amount_of(o.month)});
    }
    return table;
}

FlatTable meters_table(Replayed const& r) {
    FlatTable table{"meters", {"option", "meter", "unit", "quantity", "amount", "nano_usd"}, {}};
    for (auto const& o : r.options) {
        auto const amounts = rounded_lines(o.lines);
        for (std::size_t m = 0; m < meter_count; ++m) {
            auto const meter = static_cast<Meter>(m);
            std::int64_t quantity = 0, nano = 0;
            Amount amount;
            for (std::size_t i = 0; i < o.lines.size(); ++i) {
                if (o.lines[i].meter != meter) continue;
                add_to(quantity, o.lines[i].quantity);
                nano += o.lines[i].amount.count();
                amount = amount + amounts[i];
            }
            if (quantity > 0)
                table.rows.push_back({text_cell(o.option), text_cell(meter_names[m]), text_cell(unit_of(meter)),
                                      quantity, amount, nano});
        }
    }
    return table;
}

FlatCell hours_text(DailyHours const* hours) {
    if (!hours) return {};
    auto const clock = [](int minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); };
    return text_cell(clock(hours->from_minute) + "-" + clock(hours->to_minute));
}

FlatTable lines_table(Replayed const& r, ReplaySettings const& settings) {
    FlatTable table{"lines",
                    {"option", "model", "from", "as_of", "lane", "region", "above", "hours", "meter", "unit",
                     "quantity", "amount", "nano_usd", "source"},
                    {}};
    auto const region = settings.region.empty() ? FlatCell{} : text_cell(settings.region);
    for (auto const& o : r.options) {
        auto const amounts = rounded_lines(o.lines);
        for (std::size_t i = 0; i < o.lines.size(); ++i) {
            auto const& line = o.lines[i];
            table.rows.push_back(
                {text_cell(o.option), text_cell(line.model->id), to_string(line.row->from), to_string(line.row->as_of),
                 text_cell(lane_names[static_cast<std::size_t>(line.lane)]), region,
                 line.above ? FlatCell{line.above->count()} : FlatCell{}, hours_text(line.hours),
                 text_cell(meter_names[static_cast<std::size_t>(line.meter)]), text_cell(unit_of(line.meter)),
                 line.quantity, amounts[i], line.amount.count(), text_cell(line.row->source)});
        }
    }
    return table;
}

FlatTable minutes_table(Replayed const& r) {
    FlatTable table{"minutes", {"meter", "minutes", "mean", "p99", "max", "max_at", "max_at_s"}, {}};
    for (auto const& p : r.peaks) {
        auto const from = std::chrono::duration<double>(p.at - *r.trace.first).count();
        table.rows.push_back({text_cell(p.meter), p.minutes, p.mean, p.p99, p.most,
                              when(p.most > 0 ? std::optional{p.at} : std::nullopt, r.trace.relative),
                              p.most > 0 ? FlatCell{std::max(from, 0.0)} : FlatCell{}});
    }
    return table;
}

FlatTable cache_table(Replayed const& r, ReplaySettings const& settings) {
    FlatTable table{"cache",
                    {"option", "lifetime_s", "capacity_blocks", "block_tokens", "blocks", "hit_blocks",
                     "hit_share_blocks", "tokens", "hit_tokens", "hit_share_tokens", "pushed_out"},
                    {}};
    for (auto const& o : r.options) {
        if (!o.cache) continue;
        auto const& c = *o.cache;
        FlatCell lifetime;
        if (o.rule->lifetime) lifetime = std::chrono::duration<double>(*o.rule->lifetime).count();
        table.rows.push_back({text_cell(o.option), lifetime, static_cast<std::int64_t>(settings.cache_blocks),
                              settings.block.count(), c.blocks, c.hit_blocks, share(c.hit_blocks, c.blocks), c.tokens,
                              c.hit_tokens, share(c.hit_tokens, c.tokens), c.pushed_out});
    }
    return table;
}

FlatTable models_table(Replayed const& r) {
    FlatTable table{"models", {"option", "model", "vendor", "priced_as", "match", "requests", "prompt", "output"}, {}};
    for (auto const& o : r.options) {
        for (auto const& n : o.names) {
            auto const* prices = n.matched.prices;
            table.rows.push_back({text_cell(o.option), text_cell(n.model), text_cell(n.vendor),
                                  prices ? text_cell(prices->id) : FlatCell{},
                                  text_cell(match_names[static_cast<std::size_t>(n.matched.how)]), n.count.requests,
                                  n.count.prompt, n.count.output});
        }
    }
    return table;
}

FlatTable unpriced_table(Replayed const& r) {
    FlatTable table{"unpriced", {"option", "model", "reason", "requests", "prompt", "output", "first_line"}, {}};
    for (auto const& o : r.options) {
        for (auto const& u : o.unpriced)
            table.rows.push_back({text_cell(o.option), text_cell(u.model), text_cell(u.reason), u.count.requests,
                                  u.count.prompt, u.count.output, u.first_line});
    }
    return table;
}

FlatTable skipped_table(Replayed const& r) {
    FlatTable table{"skipped", {"reason", "rows", "first_line", "example"}, {}};
    for (auto const& [reason, s] : r.skipped)
        table.rows.push_back({text_cell(reason), s.rows, s.first_line, text_cell(s.example)});
    return table;
}

FlatTable notes_table(Replayed const& r, ReplaySettings const& settings) {
    FlatTable table{"notes", {"code", "text"}, {}};
    for (auto const& note : replay_notes(r, settings)) table.rows.push_back({note.code, note.text});
    return table;
}

}  // namespace

std::string time_text(TraceTime time, bool relative) {
    auto const seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
    if (relative) return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    auto const day = std::chrono::floor<std::chrono::days>(time);
    auto const of_day = std::chrono::floor<std::chrono::seconds>(time - day).count();
    return fmt::format("{} {:02}:{:02}:{:02} UTC", to_string(day), of_day / 3600, of_day / 60 % 60, of_day % 60);
}

std::vector<Amount> rounded_lines(std::vector<LedgerLine> const& lines) {
    std::vector<Wide> nano;
    for (auto const& line : lines) nano.push_back(line.amount.count());
    std::vector<Amount> amounts;
    for (auto const millionths : round_to_sum(nano, 1000)) amounts.push_back({millionths});
    return amounts;
}

std::vector<FlatTable> replay_tables(Replayed const& r, ReplaySettings const& settings) {
    return {trace_table(r),   options_table(r),         meters_table(r),  lines_table(r, settings),
            minutes_table(r), cache_table(r, settings), limits_table(r),  refusals_table(r),
            models_table(r),  unpriced_table(r),        skipped_table(r), notes_table(r, settings)};
}

}  // namespace runrate
