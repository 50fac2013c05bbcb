#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace runrate {

/// What a challenger costs more than a baseline, at rising volumes, in every draw of the same worlds.
struct Differences {
    std::vector<double> volumes;               ///< multipliers, rising
    std::vector<std::vector<double>> samples;  ///< [volume][draw]
    std::vector<std::uint32_t> groups;         ///< by draw: whose spread of means is the error
};

/// A volume from which on the challenger is cheaper with a probability, at every volume up to the end of the range.
struct SafeVolume {
    enum class Kind : std::uint8_t { from, always, never } kind = Kind::never;
    double volume = 0;  ///< of `from`
};

/// How probable it is that the challenger is no dearer at a volume.
struct CheaperAt {
    double volume = 1, probability = 0, standard_error = 0;
    double mean = 0;  ///< of the difference
};

/// Volumes at which the mean difference is at most zero.
struct CheaperInterval {
    double from = 0, to = 0;
};

/// Where single draws cross for good: of those that do, quantiles; how many never or always are cheaper.
struct DrawCrossings {
    std::optional<double> p5, p50, p95;
    double never = 0, always = 0;  ///< shares of the draws
};

/// What a wrong choice costs on average at a volume: of the challenger where it is dearer, of the baseline where that
/// is.
struct Regret {
    double challenger = 0, baseline = 0;
};

/// Volumes evenly in logarithms, with 1 among them where it lies between. \pre 0 < from < to, at least 3 points
std::vector<double> even_volumes(double from, double to, std::size_t points);

std::vector<CheaperAt> cheaper_at(Differences const&);

/// The smallest volume from which on P(D <= 0) is at least `probability` everywhere; between volumes every draw is
/// linear.
SafeVolume safe_volume(Differences const&, double probability);

/// Where the mean difference is at most zero; between volumes it is linear. A staircase has several.
std::vector<CheaperInterval> cheaper_intervals(std::vector<CheaperAt> const&);

DrawCrossings crossings(Differences const&);

/// \param samples  differences at one volume
Regret regret(std::span<double const> samples);

}  // namespace runrate
