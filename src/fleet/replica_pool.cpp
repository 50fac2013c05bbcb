#include "fleet/replica_pool.h"

#include <algorithm>

#include "core/contract.h"
#include "engine/check_replica.h"
#include "fleet/engine_sums.h"
#include "fleet/overflow.h"

namespace runrate {
namespace {

double hours(Duration d) { return to_seconds(d) / 3600; }

}  // namespace

ReplicaPool::ReplicaPool(PoolSettings settings)
    : settings_{std::move(settings)},
      coverage_{std::make_shared<ExpertCoverage const>(checked(settings_.replica),
                                                       most_tokens_of_iteration(settings_.replica))},
      probe_{settings_.replica, settings_.parameters, coverage_} {
    auto const& rule = settings_.autoscale;
    RUNRATE_EXPECT(settings_.replicas >= 0 && (rule ? rule->most : settings_.replicas) >= 1);
    RUNRATE_EXPECT(!rule || (rule->every > Duration{} && rule->least >= 0 && rule->least <= rule->most));
    RUNRATE_EXPECT(!rule || (rule->in_flight > 0 && rule->surge >= 1 && rule->stabilise >= Duration{}));
    RUNRATE_EXPECT(!settings_.admission.in_flight || *settings_.admission.in_flight >= 1);
    slots_.resize(static_cast<std::size_t>(settings_.replicas));
    steps_.resize(slots_.size());
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
        pay(+1);
        serve(i);
    }
    if (rule) events_.push({now_ + rule->every, Phase::look, 0, 0});
}

std::span<PoolOutcome const> ReplicaPool::advance() {
    auto const at = next();
    RUNRATE_EXPECT(at != never);
    move_to(at);
    outcomes_.clear();
    while (steps_.soonest() == at) step(steps_.first());
    while (!events_.empty() && events_.top().at == at) {
        auto const event = events_.pop();
        if (!is_void(event)) happen(event);
    }
    dispatch_queue();
    if (outcomes_.size() > 1) {
        std::sort(outcomes_.begin(), outcomes_.end(),
                  [](PoolOutcome const& a, PoolOutcome const& b) { return a.served.request < b.served.request; });
    }
    return outcomes_;
}

Taken ReplicaPool::submit(PoolRequest const& r) {
    if (auto const refusal = probe_.refusal(r.request))
        return *refusal == Refusal::too_long ? Taken::too_long : Taken::never_fits;
    move_to(Instant{r.request.arrival});
    auto const& above = settings_.overflow_above;
    if (above && static_cast<double>(in_flight()) >= most_in_flight(ready_replicas(), *above)) {
        ++totals_.overflowed;
        return Taken::full;
    }
    auto const place = hold(r);
    if (queue_.empty() && dispatch(held_[place])) return Taken::yes;
    auto const& most = settings_.admission.queue;
    if (most && std::ssize(queue_) >= *most) {
        let_go(place);
        ++totals_.shed;
        return Taken::shed;
    }
    held_[place].state = Held::State::waits;
    queue_.push_back(place);
    note_queue();
    return Taken::yes;
}

std::uint32_t ReplicaPool::hold(PoolRequest const& r) {
    if (vacant_.empty()) {
        vacant_.push_back(static_cast<std::uint32_t>(held_.size()));
        held_.emplace_back();
    }
    auto const place = vacant_.back();
    vacant_.pop_back();
    auto const is_new = places_.try_emplace(r.number, place).second;
    RUNRATE_EXPECT(is_new);
    auto& held = held_[place];
    held.asked = r;
    held.restarts = 0;
    if (settings_.replica.prefix_cache) held.extents.assign(r.request.extents.begin(), r.request.extents.end());
    return place;
}

void ReplicaPool::let_go(std::uint32_t place) {
    auto& held = held_[place];
    held.state = Held::State::vacant;
    places_.erase(held.asked.number);
    vacant_.push_back(place);
}

void ReplicaPool::forget_peaks() {
    totals_.peak_replicas = paid_;
    totals_.peak_queue = 0;
    note_queue();
}

PoolTotals ReplicaPool::totals(Instant until) const {
    RUNRATE_EXPECT(until >= now_);
    auto t = totals_;
    double const more = hours(until - now_);
    t.paid_hours += more * paid_;
    t.ready_hours += more * ready_replicas();
    t.in_flight_hours += more * static_cast<double>(in_flight());
    t.busy_hours = retired_busy_h_;
    for (auto const& slot : slots_)
        if (slot.engine) t.busy_hours += busy_hours(*slot.engine, until);
    return t;
}

