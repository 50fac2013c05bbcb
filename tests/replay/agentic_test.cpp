// The published spend of an agentic workload (InferenceX, 2026-09-26; traces/PROVENANCE.md), component by component,
// against the price book.
//
// The capture mixes models and says only what all of them cost together. Its totals imply, per million tokens, $5.62 of
// fresh input, $35.79 of output, $0.674 of cache reads and $9.31 of cache writes. No single model of the book costs
// that: output is 6.4 times input where Anthropic's is 5 times, reads 0.12 times where theirs are 0.1 times, and writes
// 1.66 times where theirs are 1.25 (5 minutes) or 2 times (an hour). The nearest model misses a component by 30 %, and
// the nearest mix of two models that serve one and the same share of every component by 9 %.
//
// What does reproduce all four is a mix of two price points, $5/$25 (Opus 4.5 to 5) and $10/$50 (Fable 5), with a share
// of its own for each component: 12.4 % of input, 43.2 % of output, 34.8 % of reads and 48.9 % of writes from the
// dearer one, all writes for 5 minutes. That is four shares fitted to four figures: no degree of freedom is left, so it
// explains the figures and tests nothing about them. What it does test is the arithmetic of bill() at 10^11 tokens.
//
// The four components add up to $615,291; the published total is $660,986. The capture does not name the other 6.9 %.

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "cost/meter_price.h"
#include "runrate/price_book.h"
#include "support.h"

namespace runrate {
namespace {

constexpr std::array meters{Meter::input, Meter::output, Meter::cache_read, Meter::cache_write_5m};
constexpr std::array<std::int64_t ModelUsage::*, 4> usage_fields{&ModelUsage::input, &ModelUsage::output,
                                                                 &ModelUsage::cache_read, &ModelUsage::cache_write};
using Components = std::array<double, 4>;  ///< dollars, in the order of `meters`

struct Published {
    std::array<std::int64_t, 4> tokens{};
    Components usd{};
};

Published published(std::string const& path) {
    std::ifstream in{path};
    auto const json = nlohmann::json::parse(in);
    auto const& cost = json["cost_breakdown_usd"];
    return {{json["total_input_tokens_uncached"], json["total_output_tokens"], json["total_cache_read_tokens"],
             json["total_cache_write_tokens"]},
            {cost["input"], cost["output"], cost["cache_read"], cost["cache_write"]}};
}

std::shared_ptr<PriceBook const> shipped() {
    return load_price_books({std::string{RUNRATE_SOURCE_DIR} + "/calibration/prices/api-2026-08.yaml"});
}

/// The largest relative distance of a component.
double distance(Components const& a, Components const& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] / b[i] - 1));
    return most;
}

/// The newest price of a model on tokens, writes for 5 minutes or for an hour.
Components priced(ModelPrices const& model, std::array<std::int64_t, 4> const& tokens, Meter write) {
    Components usd{};
    for (std::size_t i = 0; i < usd.size(); ++i) {
        auto const meter = meters[i] == Meter::cache_write_5m ? write : meters[i];
        usd[i] =
            static_cast<double>(price_of(meter, model.rows.back()).count()) * 1e-12 * static_cast<double>(tokens[i]);
    }
    return usd;
}

std::vector<Components> every_model(PriceBook const& book, std::array<std::int64_t, 4> const& tokens) {
    std::vector<Components> all;
    for (auto const& [id, model] : book.models) {
        for (auto write : {Meter::cache_write_5m, Meter::cache_write_1h}) {
            auto const usd = priced(model, tokens, write);
            if (usd[1] > 0 && std::find(all.begin(), all.end(), usd) == all.end()) all.push_back(usd);
        }
    }
    return all;
}

TEST(Agentic, NoModelOfTheBookExplainsThePublishedComponents) {
    auto const path = data_path("inferencex_agentic_aggregate.json");
    if (path.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
    auto const known = published(path);
    auto const book = shipped();
    double nearest_model = 1e9, nearest_pair = 1e9;
    auto const all = every_model(*book, known.tokens);
    for (auto const& a : all) {
        nearest_model = std::min(nearest_model, distance(a, known.usd));
        for (auto const& b : all) {
            for (int percent = 0; percent <= 100; ++percent) {
                Components mixed{};
                for (std::size_t i = 0; i < mixed.size(); ++i)
                    mixed[i] = (a[i] * percent + b[i] * (100 - percent)) / 100;
                nearest_pair = std::min(nearest_pair, distance(mixed, known.usd));
            }
        }
    }
    EXPECT_NEAR(nearest_model, 0.30, 0.01);
    EXPECT_NEAR(nearest_pair, 0.09, 0.01);
}

TEST(Agentic, TwoPricePointsWithAShareForEachComponentDo) {
    auto const path = data_path("inferencex_agentic_aggregate.json");
    if (path.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
    auto const known = published(path);
    auto const book = shipped();
    constexpr std::array dearer_thousandths{124, 432, 348, 489};  // fitted: see above
    std::int64_t all_nano = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        auto const dearer = known.tokens[i] / 1000 * dearer_thousandths[i];
        std::int64_t nano = 0;
        for (auto const& [model, tokens] :
             {std::pair{"anthropic/claude-fable-5", dearer}, {"anthropic/claude-opus-5", known.tokens[i] - dearer}}) {
            ModelUsage usage{.model = model, .prompt_of_each = 184'355};
            usage.*usage_fields[i] = tokens;
            nano += bill(usage, *book, std::chrono::sys_days{std::chrono::year{2026} / 9 / 26}).nano_usd;
        }
        EXPECT_NEAR(static_cast<double>(nano) * 1e-9 / known.usd[i], 1, 0.01)
            << meter_names[static_cast<std::size_t>(meters[i])];
        all_nano += nano;
    }
    double const sum = known.usd[0] + known.usd[1] + known.usd[2] + known.usd[3];
    EXPECT_NEAR(sum, 615'291.26, 0.01);
    EXPECT_NEAR(static_cast<double>(all_nano) * 1e-9 / sum, 1, 0.001);
}

}  // namespace
}  // namespace runrate
