#include "experiment/mix.h"

#include <algorithm>

namespace runrate {
namespace {

using Volumes = std::vector<std::vector<MonthVolume>>;

double all_sessions(Scenario const& s, Volumes const& volumes, std::size_t month) {
    double sum = 0;
    for (std::size_t f = 0; f < volumes.size(); ++f) sum += counts_sessions(s, f) ? volumes[f][month].sessions : 0;
    return sum;
}

double ratio(double over, double under) { return under > 0 ? over / under : 0; }

}  // namespace

std::string name_of(Mix const& mix, Scenario const& s) {
    switch (mix.kind) {
        case Mix::Kind::reference: return "reference";
        case Mix::Kind::alone: return s.features[mix.feature].name + " alone";
        case Mix::Kind::of_month: return "mix of " + to_string(s.calendar.month(static_cast<int>(mix.month)));
    }
    return "";
}

bool counts_sessions(Scenario const& s, std::size_t feature) {
    auto const visits = [](Feature const& f) { return std::holds_alternative<SessionRate>(f.traffic.volume); };
    return visits(s.features[feature]) || std::none_of(s.features.begin(), s.features.end(), visits);
}

void apply_mix(Mix const& mix, Scenario const& s, Volumes& volumes) {
    if (mix.kind == Mix::Kind::reference) return;
    auto const compared = static_cast<std::size_t>(s.compared_month());
    double const all = all_sessions(s, volumes, compared);
    double const there = all_sessions(s, volumes, mix.month);
    for (std::size_t f = 0; f < volumes.size(); ++f) {
        double const here = volumes[f][compared].sessions;
        double const wanted = mix.kind == Mix::Kind::alone ? (f == mix.feature ? all : 0)
                                                           : all * ratio(volumes[f][mix.month].sessions, there);
        double const factor = ratio(wanted, here);
        for (auto& month : volumes[f]) {
            month.sessions *= factor;
            for (auto& day : month.days) day.sessions *= factor;
        }
    }
}

}  // namespace runrate
