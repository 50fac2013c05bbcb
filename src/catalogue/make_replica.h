#pragma once

#include <optional>
#include <string>
#include <variant>

#include "catalogue/catalogue.h"

namespace runrate {

inline constexpr int most_gpus = 4096;  ///< of each kind of parallelism

/// What a replica is made of, by names of the catalogue.
struct ReplicaParts {
    std::string model, gpu, engine;
    std::optional<Precision> precision{};  ///< left out: as the model is published
    Parallelism parallel{};
};

/// The replica of these parts, or every fault of them. Its batch has the limits that the engine sets for the GPU's
/// memory; whether the weights fit is for `kv_capacity_tokens` to say.
std::variant<Replica, std::string> make_replica(Catalogue const&, ReplicaParts const&);

/// The engine where it may use another share of the memory, or of what weights leave of it where it counts so.
EngineManner with_memory_share(EngineManner, double share);

/// A kind of parallelism that no engine runs so, and why: `3 does not divide the 32 heads of llama-3.1-8b`.
struct ParallelFault {
    enum class Kind : std::uint8_t { tensor, pipeline, expert } kind;
    std::string text;
};
std::optional<ParallelFault> parallel_fault(Replica const&);

/// The engine with the limits that it sets for a GPU.
EngineManner on_gpu(EngineManner, Gpu const&);

}  // namespace runrate