EngineTotals ReplicaPool::engines() const {
    EngineSums sums = retired_;
    for (auto const& slot : slots_)
        if (slot.engine) sums.add(slot.engine->totals());
    return sums.totals();
}

void ReplicaPool::happen(Event const& e) {
    switch (e.phase) {
        case Phase::repaired: return repaired(e.slot);
        case Phase::started: return serve(e.slot);
        case Phase::failure: return fail(e.slot);
        case Phase::look: return look();
    }
}

void ReplicaPool::move_to(Instant at) {
    RUNRATE_EXPECT(at >= now_);
    if (at == now_) return;
    double const passed = hours(at - now_);
    totals_.paid_hours += passed * paid_;
    totals_.ready_hours += passed * ready_replicas();
    totals_.in_flight_hours += passed * static_cast<double>(in_flight());
    now_ = at;
}

double ReplicaPool::busy_hours(ReplicaEngine const& engine, Instant until) { return hours(engine.busy(until)); }

void ReplicaPool::note_queue() {
    totals_.peak_queue = std::max(totals_.peak_queue, static_cast<std::int64_t>(queue_.size()));
}

void ReplicaPool::pay(int replicas) {
    paid_ += replicas;
    totals_.peak_replicas = std::max(totals_.peak_replicas, paid_);
}

void ReplicaPool::step(std::uint32_t slot) {
    steps_.set(slot, never);
    for (auto const& o : slots_[slot].engine->step()) deliver(slot, o);
    if (slots_[slot].state == State::draining && slots_[slot].in_flight == 0)
        turn_off(slot);
    else
        engine_changed(slot);
}

void ReplicaPool::deliver(std::uint32_t slot, EngineOutcome const& o) {
    auto const* const place = places_.find(o.request);
    RUNRATE_EXPECT(place);
    auto const& held = held_[*place];
    outcomes_.push_back({o, slot, held.restarts, held.asked.tag});
    outcomes_.back().served.arrival = held.asked.request.arrival;
    let_go(*place);
    --slots_[slot].in_flight;
    ++totals_.requests;
}

void ReplicaPool::dispatch_queue() {
    while (!queue_.empty() && dispatch(held_[queue_.front()])) queue_.pop_front();
}

bool ReplicaPool::dispatch(Held& held) {
    auto const slot = choose(held);
    if (!slot) return false;
    auto request = held.asked.request;
    request.arrival = now_.time_since_epoch();
    request.extents = held.extents;
    slots_[*slot].engine->submit(request, held.asked.number);
    ++slots_[*slot].in_flight;
    engine_changed(*slot);
    held.slot = *slot;
    held.state = Held::State::in_flight;
    if (settings_.router == Router::session_affinity) *homes_.try_emplace(held.asked.session, *slot).first = *slot;
    return true;
}

bool ReplicaPool::takes(std::uint32_t slot) const {
    auto const& s = slots_[slot];
    auto const& most = settings_.admission.in_flight;
    return s.state == State::ready && (!most || s.in_flight < *most);
}

std::optional<std::uint32_t> ReplicaPool::choose(Held const& held) {
    RoutedRequest routed{.prompt_tokens = held.asked.request.prompt_tokens};
    if (auto const* const home = homes_.find(held.asked.session)) routed.home = *home;
    candidates_.clear();
    auto const add = [&](std::uint32_t slot) {
        bool const asks_cache = settings_.router == Router::cache_aware;
        candidates_.push_back(
            {slot, slots_[slot].in_flight, asks_cache ? slots_[slot].engine->cached_tokens(held.extents) : 0});
    };
    auto const waiting = static_cast<std::int64_t>(queue_.size());
    routed.mean_in_flight = static_cast<double>(in_flight() - waiting) / std::max<double>(1, ready_replicas());
    bool const at_home =
        routed.home && takes(*routed.home) && stays_home(slots_[*routed.home].in_flight, routed.mean_in_flight);
    if (at_home) add(*routed.home);  // no other is looked at then
    for (std::size_t i = 0; i < ready_.size() && !at_home; ++i)
        if (takes(ready_[i])) add(ready_[i]);
    if (candidates_.empty()) return std::nullopt;
    return candidates_[route(settings_.router, candidates_, routed)].replica;
}

void ReplicaPool::engine_changed(std::uint32_t slot) {
    if (std::exchange(slots_[slot].asked, false)) unasked_.push_back(slot);
}

/// An engine puts its next iteration together when it is asked for its end: not before all that arrives is there.
void ReplicaPool::ask_engines() {
    for (auto const slot : unasked_) {
        auto& s = slots_[slot];
        s.asked = true;
        if (s.engine) steps_.set(slot, s.engine->next());
    }
    unasked_.clear();
}

}  // namespace runrate
