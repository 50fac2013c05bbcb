#include "experiment/outcome.h"

namespace runrate {

std::vector<Meters> with_misses(FeatureUsage const& usage, std::vector<double> const& missed, std::size_t cell) {
    auto meters = usage.mean;
    for (std::size_t p = 0; p < usage.shared.size(); ++p) {
        auto const& prefix = usage.shared[p];
        double const moved = prefix.at_risk * static_cast<double>(missed[cell * usage.shared.size() + p]);
        meters[prefix.usage][static_cast<std::size_t>(Meter::cache_read)] -= moved;
        meters[prefix.usage][static_cast<std::size_t>(prefix.on_miss)] += moved;
    }
    return meters;
}

}  // namespace runrate
