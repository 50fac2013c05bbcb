#include "serving/session.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/contract.h"

namespace runrate {

namespace {

constexpr std::size_t most_steps = 10'000'000;  // beyond it a session is taken as endless

}  // namespace

SessionMachine::SessionMachine(BoundProgram const& bound, Sample const& sample, std::vector<Gauge> const& gauges)
    : bound_{&bound}, program_{bound.program}, sample_{sample}, minutes_{gauges, bound.program->keys} {
    tally_.meters.resize(program_->keys.size());
    tally_.at_risk.resize(bound.caches.size());
    caches_.resize(bound.caches.size());
    roots_.resize(program_->contexts.size());
    occurrences_.resize(program_->steps);
}

Address SessionMachine::address(Purpose purpose, std::uint32_t step, std::uint32_t hop,
                                std::uint32_t occurrence) const {
    return {.seed = sample_.seed,
            .world = sample_.world,
            .purpose = purpose,
            .entity = sample_.feature.index(),
            .item = number_,
            .turn = turn_,
            .step = step | hop << 24,
            .occurrence = occurrence};
}

Stream SessionMachine::stream(Purpose purpose, Op const& op, std::uint32_t hop) const {
    return Stream{address(purpose, op, hop)};
}

std::int64_t SessionMachine::tokens(LawIndex law, double u, double factor) const {
    auto const& sampler = bound_->laws[static_cast<std::size_t>(law)];
    if (sampler.constant() == 0.0) return 0;
    return whole_tokens(sampler.at(u) * factor);
}

Duration SessionMachine::pause(LawIndex law, double u) const { return from_seconds(std::max(0.0, draw(law, u))); }

std::int32_t SessionMachine::runs(LawIndex law, double u) const {
    return static_cast<std::int32_t>(std::nearbyint(std::clamp(draw(law, u), 0.0, static_cast<double>(most_runs))));
}

std::uint32_t SessionMachine::new_context() {
    if (free_contexts_.empty()) {
        contexts_.emplace_back();
        return static_cast<std::uint32_t>(contexts_.size() - 1);
    }
    auto const id = free_contexts_.back();
    free_contexts_.pop_back();
    return id;
}

std::uint32_t SessionMachine::new_strand(std::uint32_t pc, Instant time, std::int32_t parent) {
    if (free_strands_.empty()) {
        strands_.emplace_back();
        free_strands_.push_back(static_cast<std::uint32_t>(strands_.size() - 1));
    }
    auto const id = free_strands_.back();
    free_strands_.pop_back();
    auto& s = strands_[id];
    s.pc = pc;
    s.time = time;
    s.order = started_++;
    s.parent = parent;
    s.waiting = 0;
    s.stage = 0;
    s.asks = false;
    s.contexts.clear();
    s.children.clear();
    s.counters.assign(program_->counters, 0);
    return id;
}

void SessionMachine::start_session(std::uint64_t number) {
    number_ = number;
    turn_ = 0;
    steps_ = 0;
    now_ = Instant{};
    tree_.clear();
    for (auto& m : tally_.meters) m = {};
    std::fill(tally_.at_risk.begin(), tally_.at_risk.end(), 0.0);
    tally_.turns = tally_.calls = tally_.attempts = tally_.cache_hits = 0;
    tally_.harmed = false;
    tally_.last_prompt = 0;
    for (auto& cache : caches_) cache.clear();
    std::fill(roots_.begin(), roots_.end(), std::nullopt);
    if (contexts_.empty()) new_context();
    journal_.clear();
    keeps_journal_ = program_->variation == Variation::shadow && !program_->variants.empty();
}

ContextTree::NodeId SessionMachine::root_of(std::uint32_t context) {
    auto& root = roots_[context];
    if (!root) root = tree_.add_root(bound_->system[context] + bound_->tools[context]);
    return *root;
}

double SessionMachine::variant_chance(std::uint32_t variant) const {
    return Stream{{.seed = sample_.seed,
                   .world = sample_.world,
                   .purpose = Purpose::variant,
                   .entity = sample_.feature.index(),
                   .item = number_,
                   .step = variant}}
        .uniform();
}

/// The context of the variant that the session meets, for all its turns; the workflow's own for the rest.
std::uint32_t SessionMachine::variant_of_session() const {
    auto const& shares = bound_->variant_shares;
    if (shares.empty() || program_->variation != Variation::split) return 0;
    auto const at = std::upper_bound(shares.begin(), shares.end(), variant_chance(0)) - shares.begin();
    return at == std::ssize(shares) ? 0 : static_cast<std::uint32_t>(at) + 1;
}

SessionTally const& SessionMachine::run(std::uint64_t number, std::vector<RoleTokens>& roles) {
    roles_ = &roles;
    start_session(number);
    clock_ = Instant::max();
    play(variant_of_session());
    for (std::uint32_t v = 0; keeps_journal_ && v < program_->variants.size(); ++v) {
        if (variant_chance(v) < bound_->variant_shares[v]) play_in_shadow(v + 1);
    }
    minutes_.end_session(number);
    meter_storage();
    return tally_;
}

/// Plays the session once more as it went, only that its prompts begin with those of a variant; what it asks the
/// variant is all that counts. The user sees nothing of it.
void SessionMachine::play_in_shadow(std::uint32_t context) {
    auto const harmed = tally_.harmed;
    auto const cache_hits = tally_.cache_hits;
    auto const last_prompt = tally_.last_prompt;
    again_ = true;
    retold_ = 0;
    steps_ = 0;
    now_ = Instant{};
    play(context);
    RUNRATE_EXPECT(retold_ == journal_.size());
    again_ = false;
    tally_.harmed = harmed;
    tally_.cache_hits = cache_hits;
    tally_.last_prompt = last_prompt;
}

void SessionMachine::play(std::uint32_t context) {
    begin_play(context);
    while (playing_) work();
}

void SessionMachine::begin_play(std::uint32_t context) {
    contexts_[0].begin(context, root_of(context));
    contexts_[0].answers_pass = program_->answers_pass;
    own_ = Stream{{.seed = sample_.seed,
                   .world = sample_.world,
                   .purpose = Purpose::session,
                   .entity = sample_.feature.index(),
                   .item = number_}};
    spec_ = context;
    turn_ = 0;
    turns_ = std::max(1, runs(program_->turns, own_.uniform()));
    playing_ = true;
    begin_turn();
}

void SessionMachine::begin(std::uint64_t number, std::vector<RoleTokens>& roles) {
    roles_ = &roles;
    start_session(number);
    RUNRATE_EXPECT(!keeps_journal_);
    clock_ = Instant{};
    begin_play(variant_of_session());
}

void SessionMachine::advance() {
    RUNRATE_EXPECT(playing_ && !due_.empty());
    clock_ = next();
    while (playing_ && next() <= clock_) work();
    if (!playing_) meter_storage();
}

void SessionMachine::schedule(std::uint32_t strand) {
    due_.push_back({strands_[strand].time, strands_[strand].order, strand});
    std::push_heap(due_.begin(), due_.end(), [](Due const& a, Due const& b) { return a.after(b); });
}

void SessionMachine::begin_turn() {
    std::fill(occurrences_.begin(), occurrences_.end(), 0u);
    started_ = 0;
    turn_over_ = false;
    main_ = new_strand(0, now_, -1);
    strands_[main_].contexts.push_back(0);
    schedule(main_);
}

void SessionMachine::finish_turn() {
    now_ = strands_[main_].time;
    free_strands_.push_back(main_);
    end_turn(tree_, contexts_[0], program_->contexts[spec_]);
    playing_ = static_cast<std::int32_t>(++turn_) < turns_;
    if (playing_) {
        now_ = after(now_, pause(program_->think, own_.uniform()));
        return begin_turn();
    }
    tally_.turns = turns_;
    tally_.duration = now_.time_since_epoch();
}

/// The strand that is due first goes on as far as it can.
void SessionMachine::work() {
    RUNRATE_EXPECT(!due_.empty());  // else it waits for an answer that nobody will give
    std::pop_heap(due_.begin(), due_.end(), [](Due const& a, Due const& b) { return a.after(b); });
    auto const strand = due_.back().strand;
    due_.pop_back();
    advance_strand(strand);
    if (turn_over_) finish_turn();
}

/// Runs a strand until another one is due before it, or it waits or ends.
void SessionMachine::advance_strand(std::uint32_t strand) {
    auto& s = strands_[strand];
    for (;;) {
        if (s.asks) {
            auto const progress = proceed(strand);
            if (progress == Progress::later) return schedule(strand);
            if (progress == Progress::under_way) return;
        }
        if (++steps_ > most_steps)
            throw std::runtime_error(
                "a session takes more than ten million steps (bound its turns and loops with 'at_most')");
        auto const& op = program_->ops[s.pc];
        auto const flow = std::visit([&](auto const& what) { return execute(strand, op, what); }, op.what);
        if (flow == Flow::left) return;
        // Nor past what is known of the world: somebody's answer may come first.
        if (flow == Flow::time_passed && (!due_.empty() || s.time > clock_)) return schedule(strand);
    }
}

}  // namespace runrate
