#include <algorithm>

#include "serving/hop.h"
#include "serving/session.h"

namespace runrate {

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, ChanceOp const& c) {
    auto& s = strands_[id];
    bool const goes_on = stream(Purpose::step, op).uniform() < c.p.in(bound_->world);
    if (!goes_on) ++occurrences_[op.step];
    s.pc = goes_on ? s.pc + 1 : c.otherwise;
    return Flow::on;
}

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, LoopOp const& l) {
    auto& s = strands_[id];
    Stream chance = stream(Purpose::step, op);
    chance.uniform();  // the step's own probability
    double const u = chance.uniform();
    ++occurrences_[op.step];
    auto& count = s.counters[l.counter];
    bool goes_on = false;
    if (l.times != no_law) {
        count = std::min(std::max(runs(l.times, u), l.at_least), l.at_most);
        goes_on = count > 0;
    } else {  // a coin before each run: the counter says how many have been made, LoopEndOp comes back here
        goes_on = count < l.at_most && u < l.p.in(bound_->world);
        count = goes_on ? count + 1 : 0;
    }
    s.pc = goes_on ? s.pc + 1 : l.end;
    return Flow::on;
}

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const&, LoopEndOp const& e) {
    auto& s = strands_[id];
    auto const& loop = std::get<LoopOp>(program_->ops[e.begin].what);
    if (loop.times == no_law)
        s.pc = e.begin;
    else
        s.pc = --s.counters[loop.counter] > 0 ? e.begin + 1 : s.pc + 1;
    return Flow::on;
}

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, ForkOp const& f) {
    ++occurrences_[op.step];
    for (auto const begin : f.branches) {
        auto const child = new_strand(begin, strands_[id].time, static_cast<std::int32_t>(id));
        auto const context = new_context();
        contexts_[context].branch_from(context_of(strands_[id]));
        strands_[child].contexts.push_back(context);
        strands_[id].children.push_back(child);
        schedule(child);
    }
    strands_[id].waiting = static_cast<std::uint32_t>(f.branches.size());
    strands_[id].pc = f.end;
    return Flow::left;
}

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const&, StrandEndOp const&) {
    auto const parent = static_cast<std::uint32_t>(strands_[id].parent);
    auto& p = strands_[parent];
    if (--p.waiting > 0) return Flow::left;
    for (auto const child : p.children) {
        auto const context = strands_[child].contexts[0];
        join_branch(tree_, context_of(p), contexts_[context]);
        p.time = std::max(p.time, strands_[child].time);
        free_contexts_.push_back(context);
        free_strands_.push_back(child);
    }
    p.children.clear();
    schedule(parent);
    return Flow::left;
}

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, AgentOp const& a) {
    auto& s = strands_[id];
    auto const context = new_context();
    contexts_[context].begin(a.context, root_of(a.context));
    if (a.task != no_law)
        join(tree_, contexts_[context], Piece::Kind::user, tokens(a.task, stream(Purpose::step, op, 1).uniform()));
    s.contexts.push_back(context);
    ++s.pc;
    return Flow::on;
}

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, AgentEndOp const& e) {
    auto& s = strands_[id];
    free_contexts_.push_back(s.contexts.back());
    s.contexts.pop_back();
    if (e.result != no_law)
        join(tree_, context_of(s), Piece::Kind::result, tokens(e.result, stream(Purpose::step, op, 2).uniform()));
    ++s.pc;
    return Flow::on;
}

SessionMachine::Flow SessionMachine::execute(std::uint32_t, Op const&, TurnEndOp const&) {
    turn_over_ = true;
    return Flow::left;
}

}  // namespace runrate
