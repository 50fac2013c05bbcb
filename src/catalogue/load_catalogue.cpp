#include "catalogue/load_catalogue.h"

#include <system_error>

#include <fmt/format.h>

#include "core/bounded_file.h"

namespace runrate {
namespace {

constexpr std::size_t largest_file = std::size_t{4} << 20;

struct CatalogueFile {
    char const* name;
    void (*read)(std::string const&, std::string const&, Diagnostics&, Catalogue&);
};

void load(CatalogueFile const& file, std::vector<std::filesystem::path> const& folders, Diagnostics& log,
          Catalogue& catalogue) {
    bool found = false;
    for (auto const& folder : folders) {
        auto const path = folder / file.name;
        std::error_code failed;
        if (!std::filesystem::exists(path, failed)) continue;
        found = true;
        std::string fault;
        if (auto const bytes = read_bounded(path, largest_file, fault))
            file.read(path.string(), *bytes, log, catalogue);
        else
            log.error({log.add_source(path.string(), ""), 0, 0}, fmt::format("cannot be read ({})", fault));
    }
    if (!found)
        log.error({log.add_source(file.name, ""), 0, 0},
                  "not found (it belongs in the folder `calibration` of the installation)");
}

}  // namespace

Catalogue load_catalogue(std::vector<std::filesystem::path> const& folders) {
    Diagnostics log;
    Catalogue catalogue;
    for (auto const& file : {CatalogueFile{"gpus.yaml", read_gpus}, CatalogueFile{"models.yaml", read_models},
                             CatalogueFile{"engines.yaml", read_engines}})
        load(file, folders, log, catalogue);
    if (log.has_errors()) throw InputError(log.render());
    return catalogue;
}

}  // namespace runrate
