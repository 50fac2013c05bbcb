#pragma once

#include <filesystem>
#include <vector>

#include "catalogue/catalogue.h"
#include "core/diagnostics.h"

namespace runrate {

/// Reads `gpus.yaml`, `models.yaml` and `engines.yaml` of the folders. An entry of an earlier folder goes before one of
/// its name in a later. \throws InputError with every mistake at its place, and for a file that no folder has
Catalogue load_catalogue(std::vector<std::filesystem::path> const& folders);

/// Adds the entries of one file to what the catalogue has; reports mistakes. `name` is what messages call the file.
void read_gpus(std::string const& name, std::string const& bytes, Diagnostics&, Catalogue&);
void read_models(std::string const& name, std::string const& bytes, Diagnostics&, Catalogue&);
void read_engines(std::string const& name, std::string const& bytes, Diagnostics&, Catalogue&);

}  // namespace runrate
