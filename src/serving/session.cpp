#include "serving/session.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"

namespace runrate {
namespace {

/// Runs of a drawn law: nearest whole number, not negative.
std::int32_t whole_runs(double draw) {
    return static_cast<std::int32_t>(std::nearbyint(std::clamp(draw, 0.0, 1e6)));
}

constexpr std::size_t most_calls_per_turn = 10'000'000;  // beyond it a workflow is taken as endless

}  // namespace

SessionMachine::SessionMachine(BoundProgram const& bound, Sample const& sample) : bound_{&bound}, program_{bound.program}, sample_{sample} {
    tally_.meters.resize(program_->keys.size());
    tally_.at_risk.resize(bound.caches.size());
    caches_.resize(bound.caches.size());
    roots_.resize(program_->contexts.size());
    occurrences_.resize(program_->steps);
    sticky_.resize(program_->roles);
}

Stream SessionMachine::stream(Purpose purpose, Op const& op, std::uint32_t hop) const {
    return Stream{{.seed = sample_.seed, .world = sample_.world, .purpose = purpose, .entity = sample_.feature.index(), .item = number_, .turn = turn_,
                   .step = op.step | hop << 24, .occurrence = occurrences_[op.step]}};
}

std::int64_t SessionMachine::tokens(LawIndex law, double u) const {
    auto const& sampler = bound_->laws[static_cast<std::size_t>(law)];
    if (sampler.constant() == 0.0) return 0;
    return whole_tokens(sampler.at(u));
}

std::uint32_t SessionMachine::new_context() {
    if (contexts_used_ == contexts_.size()) contexts_.emplace_back();
    return static_cast<std::uint32_t>(contexts_used_++);
}

std::uint32_t SessionMachine::new_strand(std::uint32_t pc, Instant time, std::int32_t parent) {
    if (strands_used_ == strands_.size()) strands_.emplace_back();
    auto& s = strands_[strands_used_];
    s.pc = pc;
    s.time = time;
    s.parent = parent;
    s.waiting = 0;
    s.contexts.clear();
    s.children.clear();
    s.counters.assign(program_->counters, 0);
    return static_cast<std::uint32_t>(strands_used_++);
}

void SessionMachine::start_session(std::uint64_t number) {
    number_ = number;
    turn_ = 0;
    now_ = Instant{};
    tree_.clear();
    contexts_used_ = 0;
    for (auto& m : tally_.meters) m = {};
    std::fill(tally_.at_risk.begin(), tally_.at_risk.end(), 0.0);
    tally_.turns = tally_.calls = tally_.attempts = tally_.cache_hits = 0;
    tally_.harmed = false;
    tally_.last_prompt = 0;
    for (auto& cache : caches_) cache.clear();
    std::fill(roots_.begin(), roots_.end(), std::nullopt);
    std::fill(sticky_.begin(), sticky_.end(), std::nullopt);
    roots_[0] = tree_.add_root(bound_->system[0] + bound_->tools[0]);
    contexts_[new_context()].begin(0, *roots_[0]);
}

SessionTally const& SessionMachine::run(std::uint64_t number, std::vector<RoleTokens>& roles) {
    roles_ = &roles;
    if (contexts_.empty()) contexts_.emplace_back();
    start_session(number);
    Stream own{{.seed = sample_.seed, .world = sample_.world, .purpose = Purpose::session, .entity = sample_.feature.index(), .item = number}};
    auto const turns = std::max(1, whole_runs(bound_->laws[static_cast<std::size_t>(program_->turns)].at(own.uniform())));
    for (std::int32_t t = 0; t < turns; ++t) {
        turn_ = static_cast<std::uint32_t>(t);
        run_turn();
        end_turn(tree_, contexts_[0], program_->contexts[0]);
        if (t + 1 < turns) now_ += from_seconds(std::max(0.0, bound_->laws[static_cast<std::size_t>(program_->think)].at(own.uniform())));
    }
    tally_.turns = turns;
    tally_.duration = now_.time_since_epoch();
    return tally_;
}

void SessionMachine::run_turn() {
    strands_used_ = 0;
    contexts_used_ = 1;
    runnable_.clear();
    std::fill(occurrences_.begin(), occurrences_.end(), 0u);
    auto const main = new_strand(0, now_, -1);
    strands_[main].contexts.push_back(0);
    runnable_.push_back(main);
    std::size_t steps = 0;
    while (auto const strand = earliest()) {
        RUNRATE_EXPECT(++steps < most_calls_per_turn);
        advance(*strand);
    }
    now_ = strands_[main].time;
}

/// The runnable strand whose time is least, the older one among equals.
std::optional<std::uint32_t> SessionMachine::earliest() const {
    if (runnable_.empty()) return std::nullopt;
    return *std::min_element(runnable_.begin(), runnable_.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::pair{strands_[a].time, a} < std::pair{strands_[b].time, b};
    });
}

/// Runs a strand until time passes in it, or it waits or ends.
void SessionMachine::advance(std::uint32_t strand) {
    bool passed = false;
    while (!passed) {
        auto const& op = program_->ops[strands_[strand].pc];
        passed = std::visit([&](auto const& what) { return execute(strand, op, what); }, op.what);
    }
}

