// The engine as the queues of the textbooks: where only one kind of time is left, its waits are theirs.

#include "engine/queue.h"

namespace runrate {
namespace {

constexpr double load = 0.8;

/// A batch of one that makes one token: a single server, whose time is computing the prompt and linear in it.
struct SingleServer {
    Replica replica = queue_replica(1);
    StepParameters parameters = limitless();
    double token_s;

    SingleServer() {
        replica.model.vocabulary = 1;
        parameters.compute = 1e-2;
        auto const step = [&](double p) {
            return step_time({.prefill_tokens = p, .first_tokens = 1}, replica, parameters);
        };
        token_s = (step(20'000) - step(10'000)) / 10'000;
        EXPECT_NEAR(step(10'000), 10'000 * token_s, 1e-6 * step(10'000)) << "not linear";
    }
};

constexpr double prompt_tokens = 10'000;

/// Mean wait over mean service; gaps are in mean services.
Estimate wait_of_one_server(Draw const& gap, Draw const& tokens, std::int64_t count) {
    SingleServer const one;
    double const service_s = prompt_tokens * one.token_s;
    Traffic const traffic{.gap_s = [&](Stream& s) { return service_s * gap(s); },
                          .tokens = tokens,
                          .request = [](auto n) { return EngineRequest{.prompt_tokens = n, .output_tokens = 1}; },
                          .count = count};
    return measured(traffic, one.replica, one.parameters, [&](auto const& o) { return wait_s(o) / service_s; });
}

/// Lognormal with a mean and a coefficient of variation.
Draw lognormal(double mean, double cv) {
    double const variance = std::log(1 + cv * cv);
    return of(Lognormal{std::log(mean) - variance / 2, std::sqrt(variance)});
}

Draw const poisson = of(Exponential{1 / load});

TEST(OneServer, WaitsAreThoseOfPollaczekAndKhinchine) {
    expect_covers(wait_of_one_server(poisson, of(Constant{prompt_tokens}), 80'000), 2.0, 0.06);
    expect_covers(wait_of_one_server(poisson, lognormal(prompt_tokens, 0.5), 80'000), 2.5, 0.06);
    expect_covers(wait_of_one_server(poisson, lognormal(prompt_tokens, 1), 80'000), 4.0, 0.08);
    expect_covers(wait_of_one_server(poisson, of(Exponential{prompt_tokens}), 80'000), 4.0, 0.08);
}

TEST(OneServer, AFewLongPromptsMakeAllWait) {
    expect_covers(wait_of_one_server(poisson, lognormal(prompt_tokens, 2), 200'000), 10.0, 0.12);
}

/// A coefficient of variation of 4: one prompt of 17 is 17 times the mean, the others are next to nothing.
TEST(OneServer, WaitsByTheSecondMomentWhateverTheLaw) {
    Draw const rare = [](Stream& s) { return s.uniform() * 17 < 1 ? 17 * prompt_tokens : 0; };
    expect_covers(wait_of_one_server(poisson, rare, 250'000), 34.0, 0.2);
}

/// GI/M/1 with gamma gaps.
TEST(OneServer, BurstyArrivalsWaitAsInGIM1) {
    auto const gap = [](double cv) { return tabulated(Gamma{1 / (cv * cv), cv * cv / load}); };
    expect_covers(wait_of_one_server(gap(2), of(Exponential{prompt_tokens}), 150'000), 10.955, 0.12);
    expect_covers(wait_of_one_server(gap(3.5), of(Exponential{prompt_tokens}), 400'000), 30.10, 0.12);
}

/// Iterations take a fixed time however many requests they work on: as many servers as a batch has places. Outputs are
/// geometric, the exponential of counted steps.
template <class Measure>
Estimate of_servers(int servers, double load_of_one, std::int64_t count, Measure const& measure) {
    constexpr double step_s = 1e-3, mean_tokens = 20'000;
    auto q = limitless();
    q.step_s = step_s;
    Traffic const traffic{.gap_s = of(Exponential{step_s * mean_tokens / servers / load_of_one}),
                          .tokens = of(Geometric{mean_tokens, 1}),
                          .request = [](auto n) { return EngineRequest{.prompt_tokens = 1, .output_tokens = n}; },
                          .count = count};
    return measured(traffic, queue_replica(servers), q,
                    [&](auto const& o) { return measure(wait_s(o) / (step_s * mean_tokens)); });
}

double in_services(double wait) { return wait; }
/// An arrival waits for the step under way, a 20,000th of a service, even where a place is free.
double has_to_wait(double wait) { return wait > 1 / 20'000.0 ? 1 : 0; }

TEST(ManyServers, WaitsAreThoseOfErlang) {
    expect_covers(of_servers(2, 0.8, 80'000, in_services), 1.777778, 0.12);
    expect_covers(of_servers(4, 0.8, 80'000, in_services), 0.745541, 0.12);
    expect_covers(of_servers(10, 0.8, 80'000, in_services), 0.204590, 0.15);
}

TEST(ManyServers, AsManyWaitAsErlangSays) {
    expect_covers(of_servers(1, 0.8, 50'000, has_to_wait), 0.8, 0.02);
    expect_covers(of_servers(10, 0.8, 80'000, has_to_wait), 0.409180, 0.06);
    expect_covers(of_servers(100, 0.95, 80'000, has_to_wait), 0.506457, 0.15);
}

/// Iterations take a time in proportion to their batch: every request gets an equal share of the machine, and the mean
/// response is 1 / (1 - load) services whatever their law.
TEST(SharedProcessor, ResponseDoesNotDependOnTheLawOfService) {
    constexpr double sequence_s = 1e-5, mean_tokens = 2000;
    auto q = limitless();
    q.sequence_s = sequence_s;
    for (auto const& [tokens, count] : {std::pair<Draw, int>{of(Constant{mean_tokens}), 40'000},
                                        {of(Geometric{mean_tokens, 1}), 40'000},
                                        {lognormal(mean_tokens, 2), 80'000}}) {
        Traffic const traffic{.gap_s = of(Exponential{sequence_s * mean_tokens / load}),
                              .tokens = tokens,
                              .request = [](auto n) { return EngineRequest{.prompt_tokens = 1, .output_tokens = n}; },
                              .count = count};
        auto const e = measured(traffic, queue_replica(1000), q,
                                [&](auto const& o) { return response_s(o) / (sequence_s * mean_tokens); });
        expect_covers(e, 1 / (1 - load), 0.1);
    }
}

/// A machine that does nothing but read the KV cache of contexts that are all as long: iterations take a time in
/// proportion to their batch.
struct ReadsContexts {
    static constexpr std::int64_t context = 1'000'000;
    Replica replica = queue_replica(1000);
    StepParameters parameters = limitless();
    double token_s;  ///< of a request alone

    ReadsContexts() {
        parameters.kv = 1;
        auto const step = [&](double requests) {
            return step_time({.decodes = requests, .context = requests * context}, replica, parameters);
        };
        token_s = step(1);
        EXPECT_NEAR(step(10), 10 * token_s, 1e-3 * token_s) << "not in proportion";
    }
};

/// E[T(x)] = x / (1 - load): who asks for three times as much is there three times as long, and only so long.
TEST(SharedProcessor, OfAKvCacheServesInProportionToWhatIsAsked) {
    constexpr double mean_tokens = 2000;
    ReadsContexts const machine;
    Traffic const traffic{
        .gap_s = of(Exponential{machine.token_s * mean_tokens / load}),
        .tokens = [](Stream& s) { return s.uniform() < 0.5 ? mean_tokens / 2 : 1.5 * mean_tokens; },
        .request = [](auto n) { return EngineRequest{.prompt_tokens = ReadsContexts::context, .output_tokens = n}; },
        .count = 40'000};
    for (double const asked : {0.5, 1.5}) {
        auto const tokens = static_cast<std::int64_t>(asked * mean_tokens);
        // Half of the requests are of this length.
        auto const e = measured(traffic, machine.replica, machine.parameters, [&](auto const& o) {
            return o.output_tokens == tokens ? 2 * response_s(o) / (machine.token_s * mean_tokens) : 0;
        });
        expect_covers(e, asked / (1 - load), 0.1);
    }
}

/// Little's law holds for one run as an identity: requests that decode, over time, are the times in which they do.
TEST(Little, DecodingRequestsOverBusyTimeAreTheSumOfDecodingTimes) {
    for (auto const manner : {Prefill::chunks, Prefill::whole}) {
        Stream s{{.seed = 8}};
        double at = 0, decoding_s = 0;
        std::vector<EngineRequest> list(5000);
        for (auto& r : list) {
            at += sample(Exponential{0.05}, s);
            r = {.arrival = seconds(at),
                 .prompt_tokens = 1 + std::llround(sample(Exponential{500}, s)),
                 .output_tokens = 1 + std::llround(sample(Exponential{200}, s))};
        }
        std::size_t next = 0;
        auto const source = [&](EngineRequest& r) {
            if (next == list.size()) return false;
            r = list[next++];
            return true;
        };
        auto const totals = serve(source, small_replica(manner), {},
                                  [&](auto const& o) { decoding_s += to_seconds(o.finished - o.first_token); });
        EXPECT_EQ(totals.preemptions, 0);
        EXPECT_NEAR(totals.running_mean * to_seconds(totals.busy), decoding_s, 1e-9 * decoding_s);
        EXPECT_GT(totals.running_mean, 3);
    }
}

}  // namespace
}  // namespace runrate
