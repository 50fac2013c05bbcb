#include <algorithm>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "scenario/words.h"

namespace runrate {
namespace {

struct CacheText {
    CacheTerms::Kind kind = CacheTerms::Kind::none;
    double minimum = 0, step = 1, lifetime_s = 300;
};

Shape<CacheTerms> cache_shape() {
    using Kind = CacheTerms::Kind;
    auto const table =
        Table<CacheText>("how the vendor caches prompts")
            .required("kind", &CacheText::kind,
                      one_word_of<Kind>(
                          {{"none", Kind::none}, {"automatic", Kind::automatic}, {"explicit", Kind::explicit_}}),
                      "by itself, when asked, or not at all")
            .defaulted("minimum", &CacheText::minimum, known_number(dimension::tokens), "0 tokens",
                       "shorter prompts are not cached")
            .defaulted("step", &CacheText::step, known_number(dimension::tokens), "1 tokens",
                       "reads are whole multiples of it")
            .defaulted("lifetime", &CacheText::lifetime_s, known_number(dimension::duration), "5 min",
                       "since the last use");
    return converted<CacheTerms, CacheText>(table.shape(), [](CacheText const& t, Cursor const&) {
        return CacheTerms{t.kind, static_cast<std::int64_t>(t.minimum),
                          std::max<std::int64_t>(1, static_cast<std::int64_t>(t.step)), t.lifetime_s};
    });
}

/// `1.3x`, or the same with its source.
Shape<TokenizerTerms> tokenizer_shape() {
    auto const scalar = [](Node const& n) { return n.kind == Node::Kind::scalar; };
    auto const map = [](Node const& n) { return n.kind == Node::Kind::map; };
    auto const factor =
        converted<TokenizerTerms, double>(known_number(dimension::positive_factor), [](double f, Cursor const&) {
            return TokenizerTerms{f, "", {}};
        });
    auto const table =
        Table<TokenizerTerms>("{factor, source}")
            .required("factor", &TokenizerTerms::factor, known_number(dimension::positive_factor),
                      "its tokens for one of the workflow's")
            .required("source", &TokenizerTerms::source, text("the page or file that says so"), "who says so")
            .optional("as_of", &TokenizerTerms::as_of, date_shape(), "when the source said so");
    return any_of<TokenizerTerms>("a factor such as 1.3x, or {factor, source}",
                                  {{scalar, factor}, {map, table.shape()}});
}

struct MedianAndP95 {
    double median = 0, p95 = 0;
};

Shape<MedianAndP95> spread_shape(Dimension const& d) {
    return Table<MedianAndP95>("{median, p95}")
        .required("median", &MedianAndP95::median, known_number(d), "half are below")
        .required("p95", &MedianAndP95::p95, known_number(d), "19 of 20 are below")
        .check([](MedianAndP95& m, Cursor const& at) {
            if (m.median <= 0 || m.p95 < m.median) at.error("the median must be above 0 and at most the p95");
        })
        .shape();
}

struct LatencyText {
    MedianAndP95 ttft, speed;
    std::string source;
};

Shape<LatencyDefaults> latency_shape() {
    auto const table =
        Table<LatencyText>("how fast it answers")
            .required("ttft", &LatencyText::ttft, spread_shape(dimension::duration), "time to the first token")
            .required("speed", &LatencyText::speed, spread_shape(dimension::speed), "output tokens per second")
            .required("source", &LatencyText::source, text("who measured it, and when"), "who measured it, and when");
    return converted<LatencyDefaults, LatencyText>(table.shape(), [](LatencyText const& t, Cursor const&) {
        return LatencyDefaults{t.ttft.median, t.ttft.p95, t.speed.median, t.speed.p95, t.source};
    });
}

Shape<ModelPrices> model_shape() {
    return Table<ModelPrices>("prices of one model")
        .defaulted("cache", &ModelPrices::cache, cache_shape(), "{kind: none}", "how the vendor caches prompts")
        .optional("tokenizer", &ModelPrices::tokenizer, tokenizer_shape(), "how its tokens compare with the workflow's")
        .optional("latency", &ModelPrices::latency, latency_shape(),
                  "how fast it answers where a scenario does not say")
        .required("prices", &ModelPrices::rows, list_of(price_row_shape(), 1), "dated prices, the earliest first")
        .check([](ModelPrices& m, Cursor const& at) {
            for (std::size_t i = 1; i < m.rows.size(); ++i) {
                if (m.rows[i].from > m.rows[i - 1].from) continue;
                at.find("prices")->at(i).error(
                    fmt::format("this row holds from {}, the one before from {} (write the earliest first)",
                                to_string(m.rows[i].from), to_string(m.rows[i - 1].from)));
            }
        })
        .shape();
}

struct BookText {
    std::string schema, currency;
    std::vector<std::pair<std::string, ModelPrices>> models;
    PublishedLimits limits;
};

}  // namespace

void read_price_book(std::string const& name, std::string const& bytes, Diagnostics& log, PriceBook& book) {
    auto const source = log.add_source(name, bytes);
    Node root = parse_yaml(source, bytes, log);
    auto const table =
        Table<BookText>("a price book")
            .required("schema", &BookText::schema, one_word_of<std::string>({{"runrate/prices/1", "runrate/prices/1"}}),
                      "format of this file")
            .required("currency", &BookText::currency, one_word_of<std::string>({{"USD", "USD"}}),
                      "currency of every price")
            .required("models", &BookText::models, map_of(model_shape(), 1), "prices by `vendor/model`")
            .defaulted("limits", &BookText::limits, published_limits_shape(), "{}",
                       "what may be asked per minute, by vendor and tier");
    if (root.kind == Node::Kind::null) return;
    auto const text = table.shape().read(Cursor{root, "", log});
    for (auto const& [id, prices] : text.models) {
        book.models[id] = prices;
        book.models[id].id = id;
    }
    for (auto const& [vendor, tiers] : text.limits) {
        auto& known = book.limits[vendor];
        known.clear();
        for (auto const& tier : tiers) known.push_back(tier.second);
    }
}

}  // namespace runrate
