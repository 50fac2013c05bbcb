#include <fmt/format.h>

#include "billing/book_text.h"
#include "billing/import.h"

namespace runrate {
namespace {

std::string fee_text(Money fee) {
    auto text = fmt::format("{}.{:09}", fee.count() / nano_per_dollar, fee.count() % nano_per_dollar);
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return "$" + text + " per request";
}

std::string quoted(std::string const& text) {
    std::string result = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c == '\n' || c == '\t' ? ' ' : c;
    }
    return result + "\"";
}

std::string rates_text(TokenRates const& rates) {
    auto text = fmt::format("input: {}, output: {}", usd_text(rates.input), usd_text(rates.output));
    if (rates.cache_read) text += ", cache_read: " + usd_text(*rates.cache_read);
    if (rates.cache_write_5m) text += ", cache_write: " + usd_text(*rates.cache_write_5m);
    if (rates.cache_write_1h) text += ", cache_write_1h: " + usd_text(*rates.cache_write_1h);
    return text;
}

std::string tiers_text(std::vector<LengthTier> const& tiers) {
    std::string text;
    for (auto const& tier : tiers) {
        text += fmt::format("{}{{prompt: {} tokens, {}}}", text.empty() ? "" : ", ", tier.above.count(),
                            rates_text(tier.rates));
    }
    return "[" + text + "]";
}

std::string lane_text(LaneRates const& lane) {
    return rates_text(lane.base) + (lane.tiers.empty() ? "" : ", above: " + tiers_text(lane.tiers));
}

std::string clock(int minute) { return fmt::format("\"{:02}:{:02}\"", minute / 60, minute % 60); }

std::string hours_text(std::vector<DailyHours> const& all) {
    std::string text;
    for (auto const& hours : all) {
        auto const price = hours.rates ? "{" + lane_text(*hours.rates) + "}" : fmt::format("{}x", hours.factor);
        text += fmt::format("{}{{from: {}, to: {}, price: {}}}", text.empty() ? "" : ", ", clock(hours.from_minute),
                            clock(hours.to_minute), price);
    }
    return "[" + text + "]";
}

std::string regions_text(std::map<std::string, double> const& regions) {
    std::string text;
    for (auto const& [name, factor] : regions) text += fmt::format("{}{}: {}x", text.empty() ? "" : ", ", name, factor);
    return "{" + text + "}";
}

/// The keys of a row in written order, without dates and source.
std::vector<std::pair<std::string, std::string>> ordered_parts(PriceRow const& row) {
    std::vector<std::pair<std::string, std::string>> parts;
    auto const add = [&](char const* key, std::string text) { parts.emplace_back(key, std::move(text)); };
    auto const& base = row.standard.base;
    add("input", usd_text(base.input));
    add("output", usd_text(base.output));
    if (base.cache_read) add("cache_read", usd_text(*base.cache_read));
    if (base.cache_write_5m) add("cache_write", usd_text(*base.cache_write_5m));
    if (base.cache_write_1h) add("cache_write_1h", usd_text(*base.cache_write_1h));
    if (!row.standard.tiers.empty()) add("above", tiers_text(row.standard.tiers));
    if (row.batch) add("batch", "{" + lane_text(*row.batch) + "}");
    if (row.flex) add("flex", "{" + lane_text(*row.flex) + "}");
    if (row.priority) add("priority", "{" + lane_text(*row.priority) + "}");
    if (!row.hours.empty()) add("hours", hours_text(row.hours));
    if (!row.regions.empty()) add("regions", regions_text(row.regions));
    if (row.per_request) add("request", fee_text(*row.per_request));
    if (row.per_search) add("search", fee_text(*row.per_search));
    if (row.storage) add("storage", usd_text(TokenPrice{row.storage->count()}) + " per hour");
    return parts;
}

std::string cache_text(CacheTerms const& cache) {
    return fmt::format("{{kind: {}, minimum: {} tokens, step: {} tokens, lifetime: {} s}}",
                       cache.kind == CacheTerms::Kind::automatic ? "automatic" : "explicit", cache.minimum_tokens,
                       cache.step_tokens, cache.lifetime_s);
}

std::string tokenizer_text(TokenizerTerms const& terms) {
    if (terms.source.empty()) return fmt::format("{}x", terms.factor);
    auto const as_of = terms.as_of ? ", as_of: " + to_string(*terms.as_of) : "";
    return fmt::format("{{factor: {}x, source: {}{}}}", terms.factor, quoted(terms.source), as_of);
}

}  // namespace

std::string usd_text(TokenPrice price) {
    auto text = fmt::format("{}.{:06}", price.count() / 1'000'000, price.count() % 1'000'000);
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return "$" + text + "/M tokens";
}

std::map<std::string, std::string> parts_of(PriceRow const& row) {
    auto const parts = ordered_parts(row);
    return {parts.begin(), parts.end()};
}

std::string row_text(PriceRow const& row) {
    auto text =
        fmt::format("from: {}, as_of: {}, source: {}", to_string(row.from), to_string(row.as_of), quoted(row.source));
    for (auto const& [key, value] : ordered_parts(row)) text += fmt::format(", {}: {}", key, value);
    return text;
}

std::string to_yaml(PriceBook const& book) {
    std::string text = "schema: runrate/prices/1\ncurrency: USD\nmodels:\n";
    for (auto const& [id, model] : book.models) {
        text += fmt::format("  {}:\n", id.find(':') == std::string::npos && id.find('@') != 0 ? id : quoted(id));
        if (model.cache.kind != CacheTerms::Kind::none) text += fmt::format("    cache: {}\n", cache_text(model.cache));
        if (model.tokenizer) text += fmt::format("    tokenizer: {}\n", tokenizer_text(*model.tokenizer));
        if (model.latency) {
            auto const& l = *model.latency;
            text += fmt::format(
                "    latency: {{ttft: {{median: {} s, p95: {} s}}, speed: {{median: {} tokens/s, p95: {} "
                "tokens/s}}, source: {}}}\n",
                l.ttft_median_s, l.ttft_p95_s, l.speed_median, l.speed_p95, quoted(l.source));
        }
        text += "    prices:\n";
        for (auto const& row : model.rows) text += fmt::format("      - {{{}}}\n", row_text(row));
    }
    return text;
}

}  // namespace runrate
