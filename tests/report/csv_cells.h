#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace runrate {

/// Cells of CSV text by RFC 4180.
inline std::vector<std::vector<std::string>> csv_cells(std::string const& csv) {
    std::vector<std::vector<std::string>> rows(1, {""});
    bool quoted = false;
    for (std::size_t i = 0; i < csv.size(); ++i) {
        auto& cell = rows.back().back();
        if (csv[i] == '"' && quoted && i + 1 < csv.size() && csv[i + 1] == '"') {
            cell += csv[++i];
        } else if (csv[i] == '"') {
            quoted = !quoted;
        } else if (csv[i] == ',' && !quoted) {
            rows.back().emplace_back();
        } else if (csv[i] == '\n' && !quoted) {
            rows.push_back({""});
        } else {
            cell += csv[i];
        }
    }
    rows.pop_back();
    return rows;
}

}  // namespace runrate
