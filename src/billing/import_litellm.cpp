#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "billing/import_formats.h"

namespace runrate {
namespace {

/// `input_cost_per_token_above_200k_tokens_priority` taken apart.
struct FieldName {
    std::string base;
    Lane lane = Lane::standard;
    std::int64_t above = 0;  ///< 0: of short prompts
};

bool take_suffix(std::string& text, std::string_view suffix) {
    if (!text.ends_with(suffix)) return false;
    text.resize(text.size() - suffix.size());
    return true;
}

FieldName parse(std::string key) {
    FieldName name;
    if (take_suffix(key, "_batches")) name.lane = Lane::batch;
    if (take_suffix(key, "_flex")) name.lane = Lane::flex;
    if (take_suffix(key, "_priority")) name.lane = Lane::priority;
    auto const above = key.find("_above_");
    if (above != std::string::npos && key.ends_with("k_tokens")) {
        auto const* const from = key.data() + above + 7;
        auto const [end, fault] = std::from_chars(from, key.data() + key.size(), name.above);
        if (fault == std::errc{} && std::string_view{end} == "k_tokens" && name.above > 0 && name.above < 1'000'000) {
            name.above *= 1000;
            key.resize(above);
        } else {
            name.above = 0;
        }
    }
    name.base = key;
    return name;
}

using Setter = void (*)(TokenRates&, TokenPrice);
struct TokenField {
    std::string_view name;
    Setter set;
};
constexpr std::array token_fields{
    TokenField{"input_cost_per_token", [](TokenRates& r, TokenPrice p) { r.input = p; }},
    TokenField{"output_cost_per_token", [](TokenRates& r, TokenPrice p) { r.output = p; }},
    TokenField{"cache_read_input_token_cost", [](TokenRates& r, TokenPrice p) { r.cache_read = p; }},
    TokenField{"cache_creation_input_token_cost", [](TokenRates& r, TokenPrice p) { r.cache_write_5m = p; }},
    TokenField{"cache_creation_input_token_cost_above_1hr", [](TokenRates& r, TokenPrice p) { r.cache_write_1h = p; }},
};

/// One model's row, field by field.
class LitellmModel {
public:
    LitellmModel(std::string id, ImportTerms const& terms, std::vector<std::string>& notes)
        : id_{std::move(id)}, notes_{notes} {
        row_.from = row_.as_of = terms.as_of;
        row_.source = terms.source;
    }

    std::optional<ModelPrices> read(ImportJson const& fields) {
        // Base rates come first: lanes and tiers take from them what they leave out.
        for (bool const base : {true, false}) {
            for (auto const& [key, value] : fields.items()) {
                auto const name = parse(key);
                if (carries_price(key, value) && (name.lane == Lane::standard && name.above == 0) == base)
                    read_field(key, name, value);
            }
        }
        if (!any_) return std::nullopt;
        ModelPrices model;
        model.id = id_;
        model.rows = {row_};
        return model;
    }

private:
    static bool is_token_field(FieldName const& name) {
        return std::any_of(token_fields.begin(), token_fields.end(),
                           [&](TokenField const& f) { return f.name == name.base; });
    }

    /// Fields that say nothing are full of zeros; those that we know mean what they say.
    static bool carries_price(std::string const& key, ImportJson const& value) {
        bool const priced = key.find("cost") != std::string::npos || key.find("price") != std::string::npos;
        bool const nothing = value.is_null() || (value.is_number() && value.get<double>() == 0);
        return priced && (!nothing || (value.is_number() && is_token_field(parse(key))));
    }

    void read_field(std::string const& key, FieldName const& name, ImportJson const& value) {
        auto const field = std::find_if(token_fields.begin(), token_fields.end(),
                                        [&](TokenField const& f) { return f.name == name.base; });
        auto const price = token_price(value, 1);
        if (field != token_fields.end() && price) {
            field->set(rates_at(name), *price);
            any_ = true;
            bool const free_cache = *price == TokenPrice{0} && name.base.starts_with("cache");
            if (free_cache) notes_.push_back(fmt::format("{}: {} = 0 (taken as free)", id_, key));
            return;
        }
        if (key == "output_cost_per_reasoning_token" && price == row_.standard.base.output) return;  // as output
        if (key == "input_cost_per_request" && call_fee(value, 1)) return fee(row_.per_request, value);
        if (key == "input_cost_per_query" && call_fee(value, 1)) return fee(row_.per_search, value);
        notes_.push_back(fmt::format("{}: {} = {} (no field for it)", id_, key, value.dump()));
    }

    void fee(std::optional<Money>& to, ImportJson const& value) {
        to = call_fee(value, 1);
        any_ = true;
    }

    TokenRates& rates_at(FieldName const& name) {
        auto& lane = lane_at(name.lane);
        if (name.above == 0) return lane.base;
        Tokens const above{name.above};
        auto at = std::find_if(lane.tiers.begin(), lane.tiers.end(), [&](auto const& t) { return t.above >= above; });
        if (at == lane.tiers.end() || at->above != above) at = lane.tiers.insert(at, {above, lane.base});
        return at->rates;
    }

    LaneRates& lane_at(Lane lane) {
        if (lane == Lane::standard) return row_.standard;
        auto& rates = lane == Lane::batch ? row_.batch : lane == Lane::flex ? row_.flex : row_.priority;
        if (!rates) rates = LaneRates{row_.standard.base, {}};
        return *rates;
    }

    std::string id_;
    std::vector<std::string>& notes_;
    PriceRow row_;
    bool any_ = false;
};

}  // namespace

void import_litellm(ImportJson const& document, ImportTerms const& terms, Imported& into) {
    if (!document.is_object()) throw std::invalid_argument("is no map of models");
    for (auto const& [name, fields] : document.items()) {
        if (name == "sample_spec") continue;
        if (!fields.is_object() || !fields.value("litellm_provider", ImportJson{}).is_string())
            throw std::invalid_argument(fmt::format("model '{}' lacks 'litellm_provider'", name));
        auto const vendor = fields["litellm_provider"].get<std::string>();
        if (!wanted(terms, vendor)) continue;
        auto const model = name.starts_with(vendor + "/") ? name : vendor + "/" + name;
        keep(LitellmModel{allowed_name(model), terms, into.notes}.read(fields), into);
    }
}

}  // namespace runrate
