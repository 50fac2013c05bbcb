#include <stdexcept>
#include <string>

#include "engine/replica_engine.h"

namespace runrate {
namespace {

/// What an event run can hold in 64 bits, with room for the last request.
constexpr EngineTime longest = std::chrono::days{90};
constexpr Instant latest_end{std::chrono::days{100}};
constexpr std::int64_t most_tokens = 1 << 26;

void check(EngineRequest const& r, EngineTime last, std::uint64_t number) {
    auto const fail = [&](char const* why) {
        throw std::invalid_argument("request " + std::to_string(number) + " " + why);
    };
    if (r.arrival < EngineTime{}) fail("arrives before the start");
    if (r.arrival < last) fail("arrives before the one before it (sort by arrival)");
    if (r.arrival > longest) fail("arrives more than 90 days after the start");
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

/// The loop of both kinds of lists; a template, so that a list in memory is read without an indirect call per request.
template <class Source, class Sink>
EngineTotals serve_all(Source const& source, Replica const& replica, StepParameters const& parameters,
                       Sink const& sink) {
    ReplicaEngine engine{replica, parameters};
    EngineRequest request;
    EngineTime last{};
    std::int64_t refused = 0;
    auto const emit = [&] {
        if (engine.next() > latest_end)
            throw std::invalid_argument("the requests take more than 100 days to serve (too many for the replica)");
        for (auto const& o : engine.step()) sink(o);
    };
    for (std::uint64_t number = 0; source(request); ++number) {
        check(request, last, number);
        last = request.arrival;
        Instant const arrival{request.arrival};
        while (engine.now() < arrival && engine.next() <= arrival) emit();
        if (auto const why = engine.refusal(request)) {
            ++refused;
            sink({number, request.arrival, {}, {}, {}, request.prompt_tokens, request.output_tokens, 0, 0, *why});
            continue;
        }
        engine.submit(request, number);
    }
    while (engine.next() != ReplicaEngine::never) emit();
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
