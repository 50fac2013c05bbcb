#include <algorithm>
#include <cmath>

#include "serving/hop.h"
#include "serving/session.h"

namespace runrate {
namespace {

enum ToolStage : std::uint8_t { tool_begins, tool_answered };
enum RetrieveStage : std::uint8_t { retrieval_begins, embedded, queried, ranked };

/// Vendors bill a rerank by hundreds of documents.
std::int64_t searches_for(std::int64_t documents) { return std::max<std::int64_t>(1, (documents + 99) / 100); }

}  // namespace

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, ToolOp const& t) {
    auto& s = strands_[id];
    if (s.stage == tool_answered) return join_result(s, op, t);
    s.chance.restart(address(Purpose::step, op));
    s.chance.uniform();  // the step's own probability
    s.time = after(s.time, pause(t.time, s.chance.uniform()));
    if (t.ask) return await_use(s, *t.ask, 0, op, hop::own, tool_answered);
    s.asking.answer.given = true;
    return join_result(s, op, t);
}

SessionMachine::Flow SessionMachine::join_result(Strand& s, Op const& op, ToolOp const& t) {
    bool const worked = s.asking.answer.given;
    tally_.harmed = tally_.harmed || !worked;
    if (worked && t.result != no_law)
        join(tree_, context_of(s), Piece::Kind::result, tokens(t.result, s.chance.uniform()));
    return end_step(s, op);
}

/// Without its embedding, its query or its ranking a retrieval brings no chunks.
SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, RetrieveOp const& r) {
    auto& s = strands_[id];
    switch (s.stage) {
        case retrieval_begins:
            s.found = true;
            s.chance.restart(address(Purpose::step, op));
            s.chance.uniform();  // the step's own probability
            if (r.embed) return await_text(s, *r.embed, user_text(context_of(s)), op, hop::embed, embedded);
            return query(s, op, r);
        case embedded: s.found = s.asking.answer.given; return query(s, op, r);
        case queried: s.found = s.asking.answer.given; return rerank(s, op, r);
        default: s.found = s.asking.answer.given; return join_chunks(s, op, r);
    }
}

SessionMachine::Flow SessionMachine::query(Strand& s, Op const& op, RetrieveOp const& r) {
    if (!s.found) return join_chunks(s, op, r);
    s.time = after(s.time, pause(r.time, s.chance.uniform()));
    return r.query ? await_use(s, *r.query, 0, op, hop::query, queried) : rerank(s, op, r);
}

SessionMachine::Flow SessionMachine::rerank(Strand& s, Op const& op, RetrieveOp const& r) {
    if (!s.found || !r.rerank) return join_chunks(s, op, r);
    auto const fetched = std::max(whole(r.chunks), whole(r.fetch));
    return await_use(s, *r.rerank, searches_for(fetched), op, hop::rerank, ranked);
}

SessionMachine::Flow SessionMachine::join_chunks(Strand& s, Op const& op, RetrieveOp const& r) {
    tally_.harmed = tally_.harmed || !s.found;
    auto const chunks = s.found ? whole(r.chunks) : 0;
    std::int64_t joined = 0;
    for (std::int64_t i = 0; i < chunks; ++i) joined += tokens(r.chunk, s.chance.uniform());
    join(tree_, context_of(s), Piece::Kind::chunks, joined);
    return end_step(s, op);
}

SessionMachine::Flow SessionMachine::end_step(Strand& s, Op const& op) {
    ++occurrences_[op.step];
    ++s.pc;
    s.stage = 0;
    return Flow::time_passed;
}

}  // namespace runrate
