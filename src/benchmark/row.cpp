#include "benchmark/row.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string>

#include <fmt/format.h>

namespace runrate {
namespace {

constexpr double most_in_flight = 1e5, least_rate = 1e-2, most_seconds = 50 * 86400.0;
constexpr std::int64_t most_arrivals = 200'000;  ///< of an open loop, whose queue may grow as long as they come

struct NamedNumber {
    char const* name;
    double value;
};

/// The numbers that are there; a load that its protocol does not need may be 0.
std::vector<NamedNumber> numbers_of(Measurement const& m) {
    std::vector<NamedNumber> found;
    auto const add = [&](char const* name, std::optional<double> value) {
        if (value) found.push_back({name, *value});
    };
    if (m.concurrency != 0) add("concurrency", m.concurrency);
    add("request rate", m.request_rate);
    add("burstiness", m.burstiness);
    add("TTFT", m.ttft_s);
    add("TPOT", m.tpot_s);
    add("E2E", m.e2e_s);
    add("output tokens per second", m.output_tokens_per_s);
    return found;
}

struct Fault {
    char const* rule = nullptr;
    std::string detail;
};

Fault fault_of_tokens(Measurement const& m) {
    if (!std::isfinite(m.prompt_tokens) || !std::isfinite(m.output_tokens)) return {"a number is not finite", "tokens"};
    if (m.prompt_tokens < 1 || m.output_tokens < 1)
        return {"no tokens", fmt::format("prompt {}, output {}", m.prompt_tokens, m.output_tokens)};
    if (m.prompt_tokens > 1e9 || m.output_tokens > 1e9) return {"a number is beyond belief", "tokens"};
    if (!(m.shortest_share >= 0 && m.shortest_share <= 1))
        return {"the shortest share of lengths is not in [0, 1]", fmt::format("{}", m.shortest_share)};
    return {};
}

Fault fault_of_numbers(Measurement const& m) {
    for (auto const& [name, value] : numbers_of(m)) {
        if (!std::isfinite(value)) return {"a number is not finite", name};
        if (value <= 0) return {"a number is not positive", fmt::format("{} {}", name, value)};
        if (value > 1e9) return {"a number is beyond belief", fmt::format("{} {}", name, value)};
    }
    if (m.concurrency > most_in_flight)
        return {"more in flight than a replay takes", fmt::format("{:g}, at most {:g}", m.concurrency, most_in_flight)};
    if (m.request_rate && *m.request_rate < least_rate)
        return {"arrivals are too rare to replay", fmt::format("{:g} a second", *m.request_rate)};
    if (m.request_rate && m.requests > most_arrivals)
        return {"more arrivals than a replay takes", fmt::format("{}, at most {}", m.requests, most_arrivals)};
    auto const late = [](LoggedRequest const& r) { return r.arrival_s > most_seconds; };
    if (std::any_of(m.log.begin(), m.log.end(), late)) return {"a log of more than 50 days", ""};
    if (m.tpot_s && m.output_tokens <= 1) return {"a time per further token, of outputs without one", ""};
    if (m.ttft_s && m.e2e_s && *m.ttft_s > *m.e2e_s * (1 + 1e-9))
        return {"TTFT is above E2E", fmt::format("{} s, {} s", *m.ttft_s, *m.e2e_s)};
    return {};
}

Fault fault_of(Measurement const& m) {
    if (auto const tokens = fault_of_tokens(m); tokens.rule != nullptr) return tokens;
    if (auto const numbers = fault_of_numbers(m); numbers.rule != nullptr) return numbers;
    bool const needs_concurrency = m.protocol == Protocol::closed_loop || m.protocol == Protocol::iteration;
    bool const no_rate = m.protocol == Protocol::open_loop && !m.request_rate;
    if ((needs_concurrency && m.concurrency == 0) || no_rate) return {"no concurrency and no request rate", ""};
    if (m.protocol == Protocol::request_log && m.log.empty()) return {"no request", ""};
    if (m.protocol == Protocol::saturated && !m.output_tokens_per_s) return {"nothing measured", "no throughput"};
    if (!m.ttft_s && !m.tpot_s && !m.e2e_s && !m.output_tokens_per_s) return {"nothing measured", ""};
    return {};
}

std::string lower(std::string_view text) {
    std::string result{text};
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

}  // namespace

void keep_row(Measurement row, Benchmarks& into) {
    // Tools write 0 where a single token leaves nothing to measure.
    if (row.output_tokens <= 1 && row.tpot_s == 0) row.tpot_s.reset();
    if (auto fault = fault_of(row); fault.rule != nullptr) {
        into.skipped.push_back({row.where, fault.rule, std::move(fault.detail)});
        return;
    }
    into.rows.push_back(std::move(row));
}

void set_load(ToolLoad const& load, Measurement& row) {
    bool const rated = load.request_rate && !(std::isinf(*load.request_rate) && *load.request_rate > 0);
    bool const limited = load.concurrency.has_value();
    bool const held = rated && limited && load.achieved && *load.achieved < 0.9 * *load.request_rate;
    if (rated && !held) {
        row.protocol = Protocol::open_loop;
        row.request_rate = load.request_rate;
        return;
    }
    if (limited) {
        row.protocol = Protocol::closed_loop;
        row.concurrency = *load.concurrency;
        return;
    }
    row.protocol = Protocol::saturated;
    row.ttft_s = row.tpot_s = row.e2e_s = std::nullopt;
}

bool skip_failed(Measurement const& row, double completed, double failed, Benchmarks& into) {
    if (completed > 0 && !(failed > 0.1 * (completed + failed))) return false;
    auto const* const rule = completed > 0 ? "more than a tenth of the requests failed" : "no request succeeded";
    into.skipped.push_back({row.where, rule, fmt::format("{} of {}", failed, completed + failed)});
    return true;
}

std::optional<Precision> precision_named(std::string_view text) {
    struct Name {
        std::string_view part;
        Precision precision;
    };
    constexpr std::array names{
        Name{"mxfp4", Precision::mxfp4}, Name{"fp4", Precision::fp4},      Name{"fp8", Precision::fp8},
        Name{"int8", Precision::int8},   Name{"w8a8", Precision::int8},    Name{"int4", Precision::int4},
        Name{"w4a16", Precision::int4},  Name{"awq", Precision::int4},     Name{"gptq", Precision::int4},
        Name{"bf16", Precision::bf16},   Name{"float16", Precision::bf16}, Name{"fp16", Precision::bf16}};
    auto const small = lower(text);
    for (auto const& name : names)
        if (small.find(name.part) != std::string::npos) return name.precision;
    return std::nullopt;
}

std::optional<Precision> weights_precision(std::string_view quantization, std::string_view model,
                                           std::string_view dtype) {
    for (auto const text : {quantization, model, dtype})
        if (auto const named = precision_named(text)) return named;
    return std::nullopt;
}

std::string iso_date(std::string_view text) {
    auto const digits = [&](std::size_t from, std::size_t count) {
        auto const part = text.substr(std::min(from, text.size()), count);
        return part.size() == count && part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (digits(0, 8)) return fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2));
    if (text.size() >= 10 && digits(0, 4) && text[4] == '-' && digits(5, 2) && text[7] == '-' && digits(8, 2))
        return std::string{text.substr(0, 10)};
    return {};
}

std::string iso_date(double seconds) {
    if (!(seconds > 0 && seconds < 1e11)) return {};
    std::chrono::year_month_day const day{std::chrono::sys_days{std::chrono::days{static_cast<int>(seconds / 86400)}}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                       static_cast<unsigned>(day.day()));
}

}  // namespace runrate
