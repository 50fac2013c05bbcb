#include "replay/litellm_row.h"

#include <algorithm>

#include <fmt/format.h>

#include "replay/json_walk.h"

namespace runrate {
namespace {

/// The objects of a row that hold what is looked for.
enum class Scope : std::uint8_t { row, metadata, usage, prompt_details, completion_details, write_details, additional };

using TokenField = std::optional<Tokens> LitellmFields::*;
using TextField = std::string LitellmFields::*;

struct TokenPlace {
    Scope scope;
    std::string_view key;
    TokenField field;
};
constexpr std::array token_places{
    TokenPlace{Scope::row, "prompt_tokens", &LitellmFields::prompt},
    TokenPlace{Scope::row, "completion_tokens", &LitellmFields::completion},
    TokenPlace{Scope::row, "cache_read_input_tokens", &LitellmFields::read},
    TokenPlace{Scope::row, "cache_creation_input_tokens", &LitellmFields::write},
    TokenPlace{Scope::usage, "cache_read_input_tokens", &LitellmFields::usage_read},
    TokenPlace{Scope::usage, "cache_creation_input_tokens", &LitellmFields::usage_write},
    TokenPlace{Scope::prompt_details, "cached_tokens", &LitellmFields::detail_read},
    TokenPlace{Scope::prompt_details, "cache_creation_tokens", &LitellmFields::detail_write},
    TokenPlace{Scope::write_details, "ephemeral_1h_input_tokens", &LitellmFields::detail_write_1h},
    TokenPlace{Scope::completion_details, "reasoning_tokens", &LitellmFields::reasoning},
    TokenPlace{Scope::additional, "cache_read_input_tokens", &LitellmFields::extra_read},
    TokenPlace{Scope::additional, "cache_creation_input_tokens", &LitellmFields::extra_write},
};

struct TextPlace {
    Scope scope;
    std::string_view key;
    TextField field;
};
constexpr std::array text_places{
    TextPlace{Scope::row, "model", &LitellmFields::model},
    TextPlace{Scope::row, "custom_llm_provider", &LitellmFields::vendor},
    TextPlace{Scope::row, "call_type", &LitellmFields::call_type},
    TextPlace{Scope::row, "status", &LitellmFields::status},
    TextPlace{Scope::metadata, "status", &LitellmFields::status},
    TextPlace{Scope::row, "cache_hit", &LitellmFields::cache_hit},
    TextPlace{Scope::row, "startTime", &LitellmFields::start},
    TextPlace{Scope::usage, "service_tier", &LitellmFields::tier},
};

struct Child {
    Scope of;
    std::string_view key;
    Scope scope;
};
constexpr std::array children{
    Child{Scope::row, "metadata", Scope::metadata},
    Child{Scope::metadata, "usage_object", Scope::usage},
    Child{Scope::metadata, "additional_usage_values", Scope::additional},
    Child{Scope::usage, "prompt_tokens_details", Scope::prompt_details},
    Child{Scope::usage, "completion_tokens_details", Scope::completion_details},
    Child{Scope::prompt_details, "cache_creation_token_details", Scope::write_details},
};

constexpr std::size_t longest_name = 200;

class LitellmSink {
public:
    LitellmSink(LitellmFields& fields, std::optional<RowFault>& fault, Scope root)
        : fields_{fields}, fault_{fault}, scopes_{root} {}

    /// `metadata` where it is logged as text.
    std::string nested;

    bool enter(std::string_view key) {
        auto const at = std::find_if(children.begin(), children.end(),
                                     [&](Child const& c) { return c.of == scopes_.back() && c.key == key; });
        if (at == children.end()) return false;
        scopes_.push_back(at->scope);
        return true;
    }
    void leave() { scopes_.pop_back(); }

    void value(std::string_view key, JsonScalar const& v) {
        if (v.kind == JsonScalar::Kind::null || fault_) return;
        for (auto const& place : token_places) {
            if (place.scope == scopes_.back() && place.key == key) return tokens(key, v, fields_.*place.field);
        }
        for (auto const& place : text_places) {
            if (place.scope == scopes_.back() && place.key == key) return text(key, v, fields_.*place.field);
        }
        if (scopes_.back() != Scope::row) return;
        if (key == "spend") spend(v);
        if (key == "metadata" && v.kind == JsonScalar::Kind::text) nested = v.text;
    }

private:
    void tokens(std::string_view key, JsonScalar const& v, std::optional<Tokens>& to) {
        using Kind = JsonScalar::Kind;
        if (v.kind == Kind::whole) return void(to = checked_tokens(key, v.whole, fault_));
        if (v.kind == Kind::real) return void(to = read_tokens(key, v.text, fault_));
        fault_ = RowFault{fmt::format("'{}' is no whole number", key), ""};
    }

