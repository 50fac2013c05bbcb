#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/time.h"
#include "replay/row_faults.h"
#include "replay/trace.h"
#include "runrate/engine.h"
#include "stat/sampler.h"

namespace runrate {

/// Tokens of every request, or the lognormal law that they follow.
struct LengthLaw {
    std::string text;  ///< as stated: `800`, `800:2400`
    Sampler law;
};

/// `800` for all, `800:2400` for a lognormal of this median and 95th percentile. \throws UsageError
LengthLaw parse_length(char const* option, std::string const& text);

/// Requests that are drawn: their n-th is a function of the seed and n.
struct DrawnLoad {
    LengthLaw prompt, output;
    std::int64_t requests = 0;
    std::uint64_t seed = 0;
    std::optional<double> rate{};  ///< requests per second in an open loop
    double cv = 1;                 ///< of the gaps between arrivals; 1: Poisson
    std::int64_t concurrency = 0;  ///< without a rate: so many in flight, each followed by the next

    /// \pre a rate above 0
    [[nodiscard]] Sampler gaps() const;
};

/// Tokens of the n-th request, without its arrival.
EngineRequest drawn_request(DrawnLoad const&, std::int64_t n);

/// Its place in the law of gaps.
double drawn_gap(DrawnLoad const&, Sampler const& gaps, std::int64_t n);

struct ListSettings {
    bool skip_bad = false;
    bool prefix_cache = false;
    std::int64_t block_tokens = 512;  ///< of a block of hash_ids
};

/// Requests of a file, one at a time; memory does not grow with it.
class RequestList {
public:
    RequestList(Trace trace, ListSettings settings)
        : trace_{std::move(trace)}, settings_{settings}, faults_{trace_.name(), settings.skip_bad} {}

    /// The next request; its extents hold until the one after it. \throws InputError naming the rows that cannot be
    /// read, and where arrivals go back or beyond 90 days
    bool next(EngineRequest&);

    [[nodiscard]] std::string const& name() const { return trace_.name(); }
    [[nodiscard]] TraceFormat format() const { return trace_.format(); }
    [[nodiscard]] Skipped const& skipped() const { return skipped_; }
    /// Rows that a log says were not served by a model.
    [[nodiscard]] std::int64_t not_served() const { return not_served_; }
    [[nodiscard]] bool has_blocks() const { return has_blocks_; }

private:
    RowRead read(RowFault&);
    [[nodiscard]] std::optional<RowFault> wrong() const;
    EngineTime arrival();
    void set_extents();
    [[noreturn]] void fail(std::string const& what) const;

    Trace trace_;
    ListSettings settings_;
    RowFaults faults_;
    Skipped skipped_;
    TraceRequest row_;
    std::vector<Extent> extents_;
    std::optional<TraceTime> zero_, last_;
    std::int64_t last_line_ = 0, not_served_ = 0;
    bool has_blocks_ = false;
};

using EngineLoad = std::variant<DrawnLoad, RequestList>;

/// The load as so many requests in flight; nullptr where requests arrive by themselves.
DrawnLoad const* closed_loop_of(EngineLoad const&);

/// Requests that arrive by themselves, in order of arrival: false at the end. They hold as long as the load.
/// \pre no closed loop
using EngineSource = std::function<bool(EngineRequest&)>;
EngineSource source_of(EngineLoad&);

/// When the requests of a load arrived.
struct ArrivalSpan {
    std::int64_t requests = 0;
    EngineTime first{}, last{};

    void add(EngineTime at) {
        first = requests == 0 ? at : std::min(first, at);
        last = std::max(last, at);
        ++requests;
    }
    [[nodiscard]] double seconds() const { return to_seconds(last - first); }
    /// Zero where all arrive at once.
    [[nodiscard]] double per_s() const { return seconds() > 0 ? static_cast<double>(requests - 1) / seconds() : 0; }
};

}  // namespace runrate
