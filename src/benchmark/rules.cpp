#include "benchmark/rules.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

namespace runrate {
namespace {

using Index = std::size_t;

/// Which rows go, and why.
class Dropped {
public:
    explicit Dropped(Benchmarks& rows) : rows_{rows}, gone_(rows.rows.size()) {}

    void drop(Index row, char const* rule, std::string detail) {
        if (gone_[row]) return;
        gone_[row] = true;
        rows_.skipped.push_back({rows_.rows[row].where, rule, std::move(detail)});
    }
    [[nodiscard]] bool gone(Index row) const { return gone_[row]; }

    void apply() {
        Index kept = 0;
        for (Index i = 0; i < gone_.size(); ++i) {
            if (gone_[i]) continue;
            if (kept != i) rows_.rows[kept] = std::move(rows_.rows[i]);
            ++kept;
        }
        rows_.rows.resize(kept);
    }

private:
    Benchmarks& rows_;
    std::vector<bool> gone_;
};

std::tuple<int, int, int, int> key_of(std::optional<Parallelism> const& p) {
    if (!p) return {0, 0, 0, 0};
    return {p->tensor, p->pipeline, p->data, p->expert};
}

auto key_of(Setup const& s) {
    return std::make_tuple(s.model, s.gpu, s.engine, s.precision, key_of(s.parallel), s.kv_tokens, s.max_sequences,
                           s.token_budget);
}

/// All of a load but its level. Versions of an engine come and go in a cell; dates tell them apart.
auto shape_of(Measurement const& m) {
    return std::make_tuple(key_of(m.setup), m.protocol, m.request_rate, m.burstiness, m.prompt_tokens, m.output_tokens,
                           m.shortest_share);
}

auto cell_of(Measurement const& m) { return std::make_tuple(shape_of(m), m.concurrency); }

/// Rows of equal key, in order of rows.
template <class Key>
auto grouped(Benchmarks const& rows, Key key) {
    std::map<decltype(key(rows.rows[0])), std::vector<Index>> groups;
    for (Index i = 0; i < rows.rows.size(); ++i)
        if (rows.rows[i].protocol != Protocol::request_log) groups[key(rows.rows[i])].push_back(i);
    return groups;
}

/// The lower of two neighbours whose TPOT falls is the outlier when it lies above those around both, or above what
/// growth in proportion to concurrency, the most there is, makes of the row before it.
bool lower_is_out(std::vector<Measurement> const& rows, std::vector<Index> const& chain, std::size_t lower) {
    auto const& low = rows[chain[lower]];
    auto const* const before = lower > 0 ? &rows[chain[lower - 1]] : nullptr;
    auto const* const beyond = lower + 2 < chain.size() ? &rows[chain[lower + 2]] : nullptr;
    if (before != nullptr && *low.tpot_s > *before->tpot_s * low.concurrency / before->concurrency) return true;
    return beyond != nullptr && *low.tpot_s > *beyond->tpot_s && (before == nullptr || *low.tpot_s > *before->tpot_s);
}

constexpr double most_fall = 0.12, most_wait_s = 8, most_of_peak = 0.75, least_growth = 0.05, most_spread = 2,
                 least_of_step = 0.9;

/// Whether requests waited longer for their first token than for all others: a queue, not a step.
bool queued(Measurement const& m) {
    if (m.protocol == Protocol::request_log || !m.ttft_s || !m.tpot_s || *m.ttft_s <= most_wait_s) return false;
    return *m.ttft_s > 0.5 * m.e2e_s.value_or(*m.ttft_s + *m.tpot_s * (m.output_tokens - 1));
}

void drop_capped(Benchmarks const& rows, std::vector<Index> const& group, Dropped& dropped) {
    for (Index const i : group) {
        auto const& high = rows.rows[i];
        if (!queued(high)) continue;
        for (Index const j : group) {
            auto const& low = rows.rows[j];
            bool const fewer = low.tpot_s && low.concurrency <= high.concurrency / 2;
            if (!fewer || *high.tpot_s > (1 + least_growth) * *low.tpot_s) continue;
            dropped.drop(i, "the engine capped its batch below the concurrency",
                         fmt::format("{:.3g} ms at {:g}, {:.3g} ms at {:g}", *low.tpot_s * 1e3, low.concurrency,
                                     *high.tpot_s * 1e3, high.concurrency));
            break;
        }
    }
}

void drop_falls(Benchmarks const& rows, std::vector<Index> chain, Dropped& dropped) {
    auto const level = [&](Index i) { return rows.rows[i].concurrency; };
    auto const tpot = [&](Index i) { return *rows.rows[i].tpot_s; };
    std::erase_if(chain, [&](Index i) { return !rows.rows[i].tpot_s; });
    std::stable_sort(chain.begin(), chain.end(), [&](Index a, Index b) { return level(a) < level(b); });
    for (std::size_t i = 0; i + 1 < chain.size();) {
        Index const low = chain[i], high = chain[i + 1];
        if (level(low) == level(high) || tpot(high) >= (1 - most_fall) * tpot(low)) {
            ++i;
            continue;
        }
        auto const out = lower_is_out(rows.rows, chain, i) ? i : i + 1;
        dropped.drop(chain[out], "TPOT falls by more than 12 % as concurrency grows",
                     fmt::format("{:.3g} ms at {:g}, {:.3g} ms at {:g}", tpot(low) * 1e3, level(low), tpot(high) * 1e3,
                                 level(high)));
        chain.erase(chain.begin() + static_cast<std::ptrdiff_t>(out));
        if (i > 0) --i;
    }
}

void drop_far_from_median(Benchmarks const& rows, std::vector<Index> group, Dropped& dropped) {
    auto const tpot = [&](Index i) { return *rows.rows[i].tpot_s; };
    std::erase_if(group, [&](Index i) { return !rows.rows[i].tpot_s; });
    std::stable_sort(group.begin(), group.end(), [&](Index a, Index b) { return tpot(a) < tpot(b); });
    if (group.size() < 2 || tpot(group.back()) <= most_spread * tpot(group.front())) return;
    double const median = tpot(group[group.size() / 2]);
    for (Index const i : group) {
        bool const near = tpot(i) * most_spread >= median && tpot(i) <= most_spread * median;
        if (near && group.size() > 2) continue;
        dropped.drop(i, "contradicts another row of the same load",
                     fmt::format("{:.3g} ms against {:.3g} ms", tpot(i) * 1e3,
                                 tpot(i) < median ? tpot(group.back()) * 1e3 : tpot(group.front()) * 1e3));
    }
}

/// FLOP/s that a row implies.
double implied_flops(Measurement const& m, double active_parameters) {
    double const latency_s = *m.ttft_s + *m.tpot_s * (m.output_tokens - 1);
    double const tokens = (m.prompt_tokens + m.output_tokens) * (1 + m.shortest_share) / 2;
    return m.concurrency / latency_s * tokens * 2 * active_parameters;
}

}  // namespace

void drop_duplicates(Benchmarks& rows) {
    Dropped dropped{rows};
    auto const key = [](Measurement const& m) {
        return std::make_tuple(key_of(m.setup), m.protocol, m.ttft_s, m.tpot_s);
    };
    for (auto const& [_, group] : grouped(rows, key))
        for (std::size_t i = 1; i < group.size(); ++i)
            if (rows.rows[group[0]].ttft_s && rows.rows[group[0]].tpot_s)
                dropped.drop(group[i], "the same latencies as another row of its setup", rows.rows[group[0]].where);
    dropped.apply();
}

void keep_newest(Benchmarks& rows) {
    Dropped dropped{rows};
    for (auto const& [_, group] : grouped(rows, cell_of)) {
        auto const newest = *std::max_element(group.begin(), group.end(),
                                              [&](Index a, Index b) { return rows.rows[a].date < rows.rows[b].date; });
        for (Index const i : group)
            if (rows.rows[i].date < rows.rows[newest].date)
                dropped.drop(i, "a newer row of its cell", rows.rows[newest].where);
    }
    dropped.apply();
}

void drop_falling_tpot(Benchmarks& rows) {
    Dropped dropped{rows};
    for (auto const& [_, group] : grouped(rows, shape_of))
        if (rows.rows[group[0]].protocol == Protocol::closed_loop) drop_falls(rows, group, dropped);
    dropped.apply();
}

void drop_capped_batches(Benchmarks& rows) {
    Dropped dropped{rows};
    for (auto const& [_, group] : grouped(rows, shape_of))
        if (rows.rows[group[0]].protocol == Protocol::closed_loop) drop_capped(rows, group, dropped);
    dropped.apply();
}

void drop_queued_ttft(Benchmarks& rows) {
    for (auto& m : rows.rows) {
        if (!queued(m)) continue;
        rows.skipped.push_back({m.where, "TTFT alone: a queue in front of a full KV cache",
                                fmt::format("{:.3g} s at {:.3g} ms a token", *m.ttft_s, *m.tpot_s * 1e3)});
        m.ttft_s = m.e2e_s = std::nullopt;
    }
}

void drop_beyond_peak(Benchmarks& rows, HardwareFacts const& facts) {
    Dropped dropped{rows};
    for (Index i = 0; i < rows.rows.size(); ++i) {
        auto const& m = rows.rows[i];
        if (m.protocol != Protocol::closed_loop || !m.ttft_s || !m.tpot_s) continue;
        auto const known = facts ? facts(m.setup) : std::nullopt;
        if (!known || !(known->peak_flops > 0)) continue;
        double const share = implied_flops(m, known->active_parameters) / known->peak_flops;
        if (share > most_of_peak)
            dropped.drop(i, "more than 75 % of peak FLOP/s", fmt::format("{:.0f} %", share * 100));
    }
    dropped.apply();
}

void drop_contradictions(Benchmarks& rows) {
    Dropped dropped{rows};
    for (auto const& [_, group] : grouped(rows, cell_of)) drop_far_from_median(rows, group, dropped);
    dropped.apply();
}

void drop_faster_than_memory(Benchmarks& rows, HardwareFacts const& facts) {
    Dropped dropped{rows};
    for (Index i = 0; i < rows.rows.size(); ++i) {
        auto const& m = rows.rows[i];
        auto const known = facts && m.tpot_s ? facts(m.setup) : std::nullopt;
        if (known && *m.tpot_s < least_of_step * known->least_step_s)
            dropped.drop(i, "a token in less time than its weights can be read (speculated, or another unit)",
                         fmt::format("{:.3g} ms, {:.3g} ms to read", *m.tpot_s * 1e3, known->least_step_s * 1e3));
    }
    dropped.apply();
}

void apply_general_rules(Benchmarks& rows, HardwareFacts const& facts) {
    drop_duplicates(rows);
    keep_newest(rows);
    drop_contradictions(rows);
    drop_faster_than_memory(rows, facts);
    drop_beyond_peak(rows, facts);
    drop_falling_tpot(rows);
    drop_capped_batches(rows);
    drop_queued_ttft(rows);
}

}  // namespace runrate
