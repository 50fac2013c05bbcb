#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/fields.h"

namespace runrate {

/// What a column of a CSV may hold.
enum class Column : std::uint8_t {
    time,            ///< a date with its time, or a number
    input,           ///< tokens of the whole prompt, cached ones included
    fresh,           ///< tokens of the prompt neither read from nor written to a cache; in place of `input`
    cache_read,      ///< tokens of the prompt
    cache_write,     ///< tokens of the prompt
    cache_write_1h,  ///< tokens of the prompt
    output,          ///< tokens generated, reasoning included
    reasoning,       ///< tokens of the output
    model,
    lane,
};
inline constexpr std::array<std::string_view, 10> column_names{
    "time", "input", "fresh", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning", "model", "lane"};

/// Which header stands over which kind of column; empty: not there.
using ColumnMap = std::array<std::string, column_names.size()>;

/// `time=ts,input=prompt,output=completion`. \throws std::invalid_argument saying what is wrong
ColumnMap parse_columns(std::string_view text);

/// The columns of the Azure traces: `TIMESTAMP,ContextTokens,GeneratedTokens`.
ColumnMap azure_columns();

/// The columns of a list of requests: `arrival_s,prompt_tokens,output_tokens`.
ColumnMap request_list_columns();

/// Rows of a CSV whose columns a map names.
class CsvRow {
public:
    CsvRow(ColumnMap map, std::chrono::nanoseconds time_unit) : map_{std::move(map)}, times_{time_unit} {}

    /// Learns where the columns stand. Sets `fault` where one is missing or stands twice.
    void read_header(std::vector<std::string_view> const& names, std::optional<RowFault>& fault);
    /// \pre as many cells as the header has names
    void read(std::vector<std::string_view> const& cells, TraceRequest&, std::optional<RowFault>& fault);

    [[nodiscard]] bool relative() const { return times_.relative(); }

private:
    [[nodiscard]] std::optional<std::string_view> cell(Column, std::vector<std::string_view> const& cells) const;
    Tokens tokens(Column, std::vector<std::string_view> const& cells, std::optional<RowFault>& fault) const;
    void read_time(std::string_view text, TraceRequest&, std::optional<RowFault>& fault);
    void read_lane(std::string_view text, TraceRequest&, std::optional<RowFault>& fault) const;

    [[nodiscard]] std::string const& name(Column c) const { return map_[static_cast<std::size_t>(c)]; }

    ColumnMap map_;
    NumericTimes times_;
    std::array<std::optional<std::size_t>, column_names.size()> at_{};
    std::optional<bool> dated_;  ///< whether the first time was a date
};

}  // namespace runrate
