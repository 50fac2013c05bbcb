#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "catalogue/load_catalogue.h"
#include "catalogue/make_replica.h"
#include "cli/engine_tables.h"
#include "cli/run_cli.h"
#include "rows/csv.h"
#include "runrate/calibration.h"

namespace runrate {

using testing::HasSubstr;
using testing::StartsWith;
using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

inline std::filesystem::path file_named(std::string const& name) {
    // Tests run side by side: each has files of its own.
    std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    std::replace(test.begin(), test.end(), '/', '_');
    return std::filesystem::path{testing::TempDir()} / ("engine_" + test + "_" + name);
}

inline std::string file_of(std::string const& name, std::string const& text) {
    auto const path = file_named(name);
    std::ofstream{path, std::ios::binary} << text;
    return path.string();
}

inline std::string text_of(std::filesystem::path const& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline Replica llama_on_h100() {
    auto const catalogue = load_catalogue({std::string{RUNRATE_SOURCE_DIR} + "/calibration"});
    return std::get<Replica>(make_replica(catalogue, {"llama-3.1-8b", "h100-sxm", "vllm"}));
}

inline Words with(Words first, Words const& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
}

/// By priors, so that times follow from step_time() of default parameters.
inline Words const llama{"--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--calibration", "none"};
inline Words const at_a_rate{"--rate", "2.5", "--prompt", "800:2400", "--output", "180", "--requests", "300"};

inline Ran engine_on(std::string const& list, Words const& more = {}) {
    return run_cli(with(with({"engine", "-"}, llama), more), list);
}
inline Ran engine_drawn(Words const& more = {}) {
    return run_cli(with(with(with({"engine"}, llama), at_a_rate), more));
}

inline Json json_of(Ran const& ran) {
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    return Json::parse(ran.out);
}

inline std::string error_of(Words const& arguments, std::string const& input = {}) {
    auto const ran = run_cli(with({"engine"}, arguments), input);
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_EQ(ran.out, "");
    return ran.err;
}

inline std::vector<std::vector<std::string>> rows_of_csv(std::string const& csv) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines{csv};
    for (std::string line; std::getline(lines, line);) {
        rows.emplace_back();
        std::istringstream cells{line + ","};
        for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    return rows;
}

inline std::string const two = "arrival_s,prompt_tokens,output_tokens\n0,100,3\n0.001,50,2\n";

inline std::string const mooncake =
    "{\"timestamp\": 0, \"input_length\": 1030, \"output_length\": 4, \"hash_ids\": [1, 2, 3]}\n"
    "{\"timestamp\": 5000, \"input_length\": 1100, \"output_length\": 4, \"hash_ids\": [1, 2, 9]}\n";

}  // namespace runrate
