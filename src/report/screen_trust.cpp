#include <algorithm>

#include <fmt/format.h>

#include "report/figures.h"
#include "report/screen.h"

namespace runrate {
namespace {

std::string joined(std::vector<std::string> const& texts) {
    std::string out;
    for (auto const& text : texts) out += (out.empty() ? "" : ", ") + text;
    return out;
}

std::string price_sentence(Result const& result) {
    ProvenanceRow const* oldest = nullptr;
    std::int64_t dated = 0, extrapolated = 0;
    for (auto const& row : result.provenance) {
        extrapolated += row.extrapolated.value_or(false) ? 1 : 0;
        if (!row.age_days_at_start) continue;
        ++dated;
        if (!oldest || *row.age_days_at_start > *oldest->age_days_at_start) oldest = &row;
    }
    if (!oldest) return "Prices: none carries a date.";
    auto const age = *oldest->age_days_at_start;
    auto text = fmt::format("Prices: oldest of {}: {}, {} ({} days {} start)", dated, oldest->item,
                            oldest->as_of.value_or("?"), age >= 0 ? age : -age, age >= 0 ? "before" : "after");
    if (extrapolated > 0) text += fmt::format("; {} extrapolated", extrapolated);
    return text + ".";
}

std::string error_sentence(Result const& result) {
    CostRow const* worst = nullptr;
    double largest = 0;
    for (auto const& row : result.cost) {
        if (!row.mean || !row.se || row.mean->millionths <= 0) continue;
        auto const relative = static_cast<double>(row.se->millionths) / static_cast<double>(row.mean->millionths);
        if (worst && relative <= largest) continue;
        worst = &row;
        largest = relative;
    }
    if (!worst) return "Monte Carlo error: unknown.";
    return fmt::format("Monte Carlo error: at most {} of any total ({} at {}, {}); --worlds reduces it.",
                       percent(largest), worst->option, times_text(worst->scale), worst->period);
}

std::string interval_sentence(Result const& result, Selection const& shown) {
    auto const* const row =
        shown.options.empty() ? nullptr : find_total(result, shown.options.front(), shown.scale, shown.period);
    auto const sd = [&](Dollars amount, std::string const& of = "") {
        return amount ? " (sd " + money(*amount, result.currency) + of + ")" : std::string{};
    };
    if (!row) return "P5 to P95 hold beliefs and chance, not model error.";
    bool const model_too = row->model_error.has_value();
    return fmt::format("P5 to P95 hold {} {}{} and chance{}, {} model error{}.", result.beliefs.size(),
                       result.beliefs.size() == 1 ? "belief" : "beliefs",
                       sd(row->sd_worlds, fmt::format(" of {} at {}", row->option, times_text(row->scale))),
                       sd(row->sd_within), model_too ? "and" : "not", sd(row->model_error));
}

std::string quality_sentence(Result const& result) {
    std::vector<std::string> unstated;
    for (auto const& row : result.options) {
        if (!row.quality_stated) unstated.push_back(row.option);
    }
    if (unstated.empty())
        return "Quality: every option states its success; a success also pays for the sessions that failed.";
    return fmt::format("Equal quality is assumed: {} without `success` (state it to compare costs per success).",
                       joined(unstated));
}

/// How well own engines and their months are known.
std::string pool_sentence(Result const& result) {
    std::string text = "Own GPUs:";
    for (auto const& row : result.accuracy) {
        auto const value = row.value.value_or(0);
        if (row.metric == "TPOT, 8 of 10 within")
            text += fmt::format(" step times of {} are within {} in 8 of 10 worlds;", row.item, percent(value));
        if (row.kind == "projection" && row.n && row.metric.starts_with("hours"))
            text += fmt::format(" hours of {} are {} times the fluid's, by {} days run event by event;", row.item,
                                figure(value), *row.n);
    }
    auto const calibrated = [&](std::string const& pool) {
        return std::any_of(result.accuracy.begin(), result.accuracy.end(), [&](AccuracyRow const& row) {
            return row.kind == "calibration" && row.item == "pool " + pool;
        });
    };
    std::vector<std::string> stated;
    for (auto const& row : result.service)
        if (!calibrated(row.pool) && std::find(stated.begin(), stated.end(), row.pool) == stated.end())
            stated.push_back(row.pool);
    for (auto const& pool : stated)
        text += fmt::format(" pool {} has the throughput that the scenario states, and no latency is known;", pool);
    text.back() = '.';
    return text;
}

Paint paint_of(std::string_view verdict) {
    if (verdict == "pass") return Paint::green;
    return verdict == "breach" ? Paint::red : Paint::yellow;
}

std::string gate_text(GateRow const& row) {
    bool const share = row.gate.ends_with('%');
    auto const value = !row.value ? "-" : share ? percent(*row.value) : figure(*row.value);
    return fmt::format("Gate {}: {}: {}", row.verdict, row.gate, value);
}

}  // namespace

std::vector<std::string> trust_sentences(Result const& result, Selection const& shown) {
    std::vector<std::string> sentences{price_sentence(result), error_sentence(result), interval_sentence(result, shown),
                                       quality_sentence(result)};
    bool const pools = !result.service.empty();
    if (pools) sentences.push_back(pool_sentence(result));
    sentences.push_back(fmt::format(
        "Not modelled: {}outages of vendors, network fees and storage outside of caches, taxes, and a change of models "
        "or prompts on the way.",
        pools ? "what the plan of own GPUs leaves out, " : "own GPUs, "));
    return sentences;
}

void add_gates(Screen& screen) {
    if (screen.result.gates.empty()) return;
    screen.text += "\n";
    for (auto const& row : screen.result.gates) add_paragraph(screen, gate_text(row), paint_of(row.verdict));
}

void add_warnings(Screen& screen) {
    auto const& rows = screen.result.warnings;
    if (screen.result.gates.empty() && !rows.empty()) screen.text += "\n";
    for (auto row = rows.begin(); row != rows.end(); ++row) {
        auto const same = [&](WarningRow const& other) { return other.code == row->code; };
        if (std::any_of(rows.begin(), row, same)) continue;
        auto const others = std::count_if(row + 1, rows.end(), same);
        auto const where = row->where ? " (" + *row->where + ")" : "";
        auto const more = others > 0 ? fmt::format(" [{} more in --format json]", others) : "";
        add_paragraph(screen, fmt::format("{} {}: {}{}{}", row->severity, row->code, row->text, where, more),
                      Paint::yellow);
    }
}

void add_claims(Screen& screen) {
    if (screen.result.claims.empty()) return;
    add_title(screen, "Published claims");
    for (auto const& row : screen.result.claims) {
        add_paragraph(screen,
                      fmt::format("{}: {}; here {} ({}; {})", row.claim, row.claimed, row.here, row.why, row.source));
    }
}

void add_trust(Screen& screen) {
    add_title(screen, "How far to trust it");
    for (auto const& sentence : trust_sentences(screen.result, screen.shown)) add_paragraph(screen, sentence);
}

}  // namespace runrate
