#include <algorithm>

#include <fmt/format.h>

#include "billing/import_formats.h"
#include "billing/import_json.h"

namespace runrate {
namespace {

/// `00:30:00Z` in minutes.
std::optional<int> minute_of(ImportJson const& time) {
    if (!time.is_string()) return std::nullopt;
    auto const text = time.get<std::string>();
    if (text.size() < 5 || text[2] != ':') return std::nullopt;
    auto const digits = [&](std::size_t i) {
        bool const both = text[i] >= '0' && text[i] <= '9' && text[i + 1] >= '0' && text[i + 1] <= '9';
        return both ? 10 * (text[i] - '0') + text[i + 1] - '0' : 99;
    };
    bool const valid = digits(0) < 24 && digits(3) < 60;
    return valid ? std::optional{60 * digits(0) + digits(3)} : std::nullopt;
}

/// One model's rates of one period.
class GenaiRates {
public:
    GenaiRates(std::string const& model, std::vector<std::string>& notes) : model_{model}, notes_{notes} {}

    LaneRates rates;
    std::optional<Money> per_request;

    void read(ImportJson const& prices) {
        for (auto const& [key, value] : prices.items()) {
            if (key == "input_mtok")
                field(key, value, [](TokenRates& r, TokenPrice p) { r.input = p; });
            else if (key == "output_mtok")
                field(key, value, [](TokenRates& r, TokenPrice p) { r.output = p; });
            else if (key == "cache_read_mtok")
                field(key, value, [](TokenRates& r, TokenPrice p) { r.cache_read = p; });
            else if (key == "cache_write_mtok")
                field(key, value, [](TokenRates& r, TokenPrice p) { r.cache_write_5m = p; });
            else if (key == "requests_kcount" && call_fee(value, 1000))
                per_request = call_fee(value, 1000);
            else
                notes_.push_back(fmt::format("{}: {} = {} (no field for it)", model_, key, value.dump()));
        }
        // A tier that leaves a class at its base price says so nowhere.
        for (auto& tier : rates.tiers) complete(tier.rates);
    }

private:
    template <class Set>
    void field(std::string const& key, ImportJson const& value, Set const& set) {
        auto const price = token_price(value.is_object() ? value.value("base", ImportJson{}) : value, 1e6);
        if (!price) return notes_.push_back(fmt::format("{}: {} = {} (is no price)", model_, key, value.dump()));
        set(rates.base, *price);
        if (!value.is_object()) return;
        for (auto const& tier : value.value("tiers", ImportJson::array())) {
            auto const in_tier = token_price(tier.value("price", ImportJson{}), 1e6);
            auto const start = tier.value("start", ImportJson{});
            if (!in_tier || !start.is_number_integer()) {
                notes_.push_back(fmt::format("{}: {} tier {} (is no tier)", model_, key, tier.dump()));
                continue;
            }
            set(tier_at(Tokens{start.get<std::int64_t>()}), *in_tier);
        }
    }

    TokenRates& tier_at(Tokens above) {
        auto at = std::find_if(rates.tiers.begin(), rates.tiers.end(), [&](auto const& t) { return t.above >= above; });
        if (at == rates.tiers.end() || at->above != above) at = rates.tiers.insert(at, {above, {}});
        return at->rates;
    }

    void complete(TokenRates& tier) const {
        auto const& base = rates.base;
        if (tier.input == TokenPrice{}) tier.input = base.input;
        if (tier.output == TokenPrice{}) tier.output = base.output;
        if (!tier.cache_read) tier.cache_read = base.cache_read;
        if (!tier.cache_write_5m) tier.cache_write_5m = base.cache_write_5m;
    }

    std::string const& model_;
    std::vector<std::string>& notes_;
};

/// The rows of one model: without a constraint from the snapshot on (or before the first dated row), then by date.
class GenaiModel {
public:
    GenaiModel(std::string id, ImportTerms const& terms, std::vector<std::string>& notes)
        : id_{std::move(id)}, terms_{terms}, notes_{notes} {}

