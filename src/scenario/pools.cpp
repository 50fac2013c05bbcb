#include "scenario/pools.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "calibration/calibration_file.h"
#include "catalogue/load_catalogue.h"
#include "catalogue/make_replica.h"
#include "engine/check_replica.h"
#include "engine/replica_engine.h"
#include "hardware/memory.h"
#include "scenario/books.h"

namespace runrate {
namespace {

namespace fs = std::filesystem;
using Folders = std::vector<fs::path>;

/// The first of what a loader found, with its place.
std::string first_line(std::string const& said) { return said.substr(0, said.find('\n')); }

/// Notes the bytes of a file that was read by its own loader.
void remember(Files& files, fs::path const& path, std::string const& name, std::string const& kind) {
    constexpr std::size_t largest = std::size_t{16} << 20;
    std::string fault;
    if (auto const bytes = read_bounded(path, largest, fault)) files.remember(name, *bytes, kind);
}

Catalogue catalogue_of(Folders const& folders, Files& files) {
    for (auto const& folder : folders)
        for (auto const* name : {"gpus.yaml", "models.yaml", "engines.yaml"})
            remember(files, folder / name, (folder.filename() / name).string(), "catalogue");
    return load_catalogue(folders);
}

/// Calibrations by how pools name them, each read once.
class Calibrations {
public:
    Calibrations(Folders const& folders, Files& files) : folders_{folders}, files_{files} {}

    /// The one that is meant; nothing, with an error at its place, where it cannot be read.
    Calibration const* of(std::string const& name, Cursor const& at) {
        auto const known = read_.find(name);
        if (known != read_.end()) return &known->second;
        auto const path = path_of(name);
        if (!path) {
            at.error(name == "auto"
                         ? "no calibration is installed (name a file that calibrate wrote)"
                         : fmt::format("no calibration '{}' beside the scenario or among the shipped ones", name));
            return nullptr;
        }
        try {
            auto const place = read_.emplace(name, load_calibration(*path)).first;
            remember(files_, *path, path->filename().string(), "calibration");
            return &place->second;
        } catch (InputError const& error) {
            at.error(fmt::format("cannot use calibration '{}' ({})", name, first_line(error.what())));
            return nullptr;
        }
    }

private:
    [[nodiscard]] std::optional<fs::path> path_of(std::string const& name) const {
        if (name == "auto") return newest_calibration(folders_);
        Folders all = folders_;
        for (auto const& folder : folders_) all.push_back(folder / "fits");
        return find_book(name, files_.folder(), all);
    }

