#include <gtest/gtest.h>

#include "experiment/behaviours.h"
#include "experiment/pool_run.h"

namespace runrate {
namespace {

/// Own GPUs alone, and with an API for what finds them full.
Result run_both(std::string const& above, std::string const& pool = autoscaled, double scale = 20) {
    auto text = pool_scenario(pool) + "plan: {own: {at_least: 2, rest: {on_demand: $4/GPU-h}}}\n";
    text.replace(
        text.find("prices:"), 7,
        "  hybrid: {like: self-host, overflow: {above: " + above + " in flight per replica, to: api}}\nprices:");
    StudySettings settings;
    settings.worlds = 64;
    settings.options = {"self-host", "hybrid"};
    settings.scales = {scale};
    settings.audit = false;
    return run(*load_text(text).scenario, settings).result;
}

double usd(Result const& r, std::string const& option, std::string const& group,
           std::string const& period = "2026-03") {
    double sum = 0;
    for (auto const& row : r.cost_lines)
        if (row.option == option && row.group == group && row.period == period)
            sum += static_cast<double>(row.mean->millionths) * 1e-6;
    return sum;
}

ServiceRow const& service(Result const& r, std::string const& option) {
    for (auto const& row : r.service)
        if (row.option == option && row.period == "2026-03") return row;
    throw std::runtime_error("no such row");
}

/// Of all features and roles. \param target  empty: of all
double pieces(Result const& r, std::string const& option, std::string const& meter, std::string const& target = "") {
    double sum = 0;
    for (auto const& row : r.usage)
        if (row.option == option && row.period == "2026-03" && row.meter == meter && row.target &&
            (target.empty() || *row.target == target))
            sum += row.mean.value_or(0);
    return sum;
}

TEST(Overflow, PartsGoAsOftenAsCallsDo) {
    for (double const beyond : {1e-4, 0.02, 0.3, 0.82, 1.0}) {
        for (double const crowding : {beyond, std::min(1.0, 1.1 * beyond), (1 + beyond) / 2, 1.0}) {
            double sessions = 0, calls = 0;
            for (auto const& part : overflow_parts(beyond, crowding)) {
                EXPECT_GE(part.share, 0);
                sessions += part.share;
                calls += part.share * part.probability;
            }
            EXPECT_NEAR(calls, beyond, 1e-9) << crowding;
            EXPECT_LE(sessions, 1 + 1e-9) << beyond << " " << crowding;
        }
    }
    EXPECT_TRUE(overflow_parts(0, 0).empty());
}

TEST(Overflow, ThatNeverHappensChangesNothing) {
    auto const r = run_both("100000");
    EXPECT_EQ(service(r, "hybrid").overflow, 0.0);
    EXPECT_EQ(usd(r, "hybrid", "API tokens"), 0);
    EXPECT_GT(usd(r, "self-host", "GPU-hours"), 0);
    EXPECT_EQ(usd(r, "hybrid", "GPU-hours"), usd(r, "self-host", "GPU-hours"));
}

TEST(Overflow, MovesCallsAndLosesNone) {
    // Two replicas at most, where the busy hours want more.
    std::string const small = ", autoscale: {in_flight: 4 per replica, every: 30 s, cold_start: 3 min, most: 2}";
    auto const r = run_both("5", small, 400);
    auto const share = service(r, "hybrid").overflow.value_or(0);
    EXPECT_GT(share, 0.02);
    EXPECT_LT(share, 0.9);
    EXPECT_GT(usd(r, "hybrid", "API tokens"), 0);
    EXPECT_EQ(service(r, "self-host").overflow, std::nullopt);
    EXPECT_EQ(usd(r, "self-host", "API tokens"), 0);
    auto const all = [&](std::string const& option) {
        return std::pair{pieces(r, option, "input") + pieces(r, option, "cache_read"), pieces(r, option, "output")};
    };
    EXPECT_NEAR(all("hybrid").first / all("self-host").first, 1, 0.002);
    EXPECT_NEAR(all("hybrid").second / all("self-host").second, 1, 0.002);
    EXPECT_NEAR(pieces(r, "hybrid", "requests") / pieces(r, "self-host", "requests"), 1, 0.002);
    EXPECT_LE(*service(r, "hybrid").ttft_p95, *service(r, "self-host").ttft_p95);
}

TEST(Overflow, IsBilledAtTheApiByItsShareOfCalls) {
    std::string const tiny = ", autoscale: {in_flight: 0.02 per replica, every: 30 s, cold_start: 3 min, most: 2}";
    auto const r = run_both("0.5", tiny, 1000);
    double const share = pieces(r, "hybrid", "requests", "acme/large") / pieces(r, "hybrid", "requests");
    EXPECT_NEAR(share, *service(r, "hybrid").overflow, 0.01);
    EXPECT_GT(share, 0.5);
    // $3/M tokens in and $15/M out for chats; half of it for the nightly batch: between both.
    double const usd_of_all =
        3e-6 * pieces(r, "hybrid", "input", "acme/large") + 15e-6 * pieces(r, "hybrid", "output", "acme/large");
    EXPECT_LE(usd(r, "hybrid", "API tokens"), 1.0001 * usd_of_all);
    EXPECT_GE(usd(r, "hybrid", "API tokens"), 0.5 * usd_of_all);
}

TEST(Overflow, MeetsTheLimitsOfItsApiWithThoseSessionsAlone) {
    auto text = pool_scenario(autoscaled) + "plan: {own: {at_least: 2, rest: {on_demand: $4/GPU-h}}}\n" +
                "targets: {acme/large: {limits: {requests: 1 per minute}}}\n";
    text.replace(text.find("prices:"), 7,
                 "  hybrid: {like: self-host, overflow: {above: 5 in flight per replica, to: api}}\nprices:");
    StudySettings settings;
    settings.worlds = 64;
    settings.options = {"hybrid"};
    settings.scales = {400};
    settings.audit = false;
    auto const r = run(*load_text(text).scenario, settings).result;
    double sessions = 0, refused = 0;
    for (auto const& row : r.usage) {
        if (row.period != "2026-03" || row.feature != "chat") continue;
        if (row.meter == "sessions") sessions = row.mean.value_or(0);
        if (row.meter == "refused_sessions") refused = row.mean.value_or(0);
    }
    EXPECT_GT(refused, 0);
    // A session that overflows does so with one call in five at least.
    EXPECT_LE(refused / sessions, 1.01 * 5 * *service(r, "hybrid").overflow);
}

TEST(Overflow, OfAPoolAtItsMostIsNoFault) {
    std::string const small = ", autoscale: {in_flight: 4 per replica, every: 30 s, cold_start: 3 min, most: 3}";
    auto const r = run_both("5", small, 400);
    bool said = false;
    for (auto const& row : r.warnings)
        if (row.code == "pool.most" && row.text.find("'hybrid'") != std::string::npos)
            said = row.text.find("its calls go elsewhere then") != std::string::npos;
    EXPECT_TRUE(said);
}

}  // namespace
}  // namespace runrate
