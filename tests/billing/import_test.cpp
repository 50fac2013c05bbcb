// Other programs' price collections, priced by us and by a few lines that know nothing of us.

#include "billing/import.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "core/diagnostics.h"
#include "runrate/price_book.h"
#include "scenario/sections.h"

namespace runrate {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

ImportTerms const terms{std::chrono::sys_days{2026y / 7 / 25}, "a test \"file\" @ 1", {}};

std::string data_file(std::string const& name) {
    auto const* const folder = std::getenv("RUNRATE_DATA");
    if (!folder) return {};
    std::ifstream in{std::string{folder} + "/prices/" + name, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

PriceBook read_back(std::string const& yaml) {
    Diagnostics log;
    PriceBook book;
    read_price_book("book.yaml", yaml, log, book);
    EXPECT_EQ(log.render(), "");
    return book;
}

/// What a model of genai-prices charges per million tokens of one kind; null where it has no such price.
Json genai_price(Json const& prices, char const* key, double prompt) {
    if (!prices.contains(key) || prices[key].is_number()) return prices.value(key, Json{});
    Json price = prices[key]["base"];
    for (auto const& tier : prices[key]["tiers"]) {
        if (prompt > tier["start"]) price = tier["price"];
    }
    return price;
}

/// The prices that hold on 2026-07-25 at noon UTC.
Json genai_today(Json const& prices) {
    if (prices.is_object()) return prices;
    Json today;
    for (auto const& entry : prices) {
        auto const constraint = entry.value("constraint", Json::object());
        if (constraint.value("start_date", "") <= "2026-07-25") today = entry["prices"];
    }
    return today;
}

double genai_cost(Json const& prices, double fresh, double read, double output) {
    auto const input = genai_price(prices, "input_mtok", fresh + read);
    auto const cached = genai_price(prices, "cache_read_mtok", fresh + read);
    auto const out = genai_price(prices, "output_mtok", fresh + read);
    double const in = input.is_null() ? 0 : input.get<double>();
    double const tokens = fresh * in + read * (cached.is_null() ? in : cached.get<double>()) +
                          output * (out.is_null() ? 0 : out.get<double>());
    return tokens * 1e-6 + prices.value("requests_kcount", 0.0) / 1000;
}

std::string our_name(std::string const& vendor, std::string name) {
    for (auto& c : name) {
        if (!std::isalnum(static_cast<unsigned char>(c)) && std::string{"-_./:@+"}.find(c) == std::string::npos)
            c = '-';
    }
    return vendor + "/" + name;
}

double our_cost(PriceBook const& book, std::string const& model, std::int64_t fresh, std::int64_t read,
                std::int64_t output, char const* lane = "standard") {
    ModelUsage const usage{
        .model = model, .input = fresh, .cache_read = read, .output = output, .lane = lane, .utc_minute = 720};
    return static_cast<double>(bill(usage, book, terms.as_of).nano_usd) * 1e-9;
}

TEST(ImportGenaiPrices, PricesEveryModelAsTheFileSays) {
    auto const bytes = data_file("genai_prices_2026-08.json");
    if (bytes.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
    auto const imported = import_prices(PriceFormat::genai_prices, "data.json", bytes, terms);
    auto const again = read_back(to_yaml(imported.book));
    int models = 0;
    for (auto const& provider : Json::parse(bytes)) {
        for (auto const& model : provider["models"]) {
            auto const id = our_name(provider["id"], model["id"]);
            auto const prices = genai_today(model["prices"]);
            if (!imported.book.models.contains(id)) {
                EXPECT_EQ(imported.notes.empty(), false) << id;
                continue;
            }
            ++models;
            for (auto const& [fresh, read, output] :
                 {std::array{1000, 0, 400}, std::array{5000, 100'000, 700}, std::array{1000, 400'000, 900}}) {
                double const expected = genai_cost(prices, fresh, read, output);
                EXPECT_NEAR(our_cost(imported.book, id, fresh, read, output), expected, 2e-9 + 1e-9 * expected) << id;
                EXPECT_EQ(our_cost(again, id, fresh, read, output), our_cost(imported.book, id, fresh, read, output))
                    << id;
            }
        }
    }
    EXPECT_GT(models, 550);
    EXPECT_EQ(again.models, imported.book.models);
}

TEST(ImportGenaiPrices, NotesEveryPriceThatHasNoField) {
    auto const bytes = data_file("genai_prices_2026-08.json");
    if (bytes.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
    auto const imported = import_prices(PriceFormat::genai_prices, "data.json", bytes, terms);
    std::size_t audio = 0;
    for (auto const& provider : Json::parse(bytes)) {
        for (auto const& model : provider["models"]) {
            auto const prices = genai_today(model["prices"]);
            for (auto const& [key, value] : prices.items()) audio += key.find("audio") != std::string::npos ? 1 : 0;
        }
    }
    std::size_t noted = 0;
    for (auto const& note : imported.notes) noted += note.find("audio") != std::string::npos ? 1 : 0;
    EXPECT_EQ(noted, audio);
    EXPECT_GT(noted, 0U);
}

TEST(ImportGenaiPrices, KeepsDatesTiersAndHours) {
    auto const imported = import_prices(PriceFormat::genai_prices, "x.json", R"([{"id": "v", "models": [
        {"id": "dated", "prices": [{"prices": {"input_mtok": 10, "output_mtok": 40}},
                                   {"constraint": {"start_date": "2025-06-10"}, "prices": {"input_mtok": 2, "output_mtok": 8}}]},
        {"id": "hours", "prices": [{"prices": {"input_mtok": 0.135, "output_mtok": 0.55}},
                                   {"constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z"}, "prices": {"input_mtok": 0.55, "output_mtok": 2.19}}]},
        {"id": "seasonal", "prices": [{"constraint": {"weekday": "Sun"}, "prices": {"input_mtok": 1}}]}]}])",
                                        terms);
    auto const& dated = imported.book.models.at("v/dated");
    ASSERT_EQ(dated.rows.size(), 2U);
    EXPECT_EQ(dated.rows[0].from, (std::chrono::sys_days{2025y / 6 / 9}));
    EXPECT_EQ(dated.rows[1].from, (std::chrono::sys_days{2025y / 6 / 10}));
    auto const& hours = imported.book.models.at("v/hours");
    ASSERT_EQ(hours.rows[0].hours.size(), 1U);
    EXPECT_EQ(hours.rows[0].hours[0].rates->base.input, TokenPrice{550'000});
    EXPECT_THAT(imported.notes, testing::Contains("v/seasonal: constraint {\"weekday\":\"Sun\"} (no field for it)"));
    EXPECT_EQ(read_back(to_yaml(imported.book)).models, imported.book.models);
}

/// The rows of a CSV file without quotes as maps from its header.
std::vector<std::map<std::string, std::string>> rows_of(std::string const& csv) {
    std::vector<std::map<std::string, std::string>> rows;
    std::istringstream lines{csv};
    std::vector<std::string> header;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream cells{line};
        std::vector<std::string> row;
        for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
        if (header.empty()) {
            header = row;
            continue;
        }
        auto& map = rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) map[header[i]] = row[i];
    }
    return rows;
}

