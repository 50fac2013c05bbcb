#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "scenario/loaded.h"

namespace runrate {
namespace {

namespace fs = std::filesystem;

fs::path folder() { return source_folder() / "tests/scenario/wrong"; }

std::string bytes_of(fs::path const& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// `wrong/NNN-name.yaml` is a scenario; `wrong/NNN-name.txt` is all that must be said of it.
std::vector<std::string> names() {
    std::vector<std::string> names;
    for (auto const& entry : fs::directory_iterator{folder()}) {
        if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// Each first line `# --set path=value` is one.
std::vector<std::string> sets_of(std::string const& text) {
    std::vector<std::string> sets;
    std::string const mark = "# --set ";
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line) && line.starts_with(mark);)
        sets.push_back(line.substr(mark.size()));
    return sets;
}

std::string without_folder(std::string text) {
    auto const prefix = folder().generic_string() + "/";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) text.erase(at, prefix.size());
    return text;
}

std::string said_of_file(std::string const& name) {
    auto const path = folder() / (name + ".yaml");
    try {
        return without_folder(
            load_scenario({path, {}, sets_of(bytes_of(path)), {test_books()}, {source_folder() / "calibration"}})
                .warnings);
    } catch (InputError const& error) { return without_folder(error.what()); }
}

class WrongScenario : public testing::TestWithParam<std::string> {};

TEST_P(WrongScenario, IsToldSo) { EXPECT_EQ(said_of_file(GetParam()), bytes_of(folder() / (GetParam() + ".txt"))); }

std::string test_name(testing::TestParamInfo<std::string> const& info) {
    std::string name = info.param;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Files, WrongScenario, testing::ValuesIn(names()), test_name);

TEST(WrongScenarios, CoverTheLanguage) { EXPECT_GE(names().size(), 90U); }

TEST(WrongScenarios, DifferFromTheGoodOne) { EXPECT_EQ(said_of(good_scenario), ""); }

}  // namespace
}  // namespace runrate
