#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "replay/request.h"

namespace runrate {

/// What limits of vendors count by the minute.
inline constexpr std::array<std::string_view, 3> peak_names{"requests", "input", "output"};

/// One of them over the minutes from the first to the last, those without a request among them.
struct Peak {
    std::string_view meter;
    std::int64_t minutes = 0;
    double mean = 0;
    std::int64_t p99 = 0;  ///< of rank ceil(0.99 minutes)
    std::int64_t most = 0;
    TraceTime at{};  ///< the first minute that has the most
};

/// Counts requests and tokens by the minute, in any order. Memory: 1.4 kB for each hour in which there is a request, at
/// most most_hours of them.
class Peaks {
public:
    void add(TraceTime, std::int64_t input, std::int64_t output);

    /// Nothing where no request has a time, or where hours did not fit.
    [[nodiscard]] std::vector<Peak> result() const;
    [[nodiscard]] bool too_long() const { return too_long_; }

    static constexpr std::size_t most_hours = 40'000;

private:
    using Minute = std::array<std::int64_t, peak_names.size()>;
    using Hour = std::array<Minute, 60>;

    [[nodiscard]] Peak peak(std::size_t which, std::int64_t first, std::int64_t last) const;

    std::map<std::int64_t, Hour> hours_;  ///< by hours since the zero of time
    std::int64_t last_hour_ = INT64_MIN;
    Hour* last_ = nullptr;
    bool too_long_ = false;
};

}  // namespace runrate
