#include <stdexcept>
#include <string>

#include "engine/drive.h"

namespace runrate {
namespace {

constexpr std::int64_t most_tokens = 1 << 26;

void check(EngineRequest const& r, EngineTime last, std::uint64_t number) {
    auto const fail = [&](char const* why) {
        throw std::invalid_argument("request " + std::to_string(number) + " " + why);
    };
    if (r.arrival < EngineTime{}) fail("arrives before the start");
    if (r.arrival < last) fail("arrives before the one before it (sort by arrival)");
    if (r.arrival > latest_arrival) fail("arrives more than 90 days after the start");
    if (r.prompt_tokens < 1 || r.output_tokens < 1) fail("has no prompt or no output (at least one token each)");
    if (r.prompt_tokens > most_tokens || r.output_tokens > most_tokens) fail("has more than 2^26 tokens");
    std::int64_t extents = 0;
    for (auto const& e : r.extents) {
        if (e.tokens < 1) fail("has an extent without tokens");
        if (e.tokens > r.prompt_tokens) fail("has extents that are longer than its prompt");
        extents += e.tokens;
    }
    if (extents > r.prompt_tokens) fail("has extents that are longer than its prompt");
}

/// A template, so that a list in memory is read without an indirect call per request.
template <class Source, class Sink>
EngineTotals serve_all(Source const& source, Replica const& replica, StepParameters const& parameters,
                       Sink const& sink) {
    ReplicaEngine engine{replica, parameters};
    EngineTime last{};
    std::uint64_t number = 0;
    auto const checked_source = [&](EngineRequest& r) {
        if (!source(r)) return false;
        check(r, last, number++);
        last = r.arrival;
        return true;
    };
    auto const refused = drive_list(engine, checked_source, sink);
    auto totals = engine.totals();
    totals.refused = refused;
    return totals;
}

}  // namespace

EngineTotals serve(RequestSource const& source, Replica const& replica, StepParameters const& parameters,
                   OutcomeSink const& sink) {
    return serve_all(source, replica, parameters, sink);
}

std::vector<EngineOutcome> serve(std::span<EngineRequest const> requests, Replica const& replica,
                                 StepParameters const& parameters) {
    std::vector<EngineOutcome> outcomes(requests.size());
    std::size_t next = 0;
    auto const source = [&](EngineRequest& r) {
        if (next == requests.size()) return false;
        r = requests[next++];
        return true;
    };
    serve_all(source, replica, parameters, [&](EngineOutcome const& o) { outcomes[o.request] = o; });
    return outcomes;
}

}  // namespace runrate
