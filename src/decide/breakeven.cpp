#include "decide/breakeven.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "stat/elementary.h"
#include "stat/interval.h"

namespace runrate {
namespace {

/// Where a line between two points is at a level; the first point where it is level.
double at_level(double a, double b, double value_a, double value_b, double level) {
    return value_b == value_a ? a : a + (b - a) * (level - value_a) / (value_b - value_a);
}

/// Shares of draws that are no dearer, by group.
double error_of(std::vector<double> const& samples, std::vector<std::uint32_t> const& groups) {
    std::uint32_t const count = groups.empty() ? 0 : *std::max_element(groups.begin(), groups.end()) + 1;
    std::vector<double> cheaper(count, 0), all(count, 0);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        all[groups[i]] += 1;
        cheaper[groups[i]] += samples[i] <= 0 ? 1 : 0;
    }
    std::vector<double> shares;
    for (std::uint32_t g = 0; g < count; ++g)
        if (all[g] > 0) shares.push_back(cheaper[g] / all[g]);
    return shares.size() > 1 ? estimate(shares).standard_error : 0;
}

}  // namespace

std::vector<double> even_volumes(double from, double to, std::size_t points) {
    RUNRATE_EXPECT(0 < from && from < to && points >= 3);
    std::vector<double> volumes;
    double const step = real::log(to / from) / static_cast<double>(points - 1);
    for (std::size_t i = 0; i + 1 < points; ++i) volumes.push_back(from * real::exp(step * static_cast<double>(i)));
    volumes.push_back(to);
    if (from < 1 && to > 1)
        *std::min_element(volumes.begin() + 1, volumes.end() - 1,
                          [](double a, double b) { return std::abs(real::log(a)) < std::abs(real::log(b)); }) = 1;
    return volumes;
}

std::vector<CheaperAt> cheaper_at(Differences const& d) {
    RUNRATE_EXPECT(d.volumes.size() == d.samples.size() && std::is_sorted(d.volumes.begin(), d.volumes.end()));
    std::vector<CheaperAt> curve;
    for (std::size_t v = 0; v < d.volumes.size(); ++v) {
        auto const& samples = d.samples[v];
        RUNRATE_EXPECT(!samples.empty() && samples.size() == d.groups.size());
        double sum = 0, cheaper = 0;
        for (double const x : samples) {
            sum += x;
            cheaper += x <= 0 ? 1 : 0;
        }
        auto const n = static_cast<double>(samples.size());
        curve.push_back({d.volumes[v], cheaper / n, error_of(samples, d.groups), sum / n});
    }
    return curve;
}

SafeVolume safe_volume(Differences const& d, double probability) {
    auto const draws = static_cast<double>(d.groups.size());
    // Between volumes v and v + 1, so far along.
    auto const cheaper = [&](std::size_t v, double along) {
        auto const& low = d.samples[v];
        auto const& high = d.samples[std::min(v + 1, d.samples.size() - 1)];
        double count = 0;
        for (std::size_t k = 0; k < low.size(); ++k) count += low[k] + along * (high[k] - low[k]) <= 0 ? 1 : 0;
        return count / draws;
    };
    auto first = d.volumes.size();
    while (first > 0 && cheaper(first - 1, 0) >= probability) --first;
    if (first == d.volumes.size()) return {};
    if (first == 0) return {SafeVolume::Kind::always, d.volumes.front()};
    double low = 0, high = 1;
    for (int i = 0; i < 40; ++i) (cheaper(first - 1, (low + high) / 2) >= probability ? high : low) = (low + high) / 2;
    return {SafeVolume::Kind::from, d.volumes[first - 1] + high * (d.volumes[first] - d.volumes[first - 1])};
}

std::vector<CheaperInterval> cheaper_intervals(std::vector<CheaperAt> const& curve) {
    std::vector<CheaperInterval> intervals;
    for (std::size_t i = 0; i < curve.size(); ++i) {
        auto const& here = curve[i];
        bool const before = i > 0 && curve[i - 1].mean <= 0;
        if (here.mean <= 0 && !before) {
            double const from =
                i == 0 ? here.volume : at_level(curve[i - 1].volume, here.volume, curve[i - 1].mean, here.mean, 0);
            intervals.push_back({from, here.volume});
        } else if (here.mean <= 0) {
            intervals.back().to = here.volume;
        } else if (before) {
            intervals.back().to = at_level(curve[i - 1].volume, here.volume, curve[i - 1].mean, here.mean, 0);
        }
    }
    return intervals;
}

DrawCrossings crossings(Differences const& d) {
    DrawCrossings result;
    auto const last = d.volumes.size() - 1;
    auto const draws = d.samples.front().size();
    std::vector<double> at;
    for (std::size_t k = 0; k < draws; ++k) {
        if (d.samples[last][k] > 0) {
            result.never += 1 / static_cast<double>(draws);
            continue;
        }
        auto v = last;
        while (v > 0 && d.samples[v - 1][k] <= 0) --v;
        if (v == 0)
            result.always += 1 / static_cast<double>(draws);
        else
            at.push_back(at_level(d.volumes[v - 1], d.volumes[v], d.samples[v - 1][k], d.samples[v][k], 0));
    }
    if (at.empty()) return result;
    result.p5 = quantile_of(at, 0.05);
    result.p50 = quantile_of(at, 0.5);
    result.p95 = quantile_of(at, 0.95);
    return result;
}

Regret regret(std::span<double const> samples) {
    Regret r;
    for (double const x : samples) {
        r.challenger += std::max(0.0, x);
        r.baseline += std::max(0.0, -x);
    }
    auto const n = std::max<double>(1, static_cast<double>(samples.size()));
    return {r.challenger / n, r.baseline / n};
}

}  // namespace runrate