double number(std::map<std::string, std::string> const& row, std::string const& key, double otherwise) {
    auto const at = row.find(key);
    return at == row.end() || at->second.empty() ? otherwise : std::stod(at->second);
}

/// Dollars of a standard request: the highest of the file's tiers below the prompt.
double litellm_cost(std::map<std::string, std::string> const& row, double fresh, double read, double output) {
    double in = number(row, "input_cost_per_token", 0);
    double out = number(row, "output_cost_per_token", 0);
    double cached = number(row, "cache_read_input_token_cost", in);
    for (auto const* tier : {"128", "200", "272"}) {
        auto const suffix = fmt::format("_above_{}k_tokens", tier);
        auto const key = "input_cost_per_token" + suffix;
        if (number(row, key, -1) <= 0 || fresh + read <= 1000 * std::stod(tier)) continue;
        bool const had = number(row, "cache_read_input_token_cost", -1) >= 0;
        in = number(row, key, in);
        out = number(row, "output_cost_per_token" + suffix, number(row, "output_cost_per_token", 0));
        cached = number(row, "cache_read_input_token_cost" + suffix,
                        had ? number(row, "cache_read_input_token_cost", 0) : in);
    }
    return fresh * in + read * cached + output * out;
}

TEST(ImportLitellm, PricesEveryModelAsTheFileSays) {
    auto const csv = data_file("litellm_2026-04_chat_prices.csv");
    if (csv.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
    Json document = Json::object();
    auto const rows = rows_of(csv);
    for (auto const& row : rows) {
        auto& model = document[row.at("model")];
        for (auto const& [key, text] : row) {
            if (key.find("cost") != std::string::npos && !text.empty()) model[key] = std::stod(text);
        }
        model["litellm_provider"] = row.at("litellm_provider");
    }
    auto const imported = import_prices(PriceFormat::litellm, "prices.json", document.dump(), terms);
    auto const again = read_back(to_yaml(imported.book));
    int models = 0, batches = 0;
    for (auto const& row : rows) {
        auto const vendor = row.at("litellm_provider");
        auto const name = row.at("model");
        auto const id =
            name.starts_with(vendor + "/") ? our_name(vendor, name.substr(vendor.size() + 1)) : our_name(vendor, name);
        ASSERT_TRUE(imported.book.models.contains(id)) << id;
        bool const second = std::any_of(imported.notes.begin(), imported.notes.end(), [&](std::string const& note) {
            return note == id + ": a second model of this name (left out)";
        });
        if (second) continue;  // listed with its vendor's name and without
        ++models;
        for (auto const& [fresh, read, output] :
             {std::array{1000, 0, 400}, std::array{1000, 140'000, 700}, std::array{1000, 400'000, 900}}) {
            double const expected = litellm_cost(row, fresh, read, output);
            EXPECT_NEAR(our_cost(imported.book, id, fresh, read, output), expected, 2e-9 + 1e-6 * expected)
                << id << " " << read;
        }
        if (number(row, "input_cost_per_token_batches", 0) <= 0) continue;
        ++batches;
        double const expected =
            1000 * number(row, "input_cost_per_token_batches", 0) +
            400 * number(row, "output_cost_per_token_batches", number(row, "output_cost_per_token", 0));
        EXPECT_NEAR(our_cost(again, id, 1000, 0, 400, "batch"), expected, 2e-9 + 1e-6 * expected) << id;
    }
    EXPECT_GT(models, 1400);
    EXPECT_GT(batches, 20);
    EXPECT_EQ(again.models, imported.book.models);
}

TEST(ImportLitellm, NotesWhatHasNoFieldAndTakesFees) {
    auto const imported = import_prices(PriceFormat::litellm, "x.json", R"({"sample_spec": {"litellm_provider": "x"},
        "rerank-v9": {"litellm_provider": "cohere", "mode": "rerank", "input_cost_per_query": 0.002, "input_cost_per_token": 0.0},
        "m": {"litellm_provider": "v", "input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6, "output_cost_per_reasoning_token": 4e-6,
              "cache_creation_input_token_cost_above_1hr": 2e-6, "input_cost_per_audio_token": 5e-6,
              "search_context_cost_per_query": {"search_context_size_low": 0.03}, "max_tokens": 9}})",
                                        terms);
    EXPECT_EQ(imported.book.models.size(), 2U);
    EXPECT_EQ(imported.book.models.at("cohere/rerank-v9").rows[0].per_search, Money{2'000'000});
    EXPECT_EQ(imported.book.models.at("v/m").rows[0].standard.base.cache_write_1h, TokenPrice{2'000'000});
    EXPECT_THAT(imported.notes,
                testing::UnorderedElementsAre(
                    "v/m: input_cost_per_audio_token = 5e-06 (no field for it)",
                    "v/m: search_context_cost_per_query = {\"search_context_size_low\":0.03} (no field for it)"));
}

