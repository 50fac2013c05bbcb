#include "benchmark/details.h"

#include "benchmark/formats.h"
#include "benchmark/request_means.h"

namespace runrate {
namespace {

/// Lists of a run, request by request; those that failed have no output.
struct Lists {
    std::vector<double> prompts, outputs, first, starts, latencies;

    [[nodiscard]] bool whole() const {
        return !prompts.empty() && outputs.size() == prompts.size() && first.size() == prompts.size() &&
               latencies.size() == prompts.size();
    }
    [[nodiscard]] bool succeeded(std::size_t i) const {
        return outputs[i] > 0 && outputs[i] < 1e9 && prompts[i] > 0 && prompts[i] < 1e9 && first[i] > 0 &&
               std::isfinite(first[i]) && std::isfinite(latencies[i]);
    }
};

double sum(Json const& list) {
    double total = 0;
    for (double const one : numbers(list)) total += one;
    return total;
}

Lists lists_of(Json const& run) {
    Lists lists;
    lists.prompts = numbers(below(run, {"input_lens"}));
    lists.outputs = numbers(below(run, {"output_lens"}));
    lists.first = numbers(below(run, {"ttfts"}));
    lists.starts = numbers(below(run, {"start_times"}));
    auto const& gaps = below(run, {"itls"});
    if (!gaps.is_array() || gaps.size() != lists.first.size()) return lists;
    for (std::size_t i = 0; i < gaps.size(); ++i) lists.latencies.push_back(lists.first[i] + sum(gaps[i]));
    return lists;
}

struct Mean {
    double total = 0, count = 0;

    void add(double value) { total += value, count += 1; }
    [[nodiscard]] std::optional<double> value() const {
        return count > 0 ? std::optional{total / count} : std::nullopt;
    }
};

LoggedRequest request_of(Lists const& lists, std::size_t i, double start_s) {
    return {start_s, std::llround(lists.prompts[i]), std::llround(lists.outputs[i]), start_s + lists.first[i],
            start_s + lists.latencies[i]};
}

void fill_means(Lists const& lists, Measurement& row) {
    RequestMeans means;
    for (std::size_t i = 0; i < lists.prompts.size(); ++i)
        if (lists.succeeded(i)) means.add(request_of(lists, i, 0));
    if (means.empty()) return;
    if (!row.ttft_s) row.ttft_s = means.ttft_s();
    if (!row.tpot_s && means.tpot_s() > 0) row.tpot_s = means.tpot_s();
    if (!row.e2e_s) row.e2e_s = means.e2e_s();
}

/// Least and most of the lengths of requests that succeeded, and their mean.
struct Spread {
    double least = 0, most = 0, mean = 0;

    /// Uniform lengths have their mean in the middle; at most 5 % off, as few requests have it.
    [[nodiscard]] bool even() const { return most > 0 && std::abs(mean - (least + most) / 2) <= 0.05 * most; }
    [[nodiscard]] double share() const { return least / most; }
};

Spread spread_of(Lists const& lists, std::vector<double> const& lengths) {
    Spread spread;
    Mean mean;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        if (!lists.succeeded(i)) continue;
        spread.least = mean.count == 0 ? lengths[i] : std::min(spread.least, lengths[i]);
        spread.most = std::max(spread.most, lengths[i]);
        mean.add(lengths[i]);
    }
    spread.mean = mean.value().value_or(0);
    return spread;
}

/// One share serves prompts and outputs, so that they have to agree on it.
void fill_lengths(Lists const& lists, Measurement& row) {
    auto const prompts = spread_of(lists, lists.prompts), outputs = spread_of(lists, lists.outputs);
    if (!prompts.even() || !outputs.even() || std::abs(prompts.share() - outputs.share()) > 0.1) return;
    row.shortest_share = (prompts.share() + outputs.share()) / 2;
    row.prompt_tokens = 2 * prompts.mean / (1 + row.shortest_share);
    row.output_tokens = 2 * outputs.mean / (1 + row.shortest_share);
}

void fill_log(Lists const& lists, Measurement& row) {
    if (lists.starts.size() != lists.prompts.size()) return;
    std::vector<LoggedRequest> log;
    for (std::size_t i = 0; i < lists.prompts.size(); ++i) {
        if (!lists.succeeded(i) || !std::isfinite(lists.starts[i])) continue;
        log.push_back(request_of(lists, i, lists.starts[i]));
    }
    set_log(std::move(log), row);
}

std::optional<double> first_of(std::initializer_list<std::optional<double>> said) {
    for (auto const& one : said)
        if (one && *one >= 1 && *one <= 4096) return one;
    return std::nullopt;
}

}  // namespace

void take_details(Json const& run, Measurement& row) {
    auto const lists = lists_of(run);
    if (!lists.whole()) return;
    fill_means(lists, row);
    fill_lengths(lists, row);
    fill_log(lists, row);
}

void set_log(std::vector<LoggedRequest> requests, Measurement& into) {
    std::stable_sort(requests.begin(), requests.end(),
                     [](auto const& a, auto const& b) { return a.arrival_s < b.arrival_s; });
    double const start = requests.empty() ? 0 : requests.front().arrival_s;
    for (auto& r : requests) {
        r.arrival_s -= start;
        r.first_token_s -= start;
        r.finished_s -= start;
    }
    into.log = std::move(requests);
}

std::optional<Parallelism> parallelism(std::initializer_list<std::optional<double>> tensor,
                                       std::initializer_list<std::optional<double>> pipeline,
                                       std::initializer_list<std::optional<double>> data,
                                       std::initializer_list<std::optional<double>> expert) {
    auto const t = first_of(tensor), p = first_of(pipeline), d = first_of(data), e = first_of(expert);
    if (!t && !p && !d && !e) return std::nullopt;
    auto const count = [](std::optional<double> n) { return static_cast<int>(n.value_or(1)); };
    return Parallelism{count(t), count(p), count(d), count(e)};
}

}  // namespace runrate
