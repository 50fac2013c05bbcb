#include <algorithm>

#include <fmt/format.h>

#include "cli/engine_tables.h"
#include "cli/replay_tables.h"
#include "hardware/memory.h"
#include "report/figures.h"

namespace runrate {
namespace {

using EngineNotes = std::vector<EngineNote>;

void note_refusals(EngineResult const& x, EngineNotes& notes) {
    auto const& r = x.report;
    if (r.too_long > 0)
        notes.push_back(
            {"refused.too_long", fmt::format("{} refused: prompt and output exceed the context of {} ({} tokens)",
                                             counted(r.too_long, "request"), x.setup.replica.model.name,
                                             grouped(x.setup.replica.model.context_limit))});
    if (r.never_fits > 0)
        notes.push_back({"refused.never_fits",
                         fmt::format("{} refused: prompt and output exceed the KV cache ({} tokens)",
                                     counted(r.never_fits, "request"), grouped(r.totals.kv_capacity_tokens))});
}

/// The loop turns at the engine's pace; by Little's law a client with so many in flight turns slower.
void note_front_end(EngineReport const& r, DrawnLoad const& drawn, EngineNotes& notes) {
    if (r.totals.requests == 0) return;
    double const in_flight = static_cast<double>(r.totals.requests) / r.duration_s() * r.e2e.mean_s();
    double const excess = in_flight / static_cast<double>(drawn.concurrency) - 1;
    if (excess > 0.05)
        notes.push_back({"load.front_end",
                         fmt::format("a slot's next request starts when the engine ends the one before, without what "
                                     "the front end adds: rates are up to {} too high",
                                     percent(excess))});
}

void note_load(EngineResult const& x, EngineNotes& notes) {
    auto const* closed = closed_loop_of(x.load);
    auto const& r = x.report;
    if (!closed && r.arrivals.seconds() > 0 && r.falls_behind())
        notes.push_back(
            {"load.falls_behind",
             fmt::format("requests arrive faster than they are served ({} against {} a second): the queue grows for as "
                         "long as they come, and latencies with it",
                         figure(r.arrivals.per_s()), figure(static_cast<double>(r.totals.requests) / r.duration_s()))});
    if (closed && closed->requests < 5 * closed->concurrency)
        notes.push_back({"load.short", fmt::format("{} requests are few for {} in flight: the first wave, which starts "
                                                   "all at once, weighs much (--requests)",
                                                   grouped(closed->requests), grouped(closed->concurrency))});
    if (closed) note_front_end(r, *closed, notes);
    if (double const full = to_seconds(r.totals.kv_full) / std::max(to_seconds(r.totals.busy), 1e-9); full > 0.05)
        notes.push_back({"kv.full", fmt::format("the KV cache had no room for the next request {} of the time: more "
                                                "memory would serve more (--kv-precision, more GPUs)",
                                                percent(full))});
    if (r.totals.preemptions > 0)
        notes.push_back({"kv.preemptions", fmt::format("the KV cache ran full: {} gave theirs up and computed it again",
                                                       counted(r.totals.preemptions, "running request"))});
}

void note_replica(Replica const& r, EngineNotes& notes) {
    if (r.kv_tokens) {
        auto from_memory = r;
        from_memory.kv_tokens.reset();
        auto const fits = kv_capacity_tokens(from_memory);
        if (*r.kv_tokens > fits)
            notes.push_back(
                {"kv.beyond_memory", fmt::format("the KV cache is said to hold {} tokens; memory leaves room for {}",
                                                 grouped(*r.kv_tokens), grouped(fits))});
    }
    if (r.parallel.expert > 1)
        notes.push_back({"replica.experts",
                         "whether experts are spread whole (--ep) or cut does not change step times "
                         "here: the weights that a GPU reads are as many"});
    if (r.parallel.pipeline > 1)
        notes.push_back(
            {"replica.pipeline",
             fmt::format("the {} stages are taken as always busy: with fewer requests than stages, TTFT and "
                         "TPOT are up to {} times what is shown",
                         r.parallel.pipeline, r.parallel.pipeline)});
    if (r.speculation.draft_tokens > 0)
        notes.push_back({"replica.speculation",
                         fmt::format("speculative decoding by its acceptance: {:.3g} tokens per iteration on average",
                                     r.speculation.tokens_per_step())});
}

std::string error_text(AssumedSpeed const& speed) {
    if (!speed.ttft_error && !speed.tpot_error)
        return "nothing was measured of this replica (expect TPOT to be off by 15% or more, TTFT by more than that)";
    std::string text = "of 10 engines known so well, 8 are within:";
    if (speed.tpot_error) text += " TPOT " + percent(*speed.tpot_error);
    if (speed.ttft_error)
        text += fmt::format("{} what the front end adds to TTFT {}", speed.tpot_error ? "," : "",
                            percent(*speed.ttft_error));
    return text;
}

void note_speed(AssumedSpeed const& speed, EngineNotes& notes) {
    notes.push_back({"speed." + speed.evidence, fmt::format("step times by {}; {}", speed.origin, error_text(speed))});
    if (!speed.stated.empty())
        notes.push_back({"speed.stated", fmt::format("stated by --parameters: {}", fmt::join(speed.stated, ", "))});
}

}  // namespace

std::vector<EngineNote> engine_notes(EngineResult const& x) {
    EngineNotes notes;
    note_load(x, notes);
    note_refusals(x, notes);
    note_list(x.load, x.setup.replica.prefix_cache, notes);
    note_replica(x.setup.replica, notes);
    note_speed(x.setup.speed, notes);
    return notes;
}

}  // namespace runrate
