#include "benchmark/csv_table.h"

#include <charconv>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

#include "core/diagnostics.h"
#include "rows/csv.h"

namespace runrate {

namespace {

ByteSource open_file(std::filesystem::path const& path) {
    std::istringstream no_input;  // of `-`, which no table is
    return {path.string(), no_input};
}

}  // namespace

CsvTable::CsvTable(std::filesystem::path const& path) : records_{open_file(path)} {
    auto const header = records_.csv_record();
    if (!header) throw InputError(fmt::format("{}: the file is empty", path.string()));
    header_ = *header;
    std::optional<RowFault> fault;
    split_csv(header_, cells_, unquoted_, fault);
    if (fault) throw InputError(fmt::format("{}:1: {}", path.string(), fault->text()));
    for (std::size_t i = 0; i < cells_.size(); ++i) columns_.emplace(cells_[i], i);
}

bool CsvTable::next() {
    auto const record = records_.csv_record();
    if (!record) return false;
    std::optional<RowFault> fault;
    split_csv(*record, cells_, unquoted_, fault);
    if (!fault && cells_.size() != columns_.size())
        fault = RowFault{fmt::format("has not the header's {} columns", columns_.size()),
                         fmt::format("found {}", cells_.size())};
    if (fault) throw InputError(fmt::format("{}: {}", where(), fault->text()));
    return true;
}

std::string_view CsvTable::text(std::string_view column) const {
    auto const at = columns_.find(column);
    return at == columns_.end() ? std::string_view{} : cells_[at->second];
}

std::optional<double> CsvTable::number(std::string_view column) const {
    auto const cell = text(column);
    double value = 0;
    auto const [end, wrong] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (cell.empty() || wrong != std::errc{} || end != cell.data() + cell.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

int CsvTable::whole(std::string_view column, int otherwise) const {
    auto const value = number(column);
    return value && std::abs(*value) < 1e9 ? static_cast<int>(*value) : otherwise;
}

std::string CsvTable::where() const { return fmt::format("{}:{}", records_.name(), records_.line_number()); }

}  // namespace runrate
