#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "replay/request.h"

namespace runrate {

/// Rows that could not be read, by reason.
struct SkippedRows {
    std::int64_t rows = 0, first_line = 0;
    std::string example;
};
using Skipped = std::map<std::string, SkippedRows>;

/// Mistakes of rows: collected to refuse the trace, or counted.
class RowFaults {
public:
    RowFaults(std::string name, bool skip) : name_{std::move(name)}, skip_{skip} {}

    /// \throws InputError with all so far once there are enough
    void add(std::int64_t line, RowFault const& fault, Skipped& skipped);

    /// \throws InputError when there were any
    void check() const;

    /// Those that were collected.
    [[nodiscard]] std::string const& text() const { return text_; }

private:
    std::string name_, text_;
    bool skip_;
    std::size_t count_ = 0;
};

}  // namespace runrate
