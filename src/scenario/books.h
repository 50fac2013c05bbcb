#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scenario/reading.h"
#include "scenario/scenario.h"
#include "scenario/sections.h"

namespace runrate {

/// The prices of a scenario: its books, looked up beside it and then in `folders`; without any named, the newest
/// shipped `api-*.yaml`.
PriceTerms read_prices(PriceSection const&, std::vector<std::filesystem::path> const& folders, Reading&);

/// How a vendor caches prompts of a model, and which of it it bills.
CacheRule cache_rule(ModelPrices const&);

/// The file of a price book, beside something or in one of the folders; nothing where there is none.
std::optional<std::filesystem::path> find_book(std::string const& name, std::filesystem::path const& beside,
                                               std::vector<std::filesystem::path> const& folders);

/// The name of the newest shipped book: the last `api-*.yaml` of the first folder that has one.
std::optional<std::string> newest_shipped(std::vector<std::filesystem::path> const& folders);

/// How every target that the options name behaves: cache terms and latency of its prices under the scenario's terms.
/// Reports targets that no book prices.
std::vector<TargetSpec> targets_of(Scenario const&, std::vector<std::pair<std::string, TargetTerms>> const&, Reading&);

}  // namespace runrate
