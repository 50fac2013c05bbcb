#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace runrate {

struct Scenario;  ///< the whole input, read and checked

/// Where a scenario comes from and what is changed in it.
struct ScenarioSource {
    std::filesystem::path file;                        ///< `-` reads `text`
    std::string text;                                  ///< the scenario itself where `file` is `-`
    std::vector<std::string> sets;                     ///< `path.to.value=YAML`, applied in order
    std::vector<std::filesystem::path> price_folders;  ///< looked through for price books, after the scenario's own
    /// Looked through for `gpus.yaml`, `models.yaml`, `engines.yaml` and `fits/`, where the scenario has pools; left
    /// empty: the folders that the price folders lie in.
    std::vector<std::filesystem::path> calibration_folders{};
};

/// A scenario that can be run, and what its reading warned of.
struct LoadedScenario {
    std::shared_ptr<Scenario const> scenario;
    std::string warnings;  ///< rendered, for stderr; empty when there are none
    std::string resolved;  ///< YAML of the whole scenario with every default filled in
};

/// Reads a scenario with all that it refers to. \throws InputError (a std::runtime_error) whose text names every
/// mistake at file:line:column; nothing is returned then.
LoadedScenario load_scenario(ScenarioSource const&);

/// The JSON Schema (draft-07) of scenario files, for editors.
std::string scenario_schema();

}  // namespace runrate
