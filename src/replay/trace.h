#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "replay/csv_row.h"
#include "replay/litellm_row.h"
#include "replay/mooncake_row.h"
#include "rows/records.h"

namespace runrate {

enum class TraceFormat : std::uint8_t { azure, mooncake, litellm, csv };
inline constexpr std::array<std::string_view, 4> trace_format_names{"azure", "mooncake", "litellm", "csv"};

/// How to read a trace.
struct TraceSettings {
    std::optional<TraceFormat> format;                            ///< nothing: recognised by what the file begins with
    std::optional<ColumnMap> columns;                             ///< of another CSV
    std::chrono::nanoseconds time_unit{std::chrono::seconds{1}};  ///< of its times, where they are numbers
};

/// A recorded trace of requests, read one at a time.
class Trace {
public:
    /// Reads as far as the first row. \throws InputError where it is no trace
    Trace(ByteSource, TraceSettings const&);

    /// The next request, or what is wrong with its row: reading goes on behind it. \throws InputError where nothing
    /// further can be read
    RowRead next(TraceRequest&, RowFault&);

    [[nodiscard]] TraceFormat format() const { return format_; }
    [[nodiscard]] std::string const& name() const { return records_.name(); }

    /// Whether times count from the trace's own zero. Known once a row has been read.
    [[nodiscard]] bool relative() const;

private:
    struct LitellmTable {
        LitellmRow row;
    };
    using Rows = std::variant<CsvRow, LitellmTable, LitellmRow, MooncakeRow>;

    [[nodiscard]] std::optional<std::string_view> next_record();
    void read_header();
    void parse(std::string_view record, TraceRequest&, std::optional<RowFault>&);
    [[nodiscard]] bool is_table() const { return rows_.index() < 2; }
    [[noreturn]] void fail(std::string_view message) const;

    Records records_;
    TraceFormat format_;
    Rows rows_;
    bool in_array_ = false;
    std::vector<std::string_view> cells_;
    std::string unquoted_;
    std::size_t columns_ = 0;  ///< of the header
};

}  // namespace runrate
