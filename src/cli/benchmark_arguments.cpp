#include "cli/benchmark_arguments.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "catalogue/load_catalogue.h"
#include "catalogue/make_replica.h"
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

Setup setup_of(po::variables_map const& v) {
    Setup s;
    s.model = text_of(v, "model");
    s.gpu = text_of(v, "gpu");
    s.engine = text_of(v, "engine");
    if (v.count("precision") > 0) s.precision = parse_precision(text_of(v, "precision"));
    auto const gpus = [&](char const* name) {
        return v.count(name) > 0 ? static_cast<int>(at_least_one(name, v, most_gpus)) : 1;
    };
    if (v.count("tp") + v.count("pp") + v.count("dp") + v.count("ep") > 0)
        s.parallel = Parallelism{gpus("tp"), gpus("pp"), gpus("dp"), gpus("ep")};
    return s;
}

WantedEngine wanted_by(Pool const& pool) {
    bool const stated = std::holds_alternative<StatedCapacity>(pool.speed);
    return {fmt::format("pool '{}'", pool.name), pool.engine, pool.replica, stated};
}

}  // namespace

void add_benchmark_options(po::options_description& options, char const* first_table) {
    auto const text = [] { return po::value<std::string>(); };
    auto add = options.add_options();
    add("model", text(), "what was measured, for rows that do not say so: model,");
    add("gpu", text(), "GPU,");
    add("precision", text(), "precision of the weights,");
    add("tp", text(), "tensor parallelism,");
    add("pp", text(), "stages,");
    add("dp", text(), "ranks of attention,");
    add("ep", text(), "GPUs that share experts,");
    add("engine", text(), "engine: vllm, trtllm, sglang, or a class of your own such as vllm-0.19");
    add("calibration", text()->default_value("newest")->value_name("FILE"),
        "what is known of engines: a file, or the newest that is shipped");
    add("catalogue", po::value<Words>()->composing()->value_name("FOLDER"),
        "look for gpus.yaml, models.yaml, engines.yaml and fits/ there too, before the shipped ones");
    add("threads", text()->default_value("0"), "0: as many as the machine has");
    add("format", text()->default_value("table"), "table, json, csv or markdown");
    add("table", text()->default_value("", first_table), "which table of --format csv");
}

std::vector<fs::path> calibration_folders(po::variables_map const& v, Surroundings const& around) {
    std::vector<fs::path> folders;
    auto const add = [&](fs::path const& folder) {
        std::error_code none;
        auto const real = fs::weakly_canonical(folder, none);
        auto const same = [&](fs::path const& other) { return fs::weakly_canonical(other, none) == real; };
        if (std::none_of(folders.begin(), folders.end(), same)) folders.push_back(folder);
    };
    if (v.count("catalogue") > 0) {
        for (auto const& folder : v["catalogue"].as<Words>()) {
            if (!fs::is_directory(folder)) throw UsageError(fmt::format("--catalogue: '{}' is no folder", folder));
            add(folder);
        }
    }
    for (auto const& prices : around.price_folders) add(fs::path{prices}.parent_path());
    return folders;
}

Prepared prepared_argument(po::variables_map const& v, Surroundings const& around, std::string const& data,
                           Pool const* pool) {
    bool const named = v.count("files") > 0;
    if (!named && data.empty())
        throw UsageError(
            "no benchmark given (a file of vllm bench serve, guidellm, AIPerf, SGLang, a CSV, a log, or a "
            "folder of them)");
    std::vector<fs::path> paths;
    if (named)
        for (auto const& file : v["files"].as<Words>()) paths.emplace_back(file);
    else
        paths.push_back(fs::path{data} / "benchmarks");
    auto const catalogue = load_catalogue(calibration_folders(v, around));
    return pool ? prepare_rows_of(wanted_by(*pool), paths, catalogue) : prepare(paths, setup_of(v), catalogue);
}

std::optional<Calibration> calibration_of(std::string const& file, std::vector<fs::path> const& folders) {
    if (file != "newest") return load_calibration(file);
    auto const shipped = newest_calibration(folders);
    if (!shipped) return std::nullopt;
    return load_calibration(*shipped);
}

Calibration calibration_argument(po::variables_map const& v, Surroundings const& around, std::string const& instead) {
    auto known = calibration_of(v["calibration"].as<std::string>(), calibration_folders(v, around));
    if (!known)
        throw UsageError(fmt::format("no calibration is installed (name one with --calibration, or {})", instead));
    return std::move(*known);
}

Work work_argument(po::variables_map const& v, Surroundings const& around, ProgressBar& bar) {
    auto const threads = static_cast<unsigned>(parse_count("threads", v["threads"].as<std::string>(), 1024));
    return {threads, [&](std::string const& next) {
                bar.show(next);
                if (around.stop && around.stop()) throw std::runtime_error("interrupted (nothing was written)");
            }};
}

std::string benchmark_command(std::string const& verb, po::variables_map const& v, std::vector<char const*> more) {
    auto text = verb;
    if (v.count("files") > 0)
        for (auto const& file : v["files"].as<Words>()) text += " " + shell_word(file);
    for (auto const* name : {"model", "gpu", "precision", "tp", "pp", "dp", "ep", "engine", "calibration", "catalogue"})
        more.push_back(name);
    return text + given_options(v, more);
}

}  // namespace runrate
