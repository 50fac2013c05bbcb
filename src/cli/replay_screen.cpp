#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/replay_tables.h"
#include "report/figures.h"
#include "report/markdown.h"
#include "report/option_table.h"
#include "report/utf8.h"

namespace runrate {
namespace {

/// `$1,234.567891`: nothing is rounded away that a bill could be asked about.
std::string dollars(Amount amount) {
    auto const text = decimal(amount);
    auto const point = text.find('.');
    return "$" + grouped(amount.millionths / 1'000'000) + text.substr(point);
}

Amount amount_of(Money money) { return {static_cast<std::int64_t>(divide_half_even(Wide{money.count()}, 1000))}; }

std::string dollars(std::optional<Money> money) { return money ? dollars(amount_of(*money)) : "-"; }

/// `40.0 minutes`, `12.5 hours`, `31.0 days`.
std::string span_text(std::chrono::nanoseconds span) {
    double const hours = std::chrono::duration<double, std::ratio<3600>>(span).count();
    if (hours < 2) return fmt::format("{:.1f} minutes", 60 * hours);
    return hours < 72 ? fmt::format("{:.1f} hours", hours) : fmt::format("{:.1f} days", hours / 24);
}

std::string opening(Replayed const& r) {
    auto const& t = r.trace;
    auto text = fmt::format("{}: {} trace, {} requests", t.path, trace_format_names[static_cast<std::size_t>(t.format)],
                            grouped(t.all.requests));
    if (!t.first) return text + " without times";
    return text + fmt::format(" in {}, {} to {}", span_text(*t.last - *t.first), time_text(*t.first, t.relative),
                              time_text(*t.last, t.relative));
}

std::string price_text(ReplaySettings const& settings, std::string const& books) {
    std::string text = "Prices: ";
    if (std::holds_alternative<NewestPrices>(settings.day)) text += "the newest of " + books;
    if (std::holds_alternative<TracePrices>(settings.day)) text += "of each request's day in " + books;
    if (auto const* day = std::get_if<Date>(&settings.day)) text += fmt::format("of {} in {}", to_string(*day), books);
    text += fmt::format("; lane {}", lane_names[static_cast<std::size_t>(settings.lane.value_or(Lane::standard))]);
    if (!settings.region.empty()) text += "; region " + settings.region;
    return text;
}

/// What a meter used and cost under an option.
std::vector<std::string> meter_cells(OptionBill const& o, Meter meter) {
    auto const amounts = rounded_lines(o.lines);
    std::int64_t quantity = 0;
    Amount amount;
    for (std::size_t i = 0; i < o.lines.size(); ++i) {
        if (o.lines[i].meter != meter) continue;
        quantity += o.lines[i].quantity;
        amount = amount + amounts[i];
    }
    return quantity > 0 ? std::vector{grouped(quantity), dollars(amount)} : std::vector<std::string>{"-", ""};
}

constexpr std::size_t widest_header = 24;  ///< a longer one is cut

/// Models, without their vendors where a name would be cut and this tells them apart: columns are narrow.
std::vector<std::string> headers(Replayed const& r) {
    std::vector<std::string> names, models;
    for (auto const& o : r.options) {
        names.push_back(o.option);
        models.push_back(o.option.substr(o.option.find('/') + 1));
    }
    bool const fit = std::all_of(names.begin(), names.end(), [](auto const& n) { return n.size() <= widest_header; });
    auto sorted = models;
    std::sort(sorted.begin(), sorted.end());
    bool const apart = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
    return fit || !apart ? names : models;
}

OptionTable bill_table(Replayed const& r) {
    OptionTable table{{}, 1, 2, {}};
    table.options = headers(r);
    auto const add = [&](std::string label, auto const& cells) {
        OptionTable::Row row{{std::move(label)}, {}};
        for (auto const& o : r.options) row.cells.push_back(cells(o));
        table.rows.push_back(std::move(row));
    };
    using Cells = std::vector<std::string>;
    add("requests", [](OptionBill const& o) { return Cells{grouped(o.billed.requests), ""}; });
    for (std::size_t m = 0; m < meter_count; ++m) {
        auto const meter = static_cast<Meter>(m);
        auto const uses = [&](OptionBill const& o) {
            return std::any_of(o.lines.begin(), o.lines.end(), [&](LedgerLine const& l) { return l.meter == meter; });
        };
        if (std::none_of(r.options.begin(), r.options.end(), uses)) continue;
        auto const name = meter == Meter::requests ? std::string{"fees per request"} : std::string{meter_names[m]};
        add(name, [&](OptionBill const& o) { return meter_cells(o, meter); });
    }
    add("total", [](OptionBill const& o) { return Cells{"", dollars(std::optional{o.total})}; });
    add("per request", [](OptionBill const& o) { return Cells{"", dollars(o.per_request)}; });
    add("a month (730 h) at this rate", [](OptionBill const& o) { return Cells{"", dollars(o.month)}; });
    return table;
}

std::string minute_lines(Replayed const& r) {
    auto const line = [](std::string_view name, auto const& mean, auto const& p99, auto const& most, auto const& at) {
        return fmt::format("{:<8}  {:>14}  {:>14}  {:>14}  {}\n", name, mean, p99, most, at);
    };
    auto out = fmt::format("By the minute ({} minutes)\n", grouped(r.peaks.front().minutes));
    out += line("", "mean", "p99", "most", "at");
    for (auto const& p : r.peaks)
        out += line(p.meter, grouped(std::llround(p.mean)), grouped(p.p99), grouped(p.most),
                    p.most > 0 ? time_text(p.at, r.trace.relative) : "-");
    return out;
}

std::vector<std::string> cache_sentences(Replayed const& r, ReplaySettings const& settings) {
    std::vector<std::string> sentences;
    for (auto const& o : r.options) {
        if (!o.cache || o.cache->tokens == 0) continue;
        auto const& c = *o.cache;
        auto const percent_of = [](std::int64_t part, std::int64_t whole) {
            return whole > 0 ? 100 * static_cast<double>(part) / static_cast<double>(whole) : 0;
        };
        auto const life = o.rule->lifetime
                              ? fmt::format("{:g} s", std::chrono::duration<double>(*o.rule->lifetime).count())
                              : "no lifetime";
        sentences.push_back(fmt::format(
            "Prefix cache of {}: {:.3f} % of prompt tokens and {:.3f} % of blocks found ({}, at most {} blocks of {} "
            "tokens)",
            o.option, percent_of(c.hit_tokens, c.tokens), percent_of(c.hit_blocks, c.blocks), life,
            grouped(static_cast<std::int64_t>(settings.cache_blocks)), settings.block.count()));
    }
    return sentences;
}

}  // namespace

std::string grouped(std::int64_t n) {
    auto text = fmt::format("{}", n);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

void add_wrapped(std::string& out, std::string const& text, std::size_t width) {
    std::string indent;
    for (auto const& line : wrapped(on_one_line(text), width - 2)) {
        out += indent + line + "\n";
        indent = "  ";
    }
}

std::string replay_screen(Replayed const& r, ReplaySettings const& settings, std::string const& books,
                          std::size_t width) {
    std::string out;
    add_wrapped(out, opening(r), width);
    add_wrapped(out, price_text(settings, books), width);
    out += "\n";
    for (auto const& line : lines_of(bill_table(r), width)) out += line + "\n";
    if (!r.peaks.empty()) out += "\n" + minute_lines(r);
    out += limit_lines(r, settings, width);
    auto const caches = cache_sentences(r, settings);
    if (!caches.empty()) out += "\n";
    for (auto const& sentence : caches) add_wrapped(out, sentence, width);
    auto const notes = replay_notes(r, settings);
    if (!notes.empty()) out += "\n";
    for (auto const& note : notes) add_wrapped(out, "Note: " + note.text, width);
    return out;
}

std::string replay_markdown(Replayed const& r, ReplaySettings const& settings, std::string const& books) {
    auto out =
        fmt::format("# Replay\n\n{}\n\n{}\n", markdown_text(opening(r)), markdown_text(price_text(settings, books)));
    return out + to_markdown(replay_tables(r, settings));
}

}  // namespace runrate
