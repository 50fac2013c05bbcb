#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/fields.h"

namespace runrate {

/// The fields of a litellm spend log that decide what a request cost, as they are logged.
struct LitellmFields {
    std::optional<Tokens> prompt, completion;
    std::optional<Tokens> read, write;                                 ///< of the row itself
    std::optional<Tokens> usage_read, usage_write;                     ///< of metadata.usage_object
    std::optional<Tokens> detail_read, detail_write, detail_write_1h;  ///< of its prompt_tokens_details
    std::optional<Tokens> extra_read, extra_write;                     ///< of metadata.additional_usage_values
    std::optional<Tokens> reasoning;
    std::string model, vendor, call_type, status, cache_hit, start, tier;
    std::optional<Money> spend;
};

/// Rows of litellm's `LiteLLM_SpendLogs`: objects of its API, or its table as CSV.
class LitellmRow {
public:
    void read_json(std::string_view object, TraceRequest&, std::optional<RowFault>& fault);

    /// Learns the columns of a CSV. Sets `fault` where some are missing.
    void read_header(std::vector<std::string_view> const& names, std::optional<RowFault>& fault);
    /// \pre as many cells as the header has names
    void read_csv(std::vector<std::string_view> const& cells, TraceRequest&, std::optional<RowFault>& fault);

private:
    void finish(TraceRequest&, std::optional<RowFault>& fault) const;

    LitellmFields fields_;
    std::vector<std::string> columns_;
};

}  // namespace runrate