    std::optional<ModelPrices> read(ImportJson const& prices) {
        auto const list = prices.is_array() ? prices : ImportJson::array({ImportJson{{"prices", prices}}});
        for (auto const& entry : list) add(entry);
        std::stable_sort(rows_.begin(), rows_.end(), [](auto const& a, auto const& b) { return a.from < b.from; });
        for (std::size_t i = 1; i < rows_.size(); ++i) {
            if (rows_[i].from == rows_[i - 1].from) {
                notes_.push_back(fmt::format("{}: two prices from {} (left out)", id_, to_string(rows_[i].from)));
                return std::nullopt;
            }
        }
        if (rows_.empty()) return std::nullopt;
        ModelPrices model;
        model.id = id_;
        model.rows = rows_;
        return model;
    }

private:
    void add(ImportJson const& entry) {
        if (!entry.is_object() || !entry.value("prices", ImportJson{}).is_object())
            return notes_.push_back(fmt::format("{}: {} (is no price)", id_, entry.dump()));
        GenaiRates rates{id_, notes_};
        rates.read(entry["prices"]);
        auto const constraint = entry.value("constraint", ImportJson::object());
        if (constraint.contains("start_time") || constraint.contains("end_time")) return add_hours(constraint, rates);
        PriceRow row;
        row.from = row.as_of = terms_.as_of;
        row.source = terms_.source;
        row.standard = rates.rates;
        row.per_request = rates.per_request;
        if (constraint.contains("start_date")) {
            auto const from =
                parse_date(constraint["start_date"].is_string() ? constraint["start_date"].get<std::string>() : "");
            if (!from) return notes_.push_back(fmt::format("{}: {} (is no date)", id_, constraint.dump()));
            row.from = *from;
            // What held before is known only to have held before.
            for (auto& earlier : rows_) earlier.from = std::min(earlier.from, row.from - std::chrono::days{1});
        } else if (!constraint.empty()) {
            return notes_.push_back(fmt::format("{}: constraint {} (no field for it)", id_, constraint.dump()));
        }
        rows_.push_back(row);
    }

    void add_hours(ImportJson const& constraint, GenaiRates const& rates) {
        auto const from = minute_of(constraint.value("start_time", ImportJson{}));
        auto const to = minute_of(constraint.value("end_time", ImportJson{}));
        if (!from || !to || rows_.empty())
            return notes_.push_back(fmt::format("{}: constraint {} (no field for it)", id_, constraint.dump()));
        rows_.back().hours.push_back({*from, *to, 1, rates.rates});
    }

    std::string id_;
    ImportTerms const& terms_;
    std::vector<std::string>& notes_;
    std::vector<PriceRow> rows_;
};

}  // namespace

void import_genai(ImportJson const& document, ImportTerms const& terms, Imported& into) {
    if (!document.is_array()) throw std::invalid_argument("is no list of providers");
    for (auto const& provider : document) {
        auto const vendor = provider.is_object() ? provider.value("id", ImportJson{}) : ImportJson{};
        auto const models = provider.is_object() ? provider.value("models", ImportJson{}) : ImportJson{};
        if (!vendor.is_string() || !models.is_array()) throw std::invalid_argument("a provider lacks 'id' or 'models'");
        if (!wanted(terms, vendor.get<std::string>())) continue;
        for (auto const& entry : models) {
            auto const name = entry.is_object() ? entry.value("id", ImportJson{}) : ImportJson{};
            if (!name.is_string() || !entry.contains("prices"))
                throw std::invalid_argument(fmt::format("a model of '{}' lacks 'id' or 'prices'", vendor.dump()));
            auto const id = allowed_name(vendor.get<std::string>() + "/" + name.get<std::string>());
            keep(GenaiModel{id, terms, into.notes}.read(entry["prices"]), into);
        }
    }
}

}  // namespace runrate