    Folders const& folders_;
    Files& files_;
    std::map<std::string, Calibration> read_;
};

/// What the catalogue calls it; nothing, with an error at the key, where it has no such entry.
template <class Find>
auto const* found(Find const& find, Catalogue const& catalogue, std::string const& name, Cursor const& at) {
    auto const result = find(catalogue, name);
    if (auto const* fault = std::get_if<1>(&result)) at.error(*fault);
    auto const* const* entry = std::get_if<0>(&result);
    return entry ? *entry : nullptr;
}

/// The engine's manner in the catalogue: an engine of somebody's own that was measured schedules as its kind.
std::string manner_name(PoolText const& t, Catalogue const& catalogue, Calibration const* known) {
    bool const measured = known && std::count(known->names.engines.begin(), known->names.engines.end(), t.engine) > 0;
    return measured ? manner_of(catalogue, t.engine) : t.engine;
}

std::optional<Replica> parts_of(PoolText const& t, Catalogue const& catalogue, Calibration const* known,
                                Cursor const& at) {
    auto const* model = found(find_model, catalogue, t.model, *at.find("model"));
    auto const* gpu = found(find_gpu, catalogue, t.gpu, *at.find("gpu"));
    auto const* engine = found(find_engine, catalogue, manner_name(t, catalogue, known), *at.find("engine"));
    if (!model || !gpu || !engine) return std::nullopt;
    Replica r{.model = *model,
              .gpu = *gpu,
              .precision = t.weights.value_or(model->native),
              .kv_precision = t.kv,
              .parallel = t.parallel,
              .engine = on_gpu(*engine, *gpu),
              .kv_tokens = t.kv_tokens};
    if (t.sequences) r.engine.max_sequences = *t.sequences;
    if (t.chunk) r.engine.token_budget = *t.chunk;
    if (t.memory_share) r.engine = with_memory_share(r.engine, *t.memory_share);
    if (auto const fault = parallel_fault(r)) {
        constexpr std::array kinds{"tensor", "pipeline", "expert"};
        at.find("gpus_per_replica")
            ->error(fmt::format("{} parallelism: {}", kinds[static_cast<std::size_t>(fault->kind)], fault->text));
        return std::nullopt;
    }
    return r;
}

/// Reports weights that do not fit, and a cache without room.
void check_memory(PoolText const& t, Replica r, Cursor const& at) {
    if (r.kv_tokens && *r.kv_tokens < r.engine.block_tokens)
        at.find("limits")->find("kv")->error(
            fmt::format("a KV cache of less than one block ({} tokens)", r.engine.block_tokens));
    r.kv_tokens.reset();
    try {
        static_cast<void>(kv_capacity_tokens(r));
    } catch (std::invalid_argument const& error) { return at.find("gpus_per_replica")->error(error.what()); }
    if (t.memory_share && bytes_left_for_kv(r) <= 0)
        at.find("limits")->find("kv")->error(
            fmt::format("leaves no room for the KV cache beside {:.1f} GB of weights and {:.1f} GB of other memory on "
                        "each GPU of {:.1f} GB",
                        weight_bytes(r) / 1e9, r.engine.reserved_bytes / 1e9, r.gpu.memory_bytes / 1e9));
}

/// Whether an engine can be made of it.
bool check_engine(PoolText const& t, Replica const& r, Cursor const& at) {
    auto const before = at.log().entries().size();
    try {
        static_cast<void>(checked(r));
        if (auto const tokens = most_tokens_of_iteration(r); tokens > most_batch_tokens)
            at.error(fmt::format("an iteration of up to {} tokens is beyond {} (lower chunk, sequences or data)",
                                 tokens, most_batch_tokens));
    } catch (std::invalid_argument const& error) { at.find("limits")->error(error.what()); }
    check_memory(t, r, at);
    return no_errors_since(at.log(), before);
}

std::optional<Pool> pool_of(std::string const& name, PoolText const& t, Catalogue const& catalogue,
                            Calibrations& calibrations, Cursor const& at) {
    auto const* known = t.capacity ? nullptr : calibrations.of(t.calibration, *at.find("calibration"));
    if (!t.capacity && !known) {  // what the calibration might know of engines is not known
        found(find_model, catalogue, t.model, *at.find("model"));
        found(find_gpu, catalogue, t.gpu, *at.find("gpu"));
        return std::nullopt;
    }
    auto const replica = parts_of(t, catalogue, known, at);
    if (!replica) return std::nullopt;
    Pool pool{
        .name = name, .replica = *replica, .engine = engine_class(catalogue, t.engine), .speed = {}, .fleet = t.fleet};
    pool.replica.prefix_cache = t.fleet.prefix_cache;
    if (t.capacity) {
        pool.speed = *t.capacity;
        return pool;
    }
    if (!check_engine(t, pool.replica, at)) return std::nullopt;
    auto const speed = speed_of(*known, pool.replica, pool.engine);
    if (speed.evidence != Evidence::covered)
        at.warning(
            fmt::format("step times of pool '{}' are not measured ({}; one short benchmark and `calibrate` "
                        "narrow its interval)",
                        name, speed.origin));
    pool.speed = CalibratedSpeed{known->name, speed};
    return pool;
}

}  // namespace

std::vector<Pool> pools_of(PoolTexts const& texts, Folders const& folders, Reading& reading, Cursor const& section) {
    std::vector<Pool> pools;
    if (texts.empty()) return pools;
    Catalogue catalogue;
    try {
        catalogue = catalogue_of(folders, reading.files);
    } catch (InputError const& error) {
        section.error(fmt::format("the catalogue cannot be used ({})", first_line(error.what())));
        return pools;
    }
    Calibrations calibrations{folders, reading.files};
    for (auto const& [name, text] : texts) {
        if (!text) continue;
        if (auto pool = pool_of(name, *text, catalogue, calibrations, *section.find(name)))
            pools.push_back(std::move(*pool));
    }
    return pools;
}

}  // namespace runrate
