#pragma once

#include <string>
#include <vector>

#include "projection/volume.h"
#include "scenario/scenario.h"

namespace runrate {

/// How features share traffic: as they are expected to, or otherwise, with as many sessions in the compared month.
struct Mix {
    enum class Kind : std::uint8_t {
        reference,  ///< as expected
        alone,      ///< one feature and no other
        of_month    ///< as in another month
    };
    Kind kind = Kind::reference;
    std::size_t feature = 0, month = 0;
};

/// `reference`, `support-chat alone`, `mix of 2027-12`.
std::string name_of(Mix const&, Scenario const&);

/// Whether the sessions of a feature are those that volumes are counted in: visits; items of jobs where nobody visits.
bool counts_sessions(Scenario const&, std::size_t feature);

/// Multiplies every feature's expected volumes by one factor, so that the compared month has the mix.
void apply_mix(Mix const&, Scenario const&, std::vector<std::vector<MonthVolume>>& volumes);

}  // namespace runrate
