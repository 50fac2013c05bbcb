#pragma once

#include <optional>
#include <string_view>

#include "replay/fields.h"

namespace runrate {

/// Rows of the Mooncake traces: `{"timestamp": ms, "input_length": n, "output_length": n, "hash_ids": [...]}`.
class MooncakeRow {
public:
    /// Reads one object into a cleared request; sets `fault` where it is none.
    void read(std::string_view text, TraceRequest&, std::optional<RowFault>& fault);

    [[nodiscard]] bool relative() const { return times_.relative(); }

private:
    NumericTimes times_{std::chrono::milliseconds{1}};
    std::optional<TraceTime> last_;
};

}  // namespace runrate
