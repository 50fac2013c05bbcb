#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "serving/option.h"
#include "serving/usage.h"
#include "stat/number.h"
#include "workload/session.h"

namespace runrate {

/// The workflow of one feature under one option, lowered once to a flat program.
class FeatureProgram;

/// \param roles  their names, by RoleId
/// \param keys   usage keys that come first, whether it uses them or not: programs that share theirs can be blended
/// \pre every role that the workflow names has a route
std::shared_ptr<FeatureProgram const> lower(SessionSpec const&, Workflow const&, OptionBehaviour const&,
                                            GatewaySpec const&, std::vector<TargetSpec> const&,
                                            std::vector<std::string> const& roles,
                                            std::vector<UsageKey> const& keys = {});

/// Which usage keys and shared prefixes a program has; FeatureUsage keeps their order.
std::vector<UsageKey> const& usage_keys(FeatureProgram const&);

/// Attempts of the longest retry loop at a step, and of the gateway's around it.
struct RetryLoops {
    int step = 1, gateway = 1;
};
RetryLoops retry_loops(FeatureProgram const&);

/// Which sessions to simulate. Equal numbers meet equal sessions under every option.
struct Sample {
    std::uint64_t seed = 0;
    std::uint32_t world = 0;
    FeatureId feature;
    std::size_t sessions = 400;
};

/// A target whose rate limit is reached: it refuses every attempt, unbilled.
struct RefusingTarget {
    TargetId target;
    double retry_after_s = 0;  ///< what it asks to wait before the next
};

/// What is looked at besides meters, and what is out of order.
struct Probe {
    std::vector<Gauge> gauges{};
    std::vector<RefusingTarget> refusing{};
    double overflow = 0;  ///< share of the calls to pools that find them full, each by itself
};

/// Simulates sessions without an engine: no queue, latency as the targets' laws say, pools included. A function of its
/// arguments alone. \throws std::runtime_error when a session does not come to an end
FeatureUsage simulate(FeatureProgram const&, BeliefValues, Sample const&, Probe const& = {});

}  // namespace runrate
