#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenario/pool.h"
#include "scenario/reading.h"

namespace runrate {

/// A pool as the scenario writes it, by names of the catalogue.
struct PoolText {
    std::string model, gpu, engine, calibration;
    std::optional<Precision> weights{}, kv{};
    Parallelism parallel{};
    std::optional<int> sequences{};
    std::optional<std::int64_t> chunk{};
    std::optional<double> memory_share{};
    std::optional<std::int64_t> kv_tokens{};
    std::optional<StatedCapacity> capacity{};
    FleetTerms fleet{};
};
using PoolTexts = std::vector<std::pair<std::string, std::optional<PoolText>>>;  ///< none where there is a mistake

/// `12 per replica`, of requests in flight.
Shape<double> per_replica_shape();
Shape<Router> router_shape();
Shape<PoolObjective> objective_shape();
Shape<AutoscaleTerms> autoscale_shape(Reading&);
Shape<AdmissionTerms> admission_shape();
Shape<FailureTerms> failures_shape(Reading&);

/// Pools by name; the reading knows their names before options are read.
Shape<PoolTexts> pools_shape(Reading&);

/// The pools with what the catalogue and calibrations know of them. Reports names that they lack, engines that cannot
/// be, and models that do not fit. Reads no file where there is no pool.
/// \param folders  looked through for the catalogue and, with their `fits`, for calibrations
/// \param section  `pools`, for the places of what is wrong
std::vector<Pool> pools_of(PoolTexts const&, std::vector<std::filesystem::path> const& folders, Reading&,
                           Cursor const& section);

/// Gives targets that are pools the latency of a replica that is as full as it shall be: what sessions are simulated
/// with where no replica is. None (no time at all) where a pool states its capacity.
void set_usual_latency(Scenario&);

}  // namespace runrate
