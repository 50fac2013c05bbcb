// How replicas of a pool come and go.

#include <algorithm>

#include "core/contract.h"
#include "fleet/replica_pool.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr double hour_s = 3600;
constexpr double longest_run_s = 4e6;  ///< 46 days: the clock ends later, and no simulation lasts as long
constexpr std::uint32_t cold_start_chance = 0, failure_chance = 1, repair_chance = 2;

}  // namespace

Stream ReplicaPool::chance(std::uint32_t slot, std::uint32_t what) const {
    return Stream{{.seed = settings_.seed,
                   .world = settings_.world,
                   .purpose = Purpose::replica,
                   .entity = settings_.entity,
                   .item = slot,
                   .turn = slots_[slot].life,
                   .step = what}};
}

int ReplicaPool::alive() const {
    return static_cast<int>(std::count_if(slots_.begin(), slots_.end(), [](Slot const& s) {
        return s.state == State::ready || s.state == State::starting;
    }));
}

void ReplicaPool::look() {
    auto const& rule = *settings_.autoscale;
    auto const recommended = recommended_replicas(rule, static_cast<double>(in_flight()));
    scale_to(next_replicas(rule, alive(), recommended, stabiliser_.settle(now_, rule.stabilise, recommended)));
    events_.push({now_ + rule.every, Phase::look, 0, 0});
}

void ReplicaPool::scale_to(int wanted) {
    for (int there = alive(); there < wanted; ++there) start_one();
    for (int there = alive(); there > wanted; --there) stop_one();
}

void ReplicaPool::start_one() {
    auto const off = std::find_if(slots_.begin(), slots_.end(), [](Slot const& s) { return s.state == State::off; });
    auto const slot = static_cast<std::uint32_t>(off - slots_.begin());
    if (off == slots_.end()) slots_.emplace_back();
    steps_.resize(slots_.size());
    start(slot);
}

void ReplicaPool::start(std::uint32_t slot) {
    auto& s = slots_[slot];
    s.state = State::starting;
    ++s.life;
    ++totals_.starts;
    pay(+1);
    auto const takes = settings_.cold_start_s.at(chance(slot, cold_start_chance).uniform());
    events_.push({now_ + from_seconds(std::max(0.0, takes)), Phase::started, slot, s.life});
}

void ReplicaPool::serve(std::uint32_t slot) {
    auto& s = slots_[slot];
    s.state = State::ready;
    s.engine = std::make_unique<ReplicaEngine>(settings_.replica, settings_.parameters, coverage_);
    ready_.insert(std::lower_bound(ready_.begin(), ready_.end(), slot), slot);
    auto const between = settings_.failures.mean_hours_between;
    if (between <= 0) return;
    double const lasts_s = -between * hour_s * real::log(chance(slot, failure_chance).uniform());
    if (lasts_s > longest_run_s) return;
    events_.push({now_ + from_seconds(lasts_s), Phase::failure, slot, s.life});
}

void ReplicaPool::leave_ready(std::uint32_t slot) {
    ready_.erase(std::remove(ready_.begin(), ready_.end(), slot), ready_.end());
}

/// One that is starting, the last of them; else the one with the least in flight takes no more requests.
void ReplicaPool::stop_one() {
    auto const less = [&](std::uint32_t a, std::uint32_t b) {
        auto const rank = [&](std::uint32_t i) {
            return slots_[i].state == State::starting ? -1 : slots_[i].in_flight;
        };
        return rank(a) != rank(b) ? rank(a) < rank(b) : a > b;
    };
    std::optional<std::uint32_t> least;
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
        bool const can = slots_[i].state == State::ready || slots_[i].state == State::starting;
        if (can && (!least || less(i, *least))) least = i;
    }
    RUNRATE_EXPECT(least);
    ++totals_.stops;
    leave_ready(*least);
    if (slots_[*least].in_flight == 0) return turn_off(*least);
    slots_[*least].state = State::draining;
}

void ReplicaPool::turn_off(std::uint32_t slot) {
    auto& s = slots_[slot];
    if (s.engine) retired_.add(s.engine->totals());
    if (s.engine) retired_busy_h_ += busy_hours(*s.engine, now_);
    s.engine.reset();
    s.state = State::off;
    ++s.life;
    steps_.set(slot, never);
    pay(-1);
}

/// Not paid until it is repaired and starts again.
void ReplicaPool::fail(std::uint32_t slot) {
    auto& s = slots_[slot];
    ++totals_.failures;
    leave_ready(slot);
    take_back(slot);
    bool const comes_back = s.state == State::ready;
    turn_off(slot);
    if (!comes_back) return;
    s.state = State::failed;
    auto const takes = settings_.failures.repair_s.at(chance(slot, repair_chance).uniform());
    events_.push({now_ + from_seconds(std::max(0.0, takes)), Phase::repaired, slot, s.life});
}

/// Starts again; under an autoscaler its next look decides.
void ReplicaPool::repaired(std::uint32_t slot) {
    slots_[slot].state = State::off;
    if (!settings_.autoscale) start(slot);
}

/// What a replica had goes to the head of the queue, in order.
void ReplicaPool::take_back(std::uint32_t slot) {
    std::vector<std::uint32_t> places;
    for (std::uint32_t i = 0; i < held_.size(); ++i)
        if (held_[i].state == Held::State::in_flight && held_[i].slot == slot) places.push_back(i);
    std::sort(places.begin(), places.end(),
              [&](auto a, auto b) { return held_[a].asked.number > held_[b].asked.number; });
    for (auto const place : places) {
        auto& held = held_[place];
        held.state = Held::State::waits;
        ++held.restarts;
        ++totals_.restarts;
        queue_.push_front(place);
    }
    note_queue();
    slots_[slot].in_flight = 0;
}

}  // namespace runrate
