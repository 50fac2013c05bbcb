#include "events/event_loop.h"

#include <algorithm>

#include "core/contract.h"
#include "engine/front_end.h"

namespace runrate {
namespace {

constexpr std::uint32_t given = 1, not_given = 0;
constexpr Instant latest_end_of_window{std::chrono::days{40}};

/// Who waits for a pool.
struct Caller {
    std::uint32_t session, strand;
};
std::uint64_t tag_of(Caller c) { return std::uint64_t{c.session} << 32 | c.strand; }
Caller caller_of(std::uint64_t tag) { return {static_cast<std::uint32_t>(tag >> 32), static_cast<std::uint32_t>(tag)}; }

constexpr int number_bits = 30;  ///< of a feature's sessions

/// Contents of prompts in a pool's prefix cache: lines of sessions, and what sessions of a feature share, which stands
/// for a session without a number.
std::uint64_t content_of(std::uint64_t entity, SessionMachine::Stretch const& s) {
    auto const owner = s.shared ? entity >> number_bits << number_bits : entity;
    return owner << ContextTree::line_bits | s.line;
}

PoolTotals difference(PoolTotals t, PoolTotals const& before) {
    for (auto const member :
         {&PoolTotals::paid_hours, &PoolTotals::ready_hours, &PoolTotals::busy_hours, &PoolTotals::in_flight_hours})
        t.*member -= before.*member;
    for (auto const member : {&PoolTotals::requests, &PoolTotals::shed, &PoolTotals::overflowed, &PoolTotals::starts,
                              &PoolTotals::stops, &PoolTotals::failures, &PoolTotals::restarts})
        t.*member -= before.*member;
    return t;
}

void add(EventDuration& d, double seconds) {
    d.sketch.add(seconds);
    d.sum_s += seconds;
}

}  // namespace

EventLoop::EventLoop(std::vector<EventFeature> const& features, std::vector<PoolSettings> const& pools,
                     EventWindow const& window)
    : features_{features}, settings_{pools}, window_{window}, numbers_(features.size()), vacant_(features.size()) {
    RUNRATE_EXPECT(Instant{} <= window.from && window.from <= window.until && window.until <= latest_end_of_window);
    for (auto const& settings : pools) pools_.emplace_back(settings);
    before_.resize(pools.size());
    result_.pools.resize(pools.size());
    for (std::uint32_t f = 0; f < features.size(); ++f) {
        auto const& feature = features[f];
        starts_.emplace_back(feature.per_hour, feature.gaps_cv,
                             Address{.seed = feature.sample.seed,
                                     .world = feature.sample.world,
                                     .purpose = Purpose::session_start,
                                     .entity = feature.sample.feature.index()});
        roles_.emplace_back(feature.bound->program->roles);
        result_.features.emplace_back().meters.resize(feature.bound->program->keys.size());
        schedule_start(f);
    }
    push({window.from, 0, 0, 0, 0, Kind::mark});
}

EventResult EventLoop::run() {
    for (;;) {
        auto const due = due_.empty() ? Instant::max() : due_.top().at;
        // A pool puts its next iterations together when it is asked: not before all of this instant has come.
        auto const pools = due == now_ ? Instant::max() : next_of_pools();
        if (std::min(due, pools) > window_.until) break;
        now_ = std::min(due, pools);
        if (pools == now_) advance_pools();
        while (!due_.empty() && due_.top().at == now_) happen(due_.pop());
    }
    now_ = window_.until;
    return result();
}

/// Puts down what happens within the window.
void EventLoop::push(Due const& due) {
    if (due.at <= window_.until) due_.push(due);
}

/// A session by its feature and its number there, from 1 on.
std::uint64_t EventLoop::entity_of(std::uint32_t feature, std::uint64_t number) const {
    RUNRATE_EXPECT(number + 1 < std::uint64_t{1} << number_bits);
    return std::uint64_t{features_[feature].sample.feature.index()} << number_bits | (number + 1);
}

Instant EventLoop::next_of_pools() {
    auto next = Instant::max();
    for (auto& pool : pools_) next = std::min(next, pool.next());
    return next;
}

void EventLoop::advance_pools() {
    for (std::size_t p = 0; p < pools_.size(); ++p) {
        if (pools_[p].next() != now_) continue;
        for (auto const& o : pools_[p].advance()) take(p, o);
    }
}

void EventLoop::happen(Due const& e) {
    switch (e.kind) {
        case Kind::start: return start_session(e.which);
        case Kind::session:
            if (e.version == sessions_[e.which].version) advance_session(e.which);
            return;
        case Kind::answer: {
            auto& s = sessions_[e.which];
            s.machine->answer(e.strand, Instant{now_ - s.begun}, e.version == given);
            return go_on(e.which);
        }
        case Kind::mark:
            for (std::size_t p = 0; p < pools_.size(); ++p) {
                before_[p] = pools_[p].totals(now_);
                pools_[p].forget_peaks();
            }
            return;
    }
}

// --- sessions

void EventLoop::schedule_start(std::uint32_t feature) {
    if (auto const at = starts_[feature].next())
        push({*at, entity_of(feature, numbers_[feature]), feature, 0, 0, Kind::start});
}

std::uint32_t EventLoop::vacant(std::uint32_t feature) {
    auto& vacant = vacant_[feature];
    if (vacant.empty()) {
        auto const& f = features_[feature];
        sessions_.push_back({.machine = std::make_unique<SessionMachine>(*f.bound, f.sample), .feature = feature});
        return static_cast<std::uint32_t>(sessions_.size() - 1);
    }
    auto const slot = vacant.back();
    vacant.pop_back();
    return slot;
}

void EventLoop::start_session(std::uint32_t feature) {
    auto const slot = vacant(feature);
    auto& s = sessions_[slot];
    s.entity = entity_of(feature, numbers_[feature]);
    s.begun = now_;
    s.machine->begin(numbers_[feature]++, roles_[feature]);
    auto& r = result_.features[feature];
    if (within()) ++r.started;
    ++r.under_way;
    schedule_start(feature);
    go_on(slot);
}

/// Lets a session go on where that is now; else puts down when, in place of what it had put down before.
void EventLoop::go_on(std::uint32_t session) {
    auto& s = sessions_[session];
    ++s.version;
    auto const next = s.machine->next();
    if (next == Instant{now_ - s.begun}) return advance_session(session);
    if (next != Instant::max())
        push({after(s.begun, next.time_since_epoch()), s.entity, session, 0, s.version, Kind::session});
}

void EventLoop::advance_session(std::uint32_t session) {
    auto& machine = *sessions_[session].machine;
    machine.advance();
    for (auto const& call : machine.calls()) submit(session, call);
    machine.clear_calls();
    if (machine.done()) return end_session(session);
    go_on(session);
}

void EventLoop::end_session(std::uint32_t session) {
    auto& s = sessions_[session];
    ++s.version;
    vacant_[s.feature].push_back(session);
    for (auto& pool : pools_) pool.end_session(s.entity);
    auto& r = result_.features[s.feature];
    --r.under_way;
    if (!within()) return;
    auto const& tally = s.machine->tally();
    ++r.finished;
    for (std::size_t k = 0; k < r.meters.size(); ++k)
        for (std::size_t m = 0; m < meter_count; ++m) r.meters[k][m] += tally.meters[k][m];
    r.calls += tally.calls;
    r.attempts += tally.attempts;
    r.duration_s += to_seconds(tally.duration);
    r.harmed += tally.harmed ? 1 : 0;
}

// --- calls to pools

void EventLoop::set_extents(Active const& s, SessionMachine::PoolCall const& call) {
    s.machine->stretches_of(call, stretches_);
    for (auto const& stretch : stretches_) extents_.push_back({content_of(s.entity, stretch), stretch.tokens});
    // What is written and then left out of the context must not stand for what goes on after the prompt.
    if (!call.joins && !extents_.empty() && --extents_.back().tokens == 0) extents_.pop_back();
}

void EventLoop::submit(std::uint32_t session, SessionMachine::PoolCall const& call) {
    auto const& s = sessions_[session];
    auto const& f = features_[s.feature];
    auto const pool = f.pools[f.bound->program->keys[call.key].target.index()];
    RUNRATE_EXPECT(pool);
    extents_.clear();
    if (settings_[*pool].replica.prefix_cache) set_extents(s, call);
    PoolRequest const request{{.arrival = now_.time_since_epoch(),
                               .prompt_tokens = std::max<std::int64_t>(1, call.prompt_tokens),
                               .output_tokens = std::max<std::int64_t>(1, call.output_tokens),
                               .extents = extents_},
                              ++calls_,
                              s.entity,
                              tag_of({session, call.strand})};
    auto const taken = pools_[*pool].submit(request);
    if (taken == Taken::yes) return s.machine->taken(call.strand);
    if (taken == Taken::full) return s.machine->overflow(call.strand);
    if (within()) ++result_.pools[*pool].refused;
    push({now_, s.entity, session, call.strand, not_given, Kind::answer});
}

void EventLoop::take(std::size_t pool, PoolOutcome const& outcome) {
    auto const& o = outcome.served;
    auto const caller = caller_of(outcome.tag);
    auto const& q = settings_[pool].parameters;
    auto const front_s = front_end_s(q, static_cast<double>(o.prompt_tokens));
    push({after(now_, from_seconds(front_s)), sessions_[caller.session].entity, caller.session, caller.strand, given,
          Kind::answer});
    if (Instant{o.arrival} < window_.from) return;
    auto& r = result_.pools[pool];
    double const decoding_s = to_seconds(o.finished - o.first_token);
    double const tpot_s = o.output_tokens > 1 ? decoding_s / static_cast<double>(o.output_tokens - 1) : 0;
    auto const held_back = held_back_s(q, tpot_s, settings_[pool].replica.speculation.tokens_per_step(), decoding_s);
    add(r.ttft, to_seconds(o.first_token - o.arrival) + front_s + held_back);
    add(r.e2e, to_seconds(o.finished - o.arrival) + front_s);
    if (o.output_tokens > 1) add(r.tpot, tpot_s);
}

EventResult EventLoop::result() {
    for (std::size_t p = 0; p < pools_.size(); ++p) {
        result_.pools[p].totals = difference(pools_[p].totals(now_), before_[p]);
        result_.pools[p].engines = pools_[p].engines();
    }
    return std::move(result_);
}

EventResult run_events(std::vector<EventFeature> const& features, std::vector<PoolSettings> const& pools,
                       EventWindow const& window) {
    return EventLoop{features, pools, window}.run();
}

}  // namespace runrate
