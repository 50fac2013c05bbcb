#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/formats.h"

namespace runrate {

/// A CSV with a header, row by row. Columns are found by name, whatever their order and case.
class CsvTable {
public:
    explicit CsvTable(BenchmarkText const& text);

    /// The next line that is not empty, also one that stops being of the table. False at the end.
    bool next();

    [[nodiscard]] bool has(std::string_view column) const { return index(column).has_value(); }
    [[nodiscard]] bool has_all(std::initializer_list<std::string_view> columns) const;
    /// Cell of the first of `columns` that there is; empty where there is none.
    [[nodiscard]] std::string_view text(std::initializer_list<std::string_view> columns) const;
    [[nodiscard]] std::string_view text(std::string_view column) const { return text({column}); }
    /// Number of a cell, also with thousands marked by commas; nothing for an empty cell. Sets `unreadable` for others.
    std::optional<double> number(std::initializer_list<std::string_view> columns);
    std::optional<double> number(std::string_view column) { return number({column}); }
    /// The same of a whole number; `otherwise` where there is none.
    int whole(std::string_view column, int otherwise);
    /// A number of GPUs; sets `unreadable` beyond 1 to 4096.
    std::optional<double> gpus(std::string_view column);
    /// The same of a precision.
    std::optional<Precision> precision(std::string_view column);

    /// What the row cannot be read for: bad quotes, a number that is none. Empty where nothing is wrong.
    [[nodiscard]] std::string const& unreadable() const { return unreadable_; }
    /// `file:line` of the row.
    [[nodiscard]] std::string where() const;
    [[nodiscard]] std::vector<std::string_view> const& fields() const { return fields_; }

private:
    [[nodiscard]] std::optional<std::size_t> index(std::string_view column) const;
    bool next_line();

    std::string name_;
    std::string_view rest_;
    std::vector<std::string> columns_;
    std::vector<std::string_view> fields_;
    std::string unquoted_, unreadable_;
    int line_ = 0;
};

/// keep_row() of a row of the table, unless a cell that was asked for is unreadable.
void keep_readable(CsvTable const&, Measurement row, Benchmarks& into);

}  // namespace runrate