bool SessionMachine::execute(std::uint32_t id, Op const& op, ToolOp const& t) {
    auto& s = strands_[id];
    Stream chance = stream(Purpose::step, op);
    chance.uniform();  // the step's own probability
    s.time += from_seconds(std::max(0.0, bound_->laws[static_cast<std::size_t>(t.time)].at(chance.uniform())));
    if (t.result != no_law) join(tree_, context_of(s), Piece::Kind::result, tokens(t.result, chance.uniform()));
    ++occurrences_[op.step];
    ++s.pc;
    return true;
}

bool SessionMachine::execute(std::uint32_t id, Op const& op, ChanceOp const& c) {
    auto& s = strands_[id];
    bool const goes_on = stream(Purpose::step, op).uniform() < c.p.in(bound_->world);
    if (!goes_on) ++occurrences_[op.step];
    s.pc = goes_on ? s.pc + 1 : c.otherwise;
    return false;
}

bool SessionMachine::execute(std::uint32_t id, Op const& op, LoopOp const& l) {
    auto& s = strands_[id];
    if (l.times != no_law) {
        Stream chance = stream(Purpose::step, op);
        chance.uniform();
        auto runs = whole_runs(bound_->laws[static_cast<std::size_t>(l.times)].at(chance.uniform()));
        if (l.at_most >= 0) runs = std::min(runs, l.at_most);
        ++occurrences_[op.step];
        s.counters[l.counter] = runs;
        s.pc = runs > 0 ? s.pc + 1 : l.end;
        return false;
    }
    // A coin before each run: the counter says how many have been made, LoopEndOp comes back here.
    bool const room = l.at_most < 0 || s.counters[l.counter] < l.at_most;
    Stream chance = stream(Purpose::step, op);
    chance.uniform();
    bool const again = room && chance.uniform() < l.p.in(bound_->world);
    ++occurrences_[op.step];
    if (again) ++s.counters[l.counter];
    else s.counters[l.counter] = 0;
    s.pc = again ? s.pc + 1 : l.end;
    return false;
}

bool SessionMachine::execute(std::uint32_t id, Op const&, LoopEndOp const& e) {
    auto& s = strands_[id];
    auto const& loop = std::get<LoopOp>(program_->ops[e.begin].what);
    if (loop.times == no_law) s.pc = e.begin;
    else s.pc = --s.counters[loop.counter] > 0 ? e.begin + 1 : s.pc + 1;
    return false;
}

bool SessionMachine::execute(std::uint32_t id, Op const& op, ForkOp const& f) {
    ++occurrences_[op.step];
    strands_[id].children.clear();
    std::erase(runnable_, id);
    for (auto const begin : f.branches) {
        auto const child = new_strand(begin, strands_[id].time, static_cast<std::int32_t>(id));
        auto const context = new_context();
        contexts_[context] = context_of(strands_[id]);
        strands_[child].fork_pieces = contexts_[context].turn.size();
        strands_[child].contexts.push_back(context);
        strands_[id].children.push_back(child);
        runnable_.push_back(child);
    }
    strands_[id].waiting = static_cast<std::uint32_t>(f.branches.size());
    strands_[id].pc = f.end;
    return true;
}

bool SessionMachine::execute(std::uint32_t id, Op const&, StrandEndOp const&) {
    auto& parent = strands_[static_cast<std::size_t>(strands_[id].parent)];
    std::erase(runnable_, id);
    if (--parent.waiting > 0) return true;
    for (auto const child : parent.children) {
        auto const& branch = strands_[child];
        join_branch(tree_, context_of(parent), contexts_[branch.contexts[0]], branch.fork_pieces);
        parent.time = std::max(parent.time, branch.time);
    }
    runnable_.push_back(static_cast<std::uint32_t>(strands_[id].parent));
    return true;
}

bool SessionMachine::execute(std::uint32_t id, Op const& op, AgentOp const& a) {
    auto& s = strands_[id];
    auto const context = new_context();
    auto& root = roots_[a.context];
    if (!root) root = tree_.add_root(bound_->system[a.context] + bound_->tools[a.context]);
    contexts_[context].begin(a.context, *root);
    Stream chance = stream(Purpose::step, op, 1);
    if (a.task != no_law) join(tree_, contexts_[context], Piece::Kind::user, tokens(a.task, chance.uniform()));
    s.contexts.push_back(context);
    ++s.pc;
    return false;
}

bool SessionMachine::execute(std::uint32_t id, Op const& op, AgentEndOp const& e) {
    auto& s = strands_[id];
    s.contexts.pop_back();
    Stream chance = stream(Purpose::step, op, 2);
    if (e.result != no_law) join(tree_, context_of(s), Piece::Kind::result, tokens(e.result, chance.uniform()));
    ++s.pc;
    return false;
}

bool SessionMachine::execute(std::uint32_t id, Op const&, TurnEndOp const&) {
    std::erase(runnable_, id);
    return true;
}

}  // namespace runrate
