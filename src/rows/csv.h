#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runrate {

/// What is wrong with a row: `reason (detail)`. Equal mistakes have equal reasons.
struct RowFault {
    std::string reason, detail;

    [[nodiscard]] std::string text() const { return detail.empty() ? reason : reason + " (" + detail + ")"; }
};

/// Text of a file for a message: its beginning, on one line, without what a terminal would obey.
std::string shown(std::string_view text);

/// Whether there is nothing but digits, and at least one.
bool all_digits(std::string_view text);

/// Divides a CSV record (RFC 4180) into its fields. The fields are views of the record or of `unquoted`. Sets `fault`
/// for a quote in the wrong place and more than 4096 fields.
void split_csv(std::string_view record, std::vector<std::string_view>& fields, std::string& unquoted,
               std::optional<RowFault>& fault);

}  // namespace runrate
