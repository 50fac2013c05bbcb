#include "benchmark/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "core/diagnostics.h"
#include "rows/csv.h"

namespace runrate {
namespace {

constexpr std::size_t most_documents = 1'000'000;

/// A document within a text.
struct Span {
    std::size_t begin, end;
    int line;
};

/// Replaces, byte by byte, what Python's json writes and JSON does not know: columns stay.
void replace_constant(std::string& text, std::size_t& at) {
    struct Constant {
        std::string_view from, to;
    };
    constexpr std::array constants{Constant{"-Infinity", "\"-inf\"   "}, Constant{"Infinity", "\"inf\"   "},
                                   Constant{"NaN", "\"?\""}};
    for (auto const& c : constants) {
        if (text.compare(at, c.from.size(), c.from) != 0) continue;
        text.replace(at, c.from.size(), c.to);
        at += c.to.size() - 1;
        return;
    }
}

/// Position of a string's closing quote, or the end of the text.
std::size_t end_of_string(std::string const& text, std::size_t at, int& line) {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\') ++at;
        if (at < text.size() && text[at] == '\n') ++line;
    }
    return std::min(at, text.size());
}

/// Cuts a text where brackets are all closed. What follows the last document is one, however broken.
std::vector<Span> divide(std::string& text) {
    std::vector<Span> found;
    std::size_t begin = std::string::npos;
    std::int64_t depth = 0;
    int line = 1, first_line = 1;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char const c = text[at];
        if (c == '\n') ++line;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        if (begin == std::string::npos) begin = at, first_line = line;
        if (found.size() > most_documents) break;
        if (c == '"') at = end_of_string(text, at, line);
        if (c == '-' || c == 'I' || c == 'N') replace_constant(text, at);
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && --depth <= 0) {
            found.push_back({begin, at + 1, first_line});
            begin = std::string::npos;
            depth = 0;
        }
    }
    if (begin != std::string::npos) found.push_back({begin, text.size(), first_line});
    return found;
}

constexpr std::int64_t most_values = 100'000'000;  ///< 2 GB of memory

/// Leaves out what tools save of every request beside numbers: texts, and guidellm's records of requests, which lie
/// deep. Counts the rest, so that memory has a bound.
class Sieve {
public:
    explicit Sieve(std::string const& name) : name_{name} {}

    bool operator()(int depth, Json::parse_event_t event, Json const& parsed) {
        using Event = Json::parse_event_t;
        left_ -= event == Event::object_start || event == Event::array_start ? 5 : 1;
        if (left_ < 0) fail_size(name_);
        if (event != Event::key) return true;
        auto const& key = parsed.get_ref<std::string const&>();
        bool const heavy = key == "generated_texts" || key == "errors" || key == "request_samples";
        return !heavy && !(depth == 3 && key == "requests");
    }

    [[noreturn]] static void fail_size(std::string const& name) {
        throw InputError(
            fmt::format("{}: error: holds more values than benchmarks do (leave out what it says of each "
                        "request)\n",
                        name));
    }

private:
    std::string const& name_;
    std::int64_t left_ = most_values;
};

[[noreturn]] void fail(BenchmarkText const& text, std::string const& bytes, Span const& where, std::size_t byte) {
    auto const at = std::min(where.end, where.begin + (byte > 0 ? byte - 1 : 0));
    auto const line = 1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    auto const start = at == 0 ? std::string::npos : bytes.rfind('\n', at - 1);
    auto const column = start == std::string::npos ? at + 1 : at - start;
    bool const ended = at + 1 >= where.end;
    throw InputError(fmt::format("{}:{}:{}: error: {}\n", text.name, line, column,
                                 ended ? "the JSON ends before it is complete (the file is cut off: write it again)"
                                       : "this is not JSON (write the file again, or remove what is broken)"));
}

Json parsed(BenchmarkText const& text, std::string const& bytes, Span const& where, Sieve& sieve) {
    try {
        return Json::parse(bytes.data() + where.begin, bytes.data() + where.end, std::ref(sieve));
    } catch (Json::parse_error const& e) { fail(text, bytes, where, e.byte); } catch (Json::exception const&) {
        throw InputError(
            fmt::format("{}:{}: error: a number that no double can hold (remove it)\n", text.name, where.line));
    }
}

}  // namespace

std::vector<BenchmarkJson> json_documents(BenchmarkText const& text) {
    std::string bytes{text.bytes};
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.replace(0, 3, "   ");
    auto const extents = divide(bytes);
    if (extents.size() > most_documents) Sieve::fail_size(text.name);
    std::vector<BenchmarkJson> documents;
    Sieve sieve{text.name};
    for (auto const& extent : extents) {
        auto value = parsed(text, bytes, extent, sieve);
        auto const where = extents.size() > 1 ? fmt::format("{}:{}", text.name, extent.line) : text.name;
        if (!value.is_array()) {
            documents.push_back({where, std::move(value)});
            continue;
        }
        for (std::size_t i = 0; i < value.size(); ++i)
            documents.push_back({fmt::format("{}: row {}", where, i + 1), std::move(value[i])});
    }
    return documents;
}

Json const& below(Json const& value, std::initializer_list<std::string_view> keys) {
    static Json const nothing;
    auto const* at = &value;
    for (auto const& key : keys) {
        if (!at->is_object()) return nothing;
        auto const found = at->find(key);
        if (found == at->end()) return nothing;
        at = &*found;
    }
    return *at;
}

std::optional<double> number(Json const& value) {
    if (value.is_number()) return value.get<double>();
    if (!value.is_string()) return std::nullopt;
    auto const& text = value.get_ref<std::string const&>();
    if (text == "?") return std::numeric_limits<double>::quiet_NaN();
    double read = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return read;
}

std::optional<double> number(Json const& value, std::string_view key) { return number(below(value, {key})); }

std::string text_of(Json const& value, std::string_view key) {
    auto const& found = below(value, {key});
    return found.is_string() ? found.get<std::string>() : std::string{};
}

std::string first_text(Json const& value, std::initializer_list<std::string_view> keys) {
    for (auto const& key : keys)
        if (auto found = text_of(value, key); !found.empty()) return found;
    return {};
}

std::vector<double> numbers(Json const& value) {
    std::vector<double> read;
    if (!value.is_array()) return read;
    read.reserve(value.size());
    for (auto const& one : value) read.push_back(one.is_number() ? one.get<double>() : 0);
    return read;
}

}  // namespace runrate
