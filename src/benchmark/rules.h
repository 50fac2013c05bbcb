#pragma once

#include <functional>
#include <optional>

#include "benchmark/measurement.h"

namespace runrate {

/// What a setup's hardware and model can do, to tell what cannot have been measured.
struct SetupFacts {
    double active_parameters = 0;  ///< that one token passes
    double peak_flops = 0;         ///< per second, of all GPUs of the replica, in its precision
    double least_step_s = 0;       ///< of reading the weights that one token needs, at the datasheet's bandwidth
};

/// Nothing for a setup that is not known: no rule on its peak applies then.
using HardwareFacts = std::function<std::optional<SetupFacts>(Setup const&)>;

/// Tables list one measurement under several files or names: the same two latencies of the same setup are one.
void drop_duplicates(Benchmarks& rows);

/// A cell that was measured again over months shows what an engine became: the newest by date says what it is. Rows
/// of that date all stay: repetitions of a day are repetitions.
void keep_newest(Benchmarks& rows);

/// More requests in flight never make a decoding step faster. Where TPOT falls by more than 12 % as concurrency grows
/// in otherwise equal rows, the lower row is an outlier if it lies above its other neighbours, else the engine has
/// capped the batch of the higher one and its concurrency is not what it says.
void drop_falling_tpot(Benchmarks& rows);

/// Requests queue, and TPOT is within 5 % of what it is at half of the concurrency or less: the engine served no more
/// of them at once, so that the row is not of its concurrency.
void drop_capped_batches(Benchmarks& rows);

/// A TTFT above half of the E2E latency and above 8 s is a queue in front of a full KV cache, which no step time
/// explains: TPOT stays, TTFT and E2E are taken from the row.
void drop_queued_ttft(Benchmarks& rows);

/// Work that Little's law implies, concurrency / latency x tokens x 2 active parameters, above 75 % of peak: prompts
/// came from a cache, or TPOT means something else.
void drop_beyond_peak(Benchmarks& rows, HardwareFacts const& facts);

/// Rows of one load that differ by more than twofold in TPOT are not of one engine: of two none is believed, of more
/// those are that lie around the median.
void drop_contradictions(Benchmarks& rows);

/// A token in less than nine tenths of the time that reading its weights takes was speculated, or TPOT is in another
/// unit.
void drop_faster_than_memory(Benchmarks& rows, HardwareFacts const& facts);

/// All of them, each with what it skips under its own rule.
void apply_general_rules(Benchmarks& rows, HardwareFacts const& facts);

}  // namespace runrate
