#include <charconv>
#include <map>

#include <fmt/format.h>

#include "benchmark/csv_table.h"
#include "benchmark/details.h"
#include "benchmark/row.h"

namespace runrate {
namespace {

// `profile_export_aiperf.csv` of AIPerf 0.1 to 0.10 and `profile_export_genai_perf.csv` of genai-perf 0.0.8 to 0.0.16:
// tables one below the other. Neither says the load; names of files and folders do by default.

bool recognises(CsvTable const& table) { return table.has_all({"metric", "avg", "p99"}); }

/// `Time to First Token (ms)` -> `time to first token`.
std::string metric_name(std::string_view cell) {
    std::string name;
    for (char const c : cell.substr(0, cell.find(" (")))
        name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return name;
}

std::optional<double> plain_number(std::string_view cell) {
    std::string digits{cell};
    std::erase(digits, ',');
    double value = 0;
    auto const [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

/// The number behind each metric: its average, or its only value. GPU telemetry stands in rows of another form.
std::map<std::string, double, std::less<>> metrics_of(CsvTable& table) {
    std::map<std::string, double, std::less<>> found;
    while (table.next()) {
        auto const& fields = table.fields();
        if (fields.size() < 2) continue;
        if (auto const value = plain_number(fields[1])) found.emplace(metric_name(fields[0]), *value);
    }
    return found;
}

/// Digits behind the last `key` of a name.
std::optional<double> number_behind(std::string_view name, std::string_view key) {
    auto const at = name.rfind(key);
    if (at == std::string_view::npos) return std::nullopt;
    auto digits = name.substr(at + key.size());
    while (!digits.empty() && (digits.front() == '_' || digits.front() == '-' || digits.front() == '='))
        digits.remove_prefix(1);
    double value = 0;
    auto const [end, fault] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
    if (fault != std::errc{} || end == digits.data()) return std::nullopt;
    return value;
}

std::string name_of(BenchmarkText const& text) {
    if (text.path.empty()) return text.name;
    return text.path.parent_path().filename().string() + "/" + text.path.filename().string();
}

void read(CsvTable& table, BenchmarkText const& text, Benchmarks& into) {
    auto const metrics = metrics_of(table);
    auto const value = [&](std::string_view metric) -> std::optional<double> {
        auto const at = metrics.find(metric);
        return at == metrics.end() ? std::nullopt : std::optional{at->second};
    };
    Measurement row;
    row.where = text.name;
    row.requests = whole(value("request count").value_or(0));
    row.prompt_tokens = value("input sequence length").value_or(0);
    row.output_tokens = value("output sequence length").value_or(0);
    row.ttft_s = from_ms(value("time to first token"));
    row.tpot_s = from_ms(value("inter token latency"));
    row.e2e_s = from_ms(value("request latency"));
    row.output_tokens_per_s = value("output token throughput");
    auto const name = name_of(text);
    auto const concurrency = number_behind(name, "concurrency"), rate = number_behind(name, "request_rate");
    if (!concurrency && !rate) {
        into.skipped.push_back({row.where, "no concurrency and no request rate",
                                "the JSON beside it has them, or a name like x-concurrency16"});
        return;
    }
    set_load({rate, concurrency, value("request throughput")}, row);
    keep_row(std::move(row), into);
}

}  // namespace

CsvFormat const aiperf_csv_format{"AIPerf or genai-perf CSV", recognises, read};

}  // namespace runrate
