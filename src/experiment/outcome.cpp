#include "experiment/outcome.h"

#include <algorithm>

#include "cost/meter_price.h"

namespace runrate {

std::size_t Experiment::nearest_scale(double multiple) const {
    auto const distance = [&](double scale) { return std::max(scale / multiple, multiple / scale); };
    auto const nearest =
        std::min_element(scales.begin(), scales.end(), [&](double a, double b) { return distance(a) < distance(b); });
    return static_cast<std::size_t>(nearest - scales.begin());
}

SessionTokens session_tokens(FeatureUsage const& usage) {
    SessionTokens tokens;
    auto const width = usage.keys.size() * meter_count;
    auto const counts = [](std::size_t i) { return counts_tokens(static_cast<Meter>(i % meter_count)); };
    for (std::size_t a = 0; a < width; ++a) {
        if (!counts(a)) continue;
        tokens.mean += usage.mean[a / meter_count][a % meter_count];
        for (std::size_t b = 0; b < width; ++b) tokens.variance += counts(b) ? usage.covariance[a * width + b] : 0;
    }
    tokens.variance = std::max(0.0, tokens.variance);
    return tokens;
}

std::vector<Meters> meters_in(FeatureUsage const& usage, SharedMonths const& months, std::size_t cell) {
    auto meters = usage.mean;
    for (std::size_t p = 0; p < usage.shared.size(); ++p) {
        auto const& prefix = usage.shared[p];
        auto const at = cell * usage.shared.size() + p;
        double const moved = prefix.at_risk * months.missed[at];
        meters[prefix.usage][static_cast<std::size_t>(Meter::cache_read)] -= moved;
        meters[prefix.usage][static_cast<std::size_t>(prefix.on_miss)] += moved;
        meters[prefix.usage][static_cast<std::size_t>(Meter::cache_storage)] += months.stored[at];
    }
    return meters;
}

namespace {

/// What all blends take; more than all where limits overlap.
double taken_share(OptionOutcome const& out, std::size_t feature, std::size_t cell) {
    double taken = 0;
    for (auto const& blend : out.strain.blends[feature]) taken += blend.share[cell];
    return taken;
}

}  // namespace

double usual_share(OptionOutcome const& out, std::size_t feature, std::size_t cell) {
    return std::max(0.0, 1 - taken_share(out, feature, cell));
}

double blend_share(OptionOutcome const& out, std::size_t feature, Blend const& blend, std::size_t cell) {
    return blend.share[cell] / std::max(1.0, taken_share(out, feature, cell));
}

std::vector<Meters> meters_of(OptionOutcome const& out, std::size_t feature, std::size_t cell) {
    auto meters = meters_in(out.usage[feature], out.shared[feature], cell);
    if (out.strain.blends[feature].empty()) return meters;
    double const usual = usual_share(out, feature, cell);
    for (auto& of_key : meters) {
        for (double& meter : of_key) meter *= usual;
    }
    for (auto const& blend : out.strain.blends[feature]) {
        double const share = blend_share(out, feature, blend, cell);
        if (!blend.served || share == 0) continue;
        auto const other = meters_in(blend.usage, blend.shared, cell);
        for (std::size_t k = 0; k < meters.size(); ++k) {
            for (std::size_t m = 0; m < meter_count; ++m) meters[k][m] += share * other[k][m];
        }
    }
    return meters;
}

}  // namespace runrate
