#pragma once

#include <span>
#include <vector>

#include "projection/volume.h"

namespace runrate {

/// A feature whose sessions keep a shared prefix in a vendor's cache.
struct PrefixKeeper {
    Traffic const* traffic = nullptr;
    std::vector<MonthVolume> const* volumes = nullptr;
    PrefixUse use;
};

/// Hours of each month in which a prefix is alive that these features share: [keeper][month]. Each hour counts once; it
/// belongs to the keepers by how many of their sessions keep the prefix alive in it.
///
/// Sessions start as a Poisson process with the rates of the month's mean week, and each keeps the prefix alive for
/// `alive_s` seconds from its start (what several uses leave between them counts as one stretch). So the prefix is gone
/// at t when none has started within `alive_s` before: P(alive) = 1 - exp(-N(t)), N(t) the sessions expected to start
/// in that time. N is linear between whole hours and those plus `alive_s`, and integrates there in closed form. The
/// day factor of a keeper that is alone is averaged over; where several share a prefix, days are taken as usual ones.
/// The items of a schedule's start come together and keep it alive until the next start at most, whatever others do.
std::vector<std::vector<double>> alive_hours(std::span<PrefixKeeper const>, double scale, BeliefValues);

}  // namespace runrate
