#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace runrate {

/// A figure of an article: where it stands in the result, and what it has to be.
struct ExpectedRow {
    std::string file, option;
    double scale = 1;
    std::string period, feature, what;
    double expected = 0;
    std::string tolerance;  ///< 0, a number, `4se` or `half`; README.md
    std::string source;
};

inline std::ostream& operator<<(std::ostream& out, ExpectedRow const& row) {
    return out << row.file << ' ' << row.option << ' ' << row.what << " = " << row.expected;
}

inline std::vector<std::string> cells_of(std::string const& line) {
    std::vector<std::string> cells;
    std::istringstream in{line};
    for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
    return cells;
}

/// The rows of expected.csv. \throws std::runtime_error on a line without nine cells
inline std::vector<ExpectedRow> expected_rows() {
    std::ifstream in{std::string{RUNRATE_SOURCE_DIR} + "/tests/articles/expected.csv"};
    std::vector<ExpectedRow> rows;
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        auto const c = cells_of(line);
        if (c.size() != 9) throw std::runtime_error("not nine cells: " + line);
        rows.push_back({c[0], c[1], std::stod(c[2]), c[3], c[4], c[5], std::stod(c[6]), c[7], c[8]});
    }
    return rows;
}

inline std::string article_folder() { return std::string{RUNRATE_SOURCE_DIR} + "/scenarios/articles/"; }

inline std::vector<std::string> article_files() {
    std::vector<std::string> names;
    for (auto const& entry : std::filesystem::directory_iterator{article_folder()}) {
        if (entry.path().extension() == ".yaml") names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace runrate
