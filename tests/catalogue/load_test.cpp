#include "catalogue/load_catalogue.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "catalogue/shipped.h"

namespace runrate {
namespace {

namespace fs = std::filesystem;

fs::path folder() { return fs::path{RUNRATE_SOURCE_DIR} / "tests/catalogue/wrong"; }

std::string bytes_of(fs::path const& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// `wrong/<kind>-name.yaml` is a file of the catalogue; `wrong/<kind>-name.txt` is all that must be said of it.
std::vector<std::string> names() {
    std::vector<std::string> names;
    for (auto const& entry : fs::directory_iterator{folder()})
        if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string said_of(std::string const& name, std::string const& bytes) {
    Diagnostics log;
    Catalogue catalogue;
    auto const kind = name.substr(0, name.find('-'));
    auto* const read = kind == "gpus" ? read_gpus : kind == "models" ? read_models : read_engines;
    read(name + ".yaml", bytes, log, catalogue);
    return log.render();
}

class WrongCatalogue : public testing::TestWithParam<std::string> {};

TEST_P(WrongCatalogue, IsToldSo) {
    EXPECT_EQ(said_of(GetParam(), bytes_of(folder() / (GetParam() + ".yaml"))),
              bytes_of(folder() / (GetParam() + ".txt")));
}

INSTANTIATE_TEST_SUITE_P(Files, WrongCatalogue, testing::ValuesIn(names()), [](auto const& param) {
    auto name = param.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

std::string gpu_text(std::string const& name, std::string const& aliases, std::string const& memory) {
    return "  " + name + ": {aliases: [" + aliases + "], generation: hopper, memory: " + memory +
           ", bandwidth: 1 TB/s, bf16: 1 TFLOP/s, link: 1 GB/s, network: 1 GB/s, power: 1 W, source: a page, as_of: "
           "2026-01-31}\n";
}

TEST(LoadCatalogue, AnEarlierFileGoesBeforeALaterOne) {
    Diagnostics log;
    Catalogue c;
    std::string const head = "schema: runrate/gpus/1\ngpus:\n";
    read_gpus("mine.yaml", head + gpu_text("H100", "mine", "96 GB"), log, c);
    read_gpus("shipped.yaml", head + gpu_text("h100", "h100-sxm", "80 GB") + gpu_text("h200", "mine", "141 GB"), log,
              c);
    EXPECT_EQ(log.render(), "");
    EXPECT_EQ(c.gpus.entries.size(), 2);
    EXPECT_DOUBLE_EQ(found(find_gpu(c, "h100")).memory_bytes, 96e9);
    EXPECT_DOUBLE_EQ(found(find_gpu(c, "mine")).memory_bytes, 96e9);
    EXPECT_DOUBLE_EQ(found(find_gpu(c, "h200")).memory_bytes, 141e9);
    EXPECT_TRUE(std::holds_alternative<std::string>(find_gpu(c, "h100-sxm")));
}

TEST(LoadCatalogue, SaysWhichFilesAreMissing) {
    try {
        load_catalogue({folder() / "absent"});
        FAIL() << "nothing was missed";
    } catch (InputError const& e) {
        EXPECT_EQ(std::string{e.what()},
                  "gpus.yaml: error: not found (it belongs in the folder `calibration` of the installation)\n"
                  "models.yaml: error: not found (it belongs in the folder `calibration` of the installation)\n"
                  "engines.yaml: error: not found (it belongs in the folder `calibration` of the installation)\n");
    }
}

}  // namespace
}  // namespace runrate
