#include "catalogue/make_replica.h"

#include <fmt/format.h>

namespace runrate {
namespace {

/// What was found, with the fault noted where nothing was.
template <class T>
T const* or_fault(std::variant<T const*, std::string> const& found, std::vector<std::string>& faults) {
    if (auto const* fault = std::get_if<std::string>(&found)) return faults.push_back(*fault), nullptr;
    return std::get<T const*>(found);
}

}  // namespace

EngineManner on_gpu(EngineManner engine, Gpu const& gpu) {
    for (auto const& limits : engine.by_memory) {
        if (gpu.memory_bytes < limits.from_bytes) break;
        engine.token_budget = limits.token_budget;
        engine.max_sequences = limits.max_sequences;
    }
    return engine;
}

EngineManner with_memory_share(EngineManner engine, double share) {
    bool const of_what_is_left = engine.weights_share == engine.memory_share;
    if (of_what_is_left) {
        engine.reserved_bytes *= share / engine.memory_share;
        engine.weights_share = share;
    }
    engine.memory_share = share;
    return engine;
}

std::optional<ParallelFault> parallel_fault(Replica const& r) {
    using Kind = ParallelFault::Kind;
    auto const& p = r.parallel;
    if (r.model.heads % p.tensor != 0)
        return ParallelFault{
            Kind::tensor, fmt::format("{} does not divide the {} heads of {}", p.tensor, r.model.heads, r.model.name)};
    if (p.pipeline > r.model.layers)
        return ParallelFault{Kind::pipeline, fmt::format("{} is more than the {} layers of {}", p.pipeline,
                                                         r.model.layers, r.model.name)};
    if (p.expert == 1) return std::nullopt;
    if (!r.model.experts)
        return ParallelFault{Kind::expert,
                             fmt::format("{} spreads experts, and {} has none (leave it out)", p.expert, r.model.name)};
    if (p.expert > p.tensor * p.data)
        return ParallelFault{Kind::expert, fmt::format("{} is more than the {} GPUs of a stage (tensor times data)",
                                                       p.expert, p.tensor * p.data)};
    return std::nullopt;
}

std::variant<Replica, std::string> make_replica(Catalogue const& catalogue, ReplicaParts const& parts) {
    std::vector<std::string> faults;
    auto const* model = or_fault(find_model(catalogue, parts.model), faults);
    auto const* gpu = or_fault(find_gpu(catalogue, parts.gpu), faults);
    auto const* engine = or_fault(find_engine(catalogue, parts.engine), faults);
    auto const& p = parts.parallel;
    if (p.tensor < 1 || p.pipeline < 1 || p.data < 1 || p.expert < 1)
        faults.emplace_back("parallelism must be at least 1 of each kind");
    if (!faults.empty()) return fmt::format("{}", fmt::join(faults, "; "));
    Replica replica;
    replica.model = *model;
    replica.gpu = *gpu;
    replica.precision = parts.precision.value_or(model->native);
    replica.parallel = p;
    replica.engine = on_gpu(*engine, *gpu);
    return replica;
}

}  // namespace runrate
