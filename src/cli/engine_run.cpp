#include "cli/engine_run.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "calibration/protocol.h"
#include "cli/verbs.h"
#include "core/diagnostics.h"
#include "engine/drive.h"
#include "fleet/drive_pool.h"

namespace runrate {
namespace {

/// Adds outcomes to a report, and turns what the engine did into what a client sees.
class Observer {
public:
    Observer(EngineReport& report, EngineSetup const& setup)
        : report_{&report},
          parameters_{setup.speed.parameters},
          tokens_per_step_{setup.replica.speculation.tokens_per_step()} {}

    void add(EngineOutcome& o) {
        auto& r = *report_;
        r.arrivals.add(o.arrival);
        if (o.refusal == Refusal::too_long) ++r.too_long;
        if (o.refusal == Refusal::never_fits) ++r.never_fits;
        if (o.refusal == Refusal::none) add_served(o);
    }

private:
    void add_served(EngineOutcome& o) {
        auto const tokens = static_cast<double>(o.output_tokens);
        EngineMeans at_engine{.ttft_s = to_seconds(o.first_token - o.arrival),
                              .e2e_s = to_seconds(o.finished - o.arrival),
                              .prompt_tokens = static_cast<double>(o.prompt_tokens),
                              .output_tokens = tokens};
        if (tokens > 1) at_engine.tpot_s = to_seconds(o.finished - o.first_token) / (tokens - 1);
        auto const seen = seen_by_client(at_engine, parameters_, tokens_per_step_);
        o.first_token = o.arrival + from_seconds(seen.ttft_s);
        o.finished = o.arrival + from_seconds(seen.e2e_s);
        report_->ttft.add(seen.ttft_s);
        if (tokens > 1) report_->tpot.add(seen.tpot_s);
        report_->e2e.add(seen.e2e_s);
        report_->queue.add(to_seconds(o.admitted - o.arrival));
        report_->e2e_by_arrival.add(to_seconds(o.arrival), seen.e2e_s);
    }

    EngineReport* report_;
    StepParameters parameters_;
    double tokens_per_step_;
};

EngineTotals of_one(EngineSetup const& setup, EngineLoad& load, OutcomeSink const& sink) {
    auto const* loop = closed_loop_of(load);
    if (!loop) return serve(source_of(load), setup.replica, setup.speed.parameters, sink);
    ReplicaEngine engine{setup.replica, setup.speed.parameters};
    auto const refused = drive_closed_loop(
        engine, loop->concurrency, loop->requests, [&](std::int64_t n) { return drawn_request(*loop, n); }, sink);
    auto totals = engine.totals();
    totals.refused = refused;
    return totals;
}

EngineOutcome refusal_of(PoolRequest const& r, Taken why) {
    return {.request = r.number,
            .arrival = r.request.arrival,
            .prompt_tokens = r.request.prompt_tokens,
            .output_tokens = r.request.output_tokens,
            .refusal = why == Taken::too_long ? Refusal::too_long : Refusal::never_fits};
}

EngineTotals of_pool(EngineSetup const& setup, EngineLoad& load, OutcomeSink const& sink, PoolTotals& of_pool) {
    ReplicaPool pool{{.replica = setup.replica,
                      .parameters = setup.speed.parameters,
                      .router = setup.router,
                      .replicas = setup.replicas}};
    std::int64_t refused = 0;
    auto const served = [&](PoolOutcome const& o) { sink(o.served); };
    auto const turned_away = [&](PoolRequest const& r, Taken why) {
        ++refused;
        sink(refusal_of(r, why));
    };
    if (auto const* loop = closed_loop_of(load)) {
        drive_pool_closed_loop(
            pool, loop->concurrency, loop->requests, [&](std::int64_t n) { return drawn_request(*loop, n); }, served,
            turned_away);
    } else {
        auto source = [next = source_of(load), number = std::uint64_t{0}](PoolRequest& r) mutable {
            r.number = number++;
            return next(r.request);
        };
        drive_pool(pool, source, served, turned_away);
    }
    of_pool = pool.totals(pool.now());
    auto totals = pool.engines();
    totals.refused = refused;
    return totals;
}

}  // namespace

double EngineReport::duration_s() const { return totals.requests > 0 ? to_seconds(totals.end - arrivals.first) : 0; }

bool EngineReport::falls_behind() const {
    constexpr std::int64_t fewest = 50;                       // to tell a trend from chance
    constexpr double least_slope = 0.03, least_growth = 0.5;  // of a second by second, of the mean
    if (totals.requests < fewest) return false;
    double const slope = e2e_by_arrival.slope();
    return slope > least_slope && slope * arrivals.seconds() > least_growth * e2e.mean_s();
}

EngineReport run_engine(EngineSetup const& setup, EngineLoad& load, OutcomeSink const& each,
                        std::function<bool()> const& stop) {
    EngineReport report;
    Observer observer{report, setup};
    std::uint64_t outcomes = 0;
    auto const sink = [&](EngineOutcome const& at_engine) {
        auto o = at_engine;
        observer.add(o);
        if (each) each(o);
        if (++outcomes % outcomes_between_stops == 0 && stop && stop())
            throw std::runtime_error("interrupted (nothing was written)");
    };
    try {
        report.totals =
            setup.replicas > 1 ? of_pool(setup, load, sink, report.pool.emplace()) : of_one(setup, load, sink);
    } catch (std::invalid_argument const& e) { throw UsageError(e.what()); }
    if (report.arrivals.requests == 0)
        throw InputError(
            fmt::format("{}: error: holds no request that can be read\n", std::get<RequestList>(load).name()));
    return report;
}

}  // namespace runrate
