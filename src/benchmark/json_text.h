#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "benchmark/formats.h"

namespace runrate {

using Json = nlohmann::json;

/// One document of a file: the file, a line of it, or an element of its array.
struct BenchmarkJson {
    std::string where;  ///< `file`, or `file:line`
    Json value;
};

/// All documents of a text: JSON, JSON lines, or an array of either. NaN and Infinity, which Python writes, become the
/// texts `?` and `inf`. What tools save of each request's text is left out.
/// \throws InputError where it is no JSON
std::vector<BenchmarkJson> json_documents(BenchmarkText const& text);

/// The value below nested keys; null where one of them is missing.
Json const& below(Json const& value, std::initializer_list<std::string_view> keys);

/// A number, also as text (`inf`, `32`); not finite where Python wrote so; nothing where there is none.
std::optional<double> number(Json const& value);
std::optional<double> number(Json const& value, std::string_view key);

/// A text, empty where there is none.
std::string text_of(Json const& value, std::string_view key);

/// The first of `keys` that says something.
std::string first_text(Json const& value, std::initializer_list<std::string_view> keys);

/// Numbers of an array, 0 where something else stands.
std::vector<double> numbers(Json const& value);

}  // namespace runrate
