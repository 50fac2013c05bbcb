// Laws of pools: the textbooks' of queues, and that more or faster replicas help, request by request where that holds,
// else on average over common random numbers.

#include <algorithm>
#include <map>
#include <tuple>

#include "fleet/pool_support.h"

namespace runrate {
namespace {

constexpr double step_s = 1e-3, mean_tokens = 2000, service_s = step_s * mean_tokens;

/// Requests at gaps and of lengths that are drawn.
std::vector<PoolRequest> drawn(Draw const& gap_s, Draw const& tokens, std::size_t count, std::uint32_t group) {
    Stream s{{.seed = 78, .world = group}};
    std::vector<EngineRequest> list(count);
    double at = 0;
    for (auto& r : list) {
        at += gap_s(s);
        r = {.arrival = seconds(at),
             .prompt_tokens = 1,
             .output_tokens = std::max<std::int64_t>(1, std::llround(tokens(s)))};
    }
    return numbered(list);
}

/// Of twelve independent groups of requests, each without its first fifth.
template <class Measure>
Estimate over_groups(PoolSettings const& settings, Draw const& gap_s, Draw const& tokens, std::size_t count,
                     Measure const& measure) {
    std::vector<double> means;
    for (std::uint32_t group = 0; group < 12; ++group)
        means.push_back(measure(serve_by(settings, drawn(gap_s, tokens, count, group)), count / 5));
    return estimate(means);
}

template <class Of>
auto mean_of_requests(Of const& of) {
    return [of](ServedList const& served, std::size_t from) {
        double sum = 0, n = 0;
        for (auto const& o : served.outcomes) {
            if (o.served.request < from) continue;
            sum += of(o.served);
            ++n;
        }
        return sum / n;
    };
}

double wait_in_services(EngineOutcome const& o) { return wait_s(o) / service_s; }
/// An arrival waits for the step under way even where a replica is free.
double has_to_wait(EngineOutcome const& o) { return wait_s(o) > 1.01 * step_s ? 1 : 0; }

Draw const geometric = of(Geometric{mean_tokens, 1});
Draw poisson(int servers, double load) { return of(Exponential{service_s / servers / load}); }

TEST(PoolAsErlangsQueue, HasAsManyThatWait) {
    for (auto const& [n, share] : {std::pair{2, 0.711111}, {4, 0.596432}, {10, 0.409180}})
        expect_covers(over_groups(servers(n), poisson(n, 0.8), geometric, 40'000, mean_of_requests(has_to_wait)), share,
                      0.08);
}

TEST(PoolAsErlangsQueue, ShedsWhatItsTablesSay) {
    for (auto const& [n, offered, loss] : {std::tuple{10, 8.0, 0.121661}, {100, 90.0, 0.026957}}) {
        auto settings = servers(n);
        settings.admission.queue = 0;
        auto const lost = [](ServedList const& served, std::size_t from) {
            double all = 0, shed = 0;
            for (auto const& o : served.outcomes) all += o.served.request >= from;
            for (auto const& r : served.refused) shed += r.first >= from;
            return shed / (all + shed);
        };
        expect_covers(over_groups(settings, of(Exponential{service_s / offered}), geometric, 40'000, lost), loss, 0.2);
    }
}

TEST(PoolOfOneServer, WaitsAsPollaczekAndKhinchineSay) {
    auto const wait = mean_of_requests(wait_in_services);
    expect_covers(over_groups(servers(1), poisson(1, 0.8), of(Constant{mean_tokens}), 40'000, wait), 2, 0.1);
    Draw const two = [](Stream& s) { return s.uniform() < 0.2 ? 3 * mean_tokens : 0.5 * mean_tokens; };  // cs = 1
    expect_covers(over_groups(servers(1), poisson(1, 0.8), two, 40'000, wait), 4, 0.15);
}

TEST(PoolOfOneServer, WaitsForGammaGapsAsInGIM1) {
    auto const gap = tabulated(Gamma{0.25, service_s / 0.8 / 0.25});
    expect_covers(over_groups(servers(1), gap, geometric, 100'000, mean_of_requests(wait_in_services)), 10.955, 0.2);
}

/// Mt/G/inf: m(t) is the integral of rate(t - u) P(S > u) over u. The rate steps from 5 to 30 a second at 20 s.
TEST(PoolOfEndlessServers, HasInFlightWhatHasNotBeenServedYet) {
    auto settings = servers(1);
    settings.replica = queue_replica(100'000);
    settings.admission = {};
    Draw const constant = of(Constant{4000}), two = [](Stream&s) { return s.uniform() < 0.5 ? 1000 : 7000; };
    auto const still_there = [](double u, bool spread) {
        return spread ? (u < 1 ? 1 : u < 7 ? 0.5 : 0) : (u < 4 ? 1.0 : 0.0);
    };
    for (bool const spread : {false, true}) {
        std::map<double, std::vector<double>> counts;
        for (std::uint32_t group = 0; group < 100; ++group) {
            Stream s{{.seed = 79, .world = group}};
            std::vector<EngineRequest> list;
            for (double at = 0, expected = 0; at < 40;) {
                expected += sample(Exponential{1}, s);
                at = expected < 100 ? expected / 5 : 20 + (expected - 100) / 30;
                auto const tokens = std::llround((spread ? two : constant)(s));
                list.push_back({.arrival = seconds(at), .prompt_tokens = 1, .output_tokens = tokens});
            }
            auto const served = serve_by(settings, numbered(list));
            for (double const t : {15.0, 21.0, 23.0, 26.0, 35.0}) {
                double n = 0;
                for (auto const& o : served.outcomes)
                    n += o.served.arrival <= seconds(t) && o.served.finished > seconds(t);
                counts[t].push_back(n);
            }
        }
        for (auto const& [t, of_groups] : counts) {
            double m = 0;
            for (double u = 0.005; u < 8; u += 0.01) m += 0.01 * (t - u < 20 ? 5 : 30) * still_there(u, spread);
            expect_covers(estimate(of_groups), m, 0.1);
        }
    }
}

std::map<std::uint64_t, EngineOutcome> by_number(ServedList const& served) {
    std::map<std::uint64_t, EngineOutcome> outcomes;
    for (auto const& o : served.outcomes) outcomes.emplace(o.served.request, o.served);
    return outcomes;
}

/// One queue for servers of one request each: nobody is worse off, and no replica works longer.
TEST(FasterReplicas, ServeEverybodySoonerFromOneQueueInFewerHours) {
    for (std::uint32_t group = 0; group < 20; ++group) {
        auto const requests = drawn(poisson(3, 0.6 + 0.03 * group), geometric, 500, group);
        auto const slow = serve_by(servers(3), requests);
        auto faster = servers(3);
        faster.parameters.step_s /= 1.05 + 0.05 * group;
        auto const fast = serve_by(faster, requests);
        auto const before = by_number(slow);
        // A start may fall just behind the begin of a step, and waits for its end.
        for (auto const& [number, o] : by_number(fast))
            ASSERT_LE(o.finished, before.at(number).finished + seconds(step_s)) << number;
        EXPECT_LT(fast.totals.busy_hours, slow.totals.busy_hours);
        EXPECT_LE(fast.totals.paid_hours, slow.totals.paid_hours * (1 + 1e-6));
    }
}

/// Sessions of some turns whose prompts grow, with a prefix that they share: what caches and affinity see.
struct Sessions {
    std::vector<std::vector<Extent>> extents;
    std::vector<PoolRequest> requests;

    explicit Sessions(std::uint32_t group) {
        Stream s{{.seed = 80, .world = group}};
        struct Turn {
            double at;
            std::uint64_t session;
            std::int64_t context, output;
        };
        std::vector<Turn> turns;
        double start = 0;
        for (std::uint64_t session = 0; session < 150; ++session) {
            start += sample(Exponential{session < 50 ? 2.0 : 0.7}, s);
            double at = start;
            std::int64_t context = 600;
            for (int n = 0; n < 5; ++n) {
                context += 100 + std::llround(sample(Exponential{300}, s));
                turns.push_back({at, session, context, 1 + std::llround(sample(Exponential{150}, s))});
                at += sample(Exponential{12}, s);
            }
        }
        std::sort(turns.begin(), turns.end(), [](Turn const& a, Turn const& b) { return a.at < b.at; });
        extents.resize(turns.size());
        for (std::size_t i = 0; i < turns.size(); ++i) {
            auto const& t = turns[i];
            extents[i] = {{1, 600}, {t.session + 2, t.context - 600}};
            requests.push_back({{.arrival = seconds(t.at),
                                 .prompt_tokens = t.context,
                                 .output_tokens = t.output,
                                 .extents = extents[i]},
                                i,
                                t.session});
        }
    }
};

/// With what makes single requests lose: caches, affinity and an autoscaler.
PoolSettings realistic(std::uint32_t group) {
    PoolSettings p{
        .replica = small_replica(), .parameters = {}, .router = Router::session_affinity, .replicas = 2, .seed = group};
    p.replica.prefix_cache = true;
    p.autoscale =
        AutoscaleRule{.in_flight = 4, .every = from_seconds(10), .stabilise = from_seconds(30), .least = 2, .most = 8};
    p.cold_start_s = Sampler{Uniform{5, 15}};
    return p;
}

/// A figure with a change less one without, of the same 32 groups of sessions.
template <class Change, class Figure>
Estimate difference(Change const& change, Figure const& figure) {
    std::vector<double> differences;
    for (std::uint32_t group = 0; group < 32; ++group) {
        Sessions const sessions{group};
        auto changed = realistic(group);
        change(changed);
        differences.push_back(figure(serve_by(changed, sessions.requests)) -
                              figure(serve_by(realistic(group), sessions.requests)));
    }
    return estimate(differences);
}

double mean_response(ServedList const& served) {
    double sum = 0;
    for (auto const& o : served.outcomes) sum += response_s(o.served);
    return sum / static_cast<double>(served.outcomes.size());
}
double paid_hours(ServedList const& served) { return served.totals.paid_hours; }

/// One-sided: the whole interval says that there is less.
void expect_less(Estimate const& e) { EXPECT_LT(e.mean + e.half_width, 0) << e.mean << " +- " << e.half_width; }

TEST(PoolsOnAverage, AnswerSoonerWithMoreReplicas) {
    expect_less(difference([](PoolSettings& p) { p.replicas = p.autoscale->least = 3; }, mean_response));
    expect_less(difference([](PoolSettings& p) { p.autoscale->in_flight = 3; }, mean_response));
    auto const fixed = [](int replicas) {
        return [=](PoolSettings& p) {
            p.autoscale.reset();
            p.replicas = replicas;
        };
    };
    std::vector<double> responses;
    for (int const n : {2, 3, 4, 6}) responses.push_back(difference(fixed(n), mean_response).mean);
    EXPECT_TRUE(std::is_sorted(responses.rbegin(), responses.rend()));
}

TEST(PoolsOnAverage, CostFewerHoursAndAnswerSoonerWithFasterGpus) {
    auto const faster = [](PoolSettings& p) {
        p.replica.gpu.memory_bytes_per_s *= 1.5;
        p.replica.gpu.bf16_flops *= 1.5;
    };
    expect_less(difference(faster, paid_hours));
    expect_less(difference(faster, mean_response));
}

TEST(PoolsOnAverage, AnswerSoonerWithAPrefixCache) {
    auto const without = difference([](PoolSettings& p) { p.replica.prefix_cache = false; }, mean_response);
    EXPECT_GT(without.mean - without.half_width, 0);
}

}  // namespace
}  // namespace runrate
