#include "scenario/books.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

namespace runrate {
namespace {

namespace fs = std::filesystem;

LawSpec by_median_and_p95(double median, double p95) {
    if (median == p95) return LawSpec::constant(Number{median});
    return {.family = Family::lognormal,
            .parameters = {{Parameter::median, Number{median}}, {Parameter::p95, Number{p95}}}};
}

TargetSpec target_of(std::string const& name, ModelPrices const& prices, Calendar const& calendar,
                     TargetTerms const* terms) {
    TargetSpec target;
    target.name = name;
    target.cache = cache_rule(prices);
    target.tiers = tier_bounds(prices, calendar.first(), first_day(calendar.month(calendar.months)));
    if (prices.tokenizer) target.tokenizer = prices.tokenizer->factor;
    if (prices.latency) {
        target.ttft_s = by_median_and_p95(prices.latency->ttft_median_s, prices.latency->ttft_p95_s);
        target.speed = by_median_and_p95(prices.latency->speed_median, prices.latency->speed_p95);
    }
    if (!terms) return target;
    if (terms->ttft_s) target.ttft_s = *terms->ttft_s;
    if (terms->speed) target.speed = *terms->speed;
    target.errors = terms->errors;
    target.timeouts = terms->timeouts;
    target.errors_billed = terms->errors_billed;
    target.timeouts_billed = terms->timeouts_billed;
    target.timeout_s = Number{terms->timeout_s};
    return target;
}

}  // namespace

CacheRule cache_rule(ModelPrices const& prices) {
    using Kind = CacheTerms::Kind;
    CacheRule rule{.minimum = Tokens{prices.cache.minimum_tokens},
                   .step = Tokens{prices.cache.step_tokens},
                   .lifetime_s = prices.cache.lifetime_s};
    rule.kind = prices.cache.kind == Kind::none        ? CacheRule::Kind::none
                : prices.cache.kind == Kind::automatic ? CacheRule::Kind::automatic
                                                       : CacheRule::Kind::explicit_;
    bool const priced = std::any_of(prices.rows.begin(), prices.rows.end(),
                                    [](PriceRow const& row) { return row.standard.base.cache_write_5m.has_value(); });
    rule.sells_storage = std::any_of(prices.rows.begin(), prices.rows.end(),
                                     [](PriceRow const& row) { return row.storage.has_value(); });
    rule.charges_writes = (prices.cache.kind != Kind::none || rule.sells_storage) && priced;
    return rule;
}

std::optional<fs::path> find_book(std::string const& name, fs::path const& beside,
                                  std::vector<fs::path> const& folders) {
    std::error_code failed;
    if (fs::is_regular_file(beside / name, failed)) return beside / name;
    for (auto const& folder : folders) {
        if (fs::is_regular_file(folder / name, failed)) return folder / name;
    }
    return std::nullopt;
}

/// The last of the shipped `api-*.yaml` by name: their names carry their month.
std::optional<std::string> newest_shipped(std::vector<fs::path> const& folders) {
    std::optional<std::string> newest;
    std::error_code failed;
    for (auto const& folder : folders) {
        for (auto const& entry : fs::directory_iterator{folder, failed}) {
            auto const name = entry.path().filename().string();
            bool const book = name.starts_with("api-") && name.ends_with(".yaml");
            if (book && (!newest || name > *newest)) newest = name;
        }
        if (newest) return newest;
    }
    return newest;
}

PriceTerms read_prices(PriceSection const& section, std::vector<fs::path> const& folders, Reading& reading) {
    PriceTerms terms{.book = {},
                     .api_drift = section.api_drift,
                     .gpu_drift = section.gpu_drift,
                     .stale_after_s = section.stale_after_s,
                     .strict = section.strict};
    auto names = section.books;
    if (names.empty() && section.read) {
        if (auto const newest = newest_shipped(folders))
            names.push_back({*newest, {}, "prices.books"});
        else
            reading.log.error({},
                              "no price book is installed (name one under prices.books, or its folder with --prices)",
                              "prices.books");
    }
    for (auto const& [name, at, place] : names) {
        std::string fault = "no such file beside the scenario, in a folder of --prices or among the shipped books";
        auto const path = find_book(name, reading.files.folder(), folders);
        auto const bytes = path ? read_bounded(*path, largest_book, fault) : std::nullopt;
        if (!bytes) {
            reading.log.error(at, fmt::format("cannot read price book '{}' ({})", name, fault), place);
            continue;
        }
        reading.files.remember(name, *bytes, "price book");
        read_price_book(name, *bytes, reading.log, terms.book);
    }
    return terms;
}

std::vector<TargetSpec> targets_of(Scenario const& scenario,
                                   std::vector<std::pair<std::string, TargetTerms>> const& terms, Reading& reading) {
    std::vector<TargetSpec> targets;
    std::vector<std::string> known;
    for (auto const& [id, prices] : scenario.prices.book.models) known.push_back(id);
    for (auto const& name : reading.targets.all()) {
        auto const prices = scenario.prices.book.models.find(name);
        if (prices != scenario.prices.book.models.end()) {
            targets.push_back(target_of(name, prices->second, scenario.calendar, terms_of(terms, name)));
            continue;
        }
        targets.push_back({.name = name, .pool = name.starts_with(pool_prefix)});
        if (name.find('/') == std::string::npos || known.empty()) continue;
        auto const near = nearest(name, known);
        auto const hint =
            near.empty() ? "add it to a book under prices.books" : fmt::format("did you mean '{}'?", near);
        auto const& [at, path] = reading.target_places.at(name);
        reading.log.error(at, fmt::format("no price book prices '{}' ({})", name, hint), path);
    }
    return targets;
}

}  // namespace runrate
