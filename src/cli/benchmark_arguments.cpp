#include "cli/benchmark_arguments.h"

#include <algorithm>

#include <fmt/format.h>

#include "benchmark/row.h"
#include "catalogue/load_catalogue.h"
#include "cli/arguments.h"
#include "cli/verbs.h"

namespace runrate {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

std::string text_of(po::variables_map const& v, char const* name) {
    return v.count(name) > 0 ? v[name].as<std::string>() : std::string{};
}

int gpus_of(po::variables_map const& v, char const* name) {
    if (v.count(name) == 0) return 1;
    auto const n = parse_count(name, v[name].as<std::string>(), 4096);
    if (n == 0) throw UsageError(fmt::format("--{} takes a whole number from 1 to 4096 (found '0')", name));
    return static_cast<int>(n);
}

Setup setup_of(po::variables_map const& v) {
    Setup s;
    s.model = text_of(v, "model");
    s.gpu = text_of(v, "gpu");
    s.engine = text_of(v, "engine");
    if (auto const precision = text_of(v, "precision"); !precision.empty()) {
        s.precision = precision_named(precision);
        if (!s.precision)
            throw UsageError(fmt::format("unknown precision '{}' (bf16, fp8, fp4, mxfp4, int8, int4)", precision));
    }
    if (v.count("tp") + v.count("pp") + v.count("dp") + v.count("ep") > 0)
        s.parallel = Parallelism{gpus_of(v, "tp"), gpus_of(v, "pp"), gpus_of(v, "dp"), gpus_of(v, "ep")};
    return s;
}

/// The last `fit-*.yaml` by name of the first folder that has one.
std::optional<fs::path> newest_fit(std::vector<fs::path> const& folders) {
    for (auto const& folder : folders) {
        std::vector<fs::path> found;
        std::error_code failed;
        for (fs::directory_iterator at{folder / "fits", failed}, end; !failed && at != end; at.increment(failed))
            if (at->path().extension() == ".yaml") found.push_back(at->path());
        if (!found.empty()) return *std::max_element(found.begin(), found.end());
    }
    return std::nullopt;
}

}  // namespace

void add_benchmark_options(po::options_description& options) {
    auto const text = [] { return po::value<std::string>(); };
    options.add_options()("model", text(), "what was measured, for rows that do not say so: model,")(
        "gpu", text(), "GPU,")("precision", text(), "precision of the weights,")("tp", text(), "tensor parallelism,")(
        "pp", text(), "stages,")("dp", text(), "ranks of attention,")("ep", text(), "GPUs that share experts,")(
        "engine", text(), "engine: vllm, trtllm, sglang, or a class of your own such as vllm-0.19")(
        "calibration", text()->default_value("newest")->value_name("FILE"),
        "what is known of engines: a file, or the newest that is shipped")(
        "catalogue", po::value<Words>()->composing()->value_name("FOLDER"),
        "look for gpus.yaml, models.yaml and engines.yaml there too, before the shipped ones")(
        "threads", text()->default_value("0"), "0: as many as the machine has")(
        "format", text()->default_value("table"), "table, json, csv or markdown")(
        "table", text()->default_value("errors"), "which table of --format csv");
}

std::vector<fs::path> calibration_folders(po::variables_map const& v, Surroundings const& around) {
    std::vector<fs::path> folders;
    if (v.count("catalogue") > 0)
        for (auto const& folder : v["catalogue"].as<Words>()) folders.emplace_back(folder);
    for (auto const& prices : around.price_folders) folders.push_back(fs::path{prices}.parent_path());
    return folders;
}

Prepared prepared_argument(po::variables_map const& v, Surroundings const& around) {
    if (v.count("files") == 0)
        throw UsageError(
            "no benchmark given (a file of vllm bench serve, guidellm, AIPerf, SGLang, a CSV, a log, or a "
            "folder of them)");
    std::vector<fs::path> paths;
    for (auto const& file : v["files"].as<Words>()) paths.emplace_back(file);
    auto const catalogue = load_catalogue(calibration_folders(v, around));
    return prepare(paths, setup_of(v), catalogue);
}

std::optional<Calibration> calibration_of(std::string const& file, std::vector<fs::path> const& folders) {
    if (file != "newest") return load_calibration(file);
    auto const shipped = newest_fit(folders);
    if (!shipped) return std::nullopt;
    return load_calibration(*shipped);
}

std::optional<Calibration> calibration_argument(po::variables_map const& v, Surroundings const& around) {
    return calibration_of(v["calibration"].as<std::string>(), calibration_folders(v, around));
}

}  // namespace runrate
