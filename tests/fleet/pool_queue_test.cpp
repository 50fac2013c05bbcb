// The pool as the queues of the textbooks: replicas that serve one request at a time behind one queue.

#include <map>

#include "fleet/pool_support.h"

namespace runrate {
namespace {

constexpr double mean_tokens = 2000, step_s = 1e-3;

/// Poisson arrivals at a load per server, geometric lengths: the exponential of counted steps.
std::vector<PoolRequest> poisson(int servers, double load, std::size_t count, std::uint32_t group) {
    Stream s{{.seed = 77, .world = group}};
    auto const gap = of(Exponential{step_s * mean_tokens / servers / load});
    auto const tokens = of(Geometric{mean_tokens, 1});
    std::vector<EngineRequest> list(count);
    double at = 0;
    for (auto& r : list) {
        at += gap(s);
        r = {.arrival = seconds(at),
             .prompt_tokens = 1,
             .output_tokens = std::max<std::int64_t>(1, std::llround(tokens(s)))};
    }
    return numbered(list);
}

/// Of independent groups of requests, each without its first fifth.
template <class Measure>
Estimate over_groups(PoolSettings const& settings, double load, std::size_t count, Measure const& measure) {
    std::vector<double> means;
    for (std::uint32_t group = 0; group < 12; ++group)
        means.push_back(measure(serve_by(settings, poisson(settings.replicas, load, count, group)), count / 5));
    return estimate(means);
}

double mean_wait(ServedList const& served, std::size_t from) {
    double sum = 0, n = 0;
    for (auto const& o : served.outcomes) {
        if (o.served.request < from) continue;
        sum += wait_s(o.served) / (step_s * mean_tokens);
        ++n;
    }
    return sum / n;
}

double erlang_b(int servers, double offered) {
    double b = 1;
    for (int n = 1; n <= servers; ++n) b = offered * b / (n + offered * b);
    return b;
}

TEST(PoolAsAQueue, WaitsAreThoseOfErlang) {
    for (auto const& [n, wait] : {std::pair{1, 4.0}, {2, 1.777778}, {4, 0.745541}, {10, 0.204590}}) {
        auto const e = over_groups(servers(n), 0.8, 40'000, mean_wait);
        expect_covers(e, wait, n == 1 ? 0.12 : 0.15);
    }
}

TEST(PoolAsAQueue, ShedsAsManyAsErlangLoses) {
    for (auto const& [n, load] : {std::pair{1, 0.5}, {4, 0.8}, {10, 1.2}}) {
        auto settings = servers(n);
        settings.admission.queue = 0;
        auto const lost = [](ServedList const& served, std::size_t from) {
            double all = 0, shed = 0;
            for (auto const& o : served.outcomes) all += o.served.request >= from;
            for (auto const& r : served.refused) {
                EXPECT_EQ(r.second, Taken::shed);
                shed += r.first >= from;
            }
            return shed / (all + shed);
        };
        expect_covers(over_groups(settings, load, 20'000, lost), erlang_b(n, n * load), 0.06);
    }
}

/// Little: in flight over time are the times of all requests.
TEST(PoolAsAQueue, InFlightOverTimeAreTheTimesOfRequests) {
    auto const served = serve_by(servers(3), poisson(3, 0.9, 5000, 1));
    double times_s = 0;
    for (auto const& o : served.outcomes) times_s += response_s(o.served);
    EXPECT_NEAR(served.totals.in_flight_hours * 3600, times_s, 1e-9 * times_s);
    EXPECT_NEAR(served.totals.paid_hours * 3600, 3 * to_seconds(served.end.time_since_epoch()), 1e-6);
    EXPECT_EQ(served.totals.paid_hours, served.totals.ready_hours);
}

/// Queues of their own behind a router of the least load lie between one queue for all and chance.
TEST(PoolAsAQueue, QueuesOfReplicasWaitLongerThanOneForAll) {
    auto settings = servers(4);
    settings.admission.in_flight.reset();
    auto const e = over_groups(settings, 0.8, 40'000, mean_wait);
    EXPECT_GT(e.mean - 2 * e.half_width, 0.745541);
    EXPECT_LT(e.mean + 2 * e.half_width, 4.0 / 2);
}

std::map<std::uint64_t, EngineOutcome> by_number(ServedList const& served) {
    std::map<std::uint64_t, EngineOutcome> outcomes;
    for (auto const& o : served.outcomes) outcomes.emplace(o.served.request, o.served);
    return outcomes;
}

TEST(PoolAsAQueue, AFurtherReplicaNeverMakesAnybodyWaitLonger) {
    for (std::uint32_t group = 0; group < 20; ++group) {
        auto const requests = poisson(3, 0.6 + 0.03 * group, 500, group);
        for (int n = 1; n < 6; ++n) {
            auto const fewer = by_number(serve_by(servers(n), requests));
            for (auto const& [number, o] : by_number(serve_by(servers(n + 1), requests)))
                ASSERT_LE(o.admitted, fewer.at(number).admitted) << number << " with " << n + 1;
        }
    }
}

}  // namespace
}  // namespace runrate