    void text(std::string_view key, JsonScalar const& v, std::string& to) {
        if (v.kind == JsonScalar::Kind::flag) return void(to = v.flag ? "True" : "False");
        if (v.kind != JsonScalar::Kind::text) return void(fault_ = RowFault{fmt::format("'{}' is no text", key), ""});
        if (v.text.size() > longest_name)
            return void(fault_ = RowFault{fmt::format("'{}' is longer than {} bytes", key, longest_name), ""});
        to = v.text;
    }

    void spend(JsonScalar const& v) {
        bool const whole = v.kind == JsonScalar::Kind::whole;
        fields_.spend = parse_dollars(whole ? fmt::format("{}", v.whole) : std::string{v.text});
        if (!fields_.spend) fault_ = RowFault{"'spend' is no amount of dollars", ""};
    }

    LitellmFields& fields_;
    std::optional<RowFault>& fault_;
    std::vector<Scope> scopes_;
};

std::optional<Tokens> first_of(std::initializer_list<std::optional<Tokens>> values) {
    for (auto const& value : values) {
        if (value) return value;
    }
    return std::nullopt;
}

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

/// litellm writes the vendor's `service_tier`; what it does not name is the standard one.
std::optional<Lane> lane_of_tier(std::string const& tier) {
    auto const at = std::find(lane_names.begin(), lane_names.end(), lower(tier));
    if (tier.empty() || at == lane_names.end()) return std::nullopt;
    return static_cast<Lane>(at - lane_names.begin());
}

void read_object(std::string_view object, Scope root, LitellmFields& fields, std::optional<RowFault>& fault) {
    LitellmSink sink{fields, fault, root};
    std::optional<RowFault> broken;
    JsonWalk<LitellmSink>{sink}.over(object, broken);
    if (broken) fault = broken;
    if (broken && root == Scope::metadata) fault->reason = "'metadata' " + fault->reason;
    if (!fault && !sink.nested.empty()) read_object(sink.nested, Scope::metadata, fields, fault);
}

}  // namespace

void LitellmRow::read_json(std::string_view object, TraceRequest& request, std::optional<RowFault>& fault) {
    fields_ = {};
    read_object(object, Scope::row, fields_, fault);
    if (!fault) finish(request, fault);
}

void LitellmRow::read_header(std::vector<std::string_view> const& names, std::optional<RowFault>& fault) {
    columns_.assign(names.begin(), names.end());
    for (auto const* needed : {"model", "prompt_tokens", "completion_tokens", "startTime"}) {
        if (std::find(columns_.begin(), columns_.end(), needed) == columns_.end())
            return void(fault = RowFault{fmt::format("lacks the column '{}'", needed), ""});
    }
}

void LitellmRow::read_csv(std::vector<std::string_view> const& cells, TraceRequest& request,
                          std::optional<RowFault>& fault) {
    fields_ = {};
    LitellmSink sink{fields_, fault, Scope::row};
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (cells[i].empty() || fault) continue;
        auto const place = std::find_if(token_places.begin(), token_places.end(), [&](TokenPlace const& p) {
            return p.scope == Scope::row && p.key == columns_[i];
        });
        if (place != token_places.end())
            fields_.*place->field = read_tokens(columns_[i], cells[i], fault);
        else
            sink.value(columns_[i], {.kind = JsonScalar::Kind::text, .text = cells[i]});
    }
    if (!fault && !sink.nested.empty()) read_object(sink.nested, Scope::metadata, fields_, fault);
    if (!fault) finish(request, fault);
}

void LitellmRow::finish(TraceRequest& request, std::optional<RowFault>& fault) const {
    auto const& f = fields_;
    auto const lacks = [&](char const* name) { fault = RowFault{fmt::format("lacks '{}'", name), ""}; };
    if (!f.prompt) return lacks("prompt_tokens");
    if (!f.completion) return lacks("completion_tokens");
    if (f.start.empty()) return lacks("startTime");
    request.time = parse_time(f.start);
    if (!request.time)
        return void(fault = RowFault{"'startTime' is no time", fmt::format("found '{}'", shown(f.start))});
    request.prompt = *f.prompt;
    request.output = *f.completion;
    request.cache_read = first_of({f.read, f.usage_read, f.detail_read, f.extra_read}).value_or(Tokens{});
    auto const written = first_of({f.write, f.usage_write, f.detail_write, f.extra_write}).value_or(Tokens{});
    request.cache_write_1h = std::min(written, f.detail_write_1h.value_or(Tokens{}));
    request.cache_write = written - request.cache_write_1h;
    request.reasoning = std::min(request.output, f.reasoning.value_or(Tokens{}));
    request.searches = f.call_type.find("rerank") != std::string::npos ? 1 : 0;
    request.model = f.model;
    request.vendor = f.vendor;
    request.lane = lane_of_tier(f.tier);
    request.spend = f.spend;
    if (lower(f.cache_hit) == "true") request.fate = Fate::from_gateway;
    if (lower(f.status) == "failure") request.fate = Fate::failed;
}

}  // namespace runrate
