#include "experiment/outcome.h"

namespace runrate {

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

}  // namespace runrate