std::string refusal(PriceFormat format, std::string const& bytes) {
    try {
        import_prices(format, "x.json", bytes, terms);
    } catch (InputError const& e) { return e.what(); }
    return "";
}

TEST(ImportPrices, RefusesWhatIsNoSuchFile) {
    EXPECT_EQ(refusal(PriceFormat::litellm, "{]"), "x.json: error: is no JSON (at byte 2)\n");
    EXPECT_EQ(refusal(PriceFormat::litellm, "[]"),
              "x.json: error: is no map of models (--format says which collection it is)\n");
    EXPECT_EQ(refusal(PriceFormat::genai_prices, "{}"),
              "x.json: error: is no list of providers (--format says which collection it is)\n");
    EXPECT_EQ(refusal(PriceFormat::genai_prices, "[]"), "x.json: error: no model has a price\n");
    EXPECT_EQ(refusal(PriceFormat::litellm, std::string(100, '[')),
              "x.json: error: is nested too deeply (--format says which collection it is)\n");
    EXPECT_EQ(refusal(PriceFormat::litellm, "{\"m\": 1e999}"),
              "x.json: error: a value is not of its kind (--format says which collection it is)\n");
    EXPECT_EQ(refusal(PriceFormat::genai_prices,
                      R"([{"id": "v", "models": [{"id": "m", "prices": {"input_mtok": {"base": 1, "tiers": [7]}}}]}])"),
              "x.json: error: a value is not of its kind (--format says which collection it is)\n");
    EXPECT_EQ(refusal(PriceFormat::litellm, R"({"m": {"input_cost_per_token": 1}})"),
              "x.json: error: model 'm' lacks 'litellm_provider' (--format says which collection it is)\n");
}

}  // namespace
}  // namespace runrate
