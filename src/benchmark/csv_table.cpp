#include "benchmark/csv_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "benchmark/row.h"
#include "rows/csv.h"

namespace runrate {
namespace {

std::string_view trimmed(std::string_view text) {
    auto const from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") + 1 - from);
}

std::string small(std::string_view text) {
    std::string result{trimmed(text)};
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

}  // namespace

CsvTable::CsvTable(BenchmarkText const& text) : name_{text.name}, rest_{text.bytes} {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    if (!next_line()) return;
    for (auto const& field : fields_) columns_.push_back(small(field));
}

bool CsvTable::next() { return next_line(); }

bool CsvTable::next_line() {
    while (!rest_.empty()) {
        auto const end = std::min(rest_.find('\n'), rest_.size());
        auto line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++line_;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (trimmed(line).empty()) continue;
        std::optional<RowFault> fault;
        split_csv(line, fields_, unquoted_, fault);
        unreadable_ = fault ? fault->text() : std::string{};
        return true;
    }
    return false;
}

std::optional<std::size_t> CsvTable::index(std::string_view column) const {
    auto const at = std::find(columns_.begin(), columns_.end(), column);
    if (at == columns_.end()) return std::nullopt;
    return static_cast<std::size_t>(at - columns_.begin());
}

bool CsvTable::has_all(std::initializer_list<std::string_view> columns) const {
    return std::all_of(columns.begin(), columns.end(), [&](auto column) { return has(column); });
}

std::string_view CsvTable::text(std::initializer_list<std::string_view> columns) const {
    for (auto const& column : columns) {
        auto const at = index(column);
        if (at && *at < fields_.size() && !trimmed(fields_[*at]).empty()) return trimmed(fields_[*at]);
    }
    return {};
}

std::optional<double> CsvTable::number(std::initializer_list<std::string_view> columns) {
    std::string cell{text(columns)};
    if (cell.empty()) return std::nullopt;
    std::erase(cell, ',');
    double value = 0;
    auto const [end, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (fault == std::errc{} && end == cell.data() + cell.size()) return value;
    if (unreadable_.empty()) unreadable_ = fmt::format("{} '{}'", *columns.begin(), shown(cell));
    return std::nullopt;
}

std::optional<double> CsvTable::gpus(std::string_view column) {
    auto const value = number(column);
    if (value && !(*value >= 1 && *value <= 4096 && std::floor(*value) == *value) && unreadable_.empty())
        unreadable_ = fmt::format("{} '{}' is no number of GPUs", column, text(column));
    return value;
}

std::optional<Precision> CsvTable::precision(std::string_view column) {
    auto const cell = text(column);
    auto const named = precision_named(cell);
    if (!cell.empty() && !named && unreadable_.empty()) unreadable_ = fmt::format("unknown precision '{}'", cell);
    return named;
}

int CsvTable::whole(std::string_view column, int otherwise) {
    auto const value = number(column);
    return value && *value > -1e9 && *value < 1e9 ? static_cast<int>(*value) : otherwise;
}

void keep_readable(CsvTable const& table, Measurement row, Benchmarks& into) {
    if (table.unreadable().empty()) return keep_row(std::move(row), into);
    into.skipped.push_back({row.where, "a cell is unreadable", table.unreadable()});
}

std::string CsvTable::where() const { return fmt::format("{}:{}", name_, line_); }

}  // namespace runrate
