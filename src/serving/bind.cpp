#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "core/overloaded.h"
#include "serving/bound.h"
#include "serving/gateway.h"

namespace runrate {
namespace {

bool relative(Parameter p) { return p == Parameter::cv || p == Parameter::shape; }

std::optional<Number> scaled(std::optional<Number> const& n, double scale, BeliefValues world) {
    if (!n) return std::nullopt;
    return Number{n->in(world)*scale};
}

/// The law with every parameter known, its scale multiplied in: bounds are part of it and scale too.
LawSpec scaled_law(LawSpec const& law, double scale, BeliefValues world) {
    LawSpec result = law;
    result.at_least = scaled(law.at_least, scale, world);
    result.at_most = scaled(law.at_most, scale, world);
    for (auto& [parameter, value] : result.parameters)
        value = Number{value.in(world) * (relative(parameter) ? 1 : scale)};
    for (auto& [p, value] : result.quantiles) value = Number{value.in(world)*scale};
    for (auto& part : result.parts) part = {Number{part.weight.in(world)}, scaled_law(part.law, scale, world)};
    if (law.family == Family::geometric) {  // fewer steps than the first are none of the law's
        for (auto& [parameter, value] : result.parameters)
            value = Number{std::max(value.value, static_cast<double>(law.from))};
    }
    return result;
}

std::optional<double> known(std::optional<Number> const& n) {
    if (!n) return std::nullopt;
    return n->value;
}

BoundTarget bind_target(TargetSpec const& t, BeliefValues world) {
    BoundTarget b{sampler_of(t.ttft_s, 1, world),
                  sampler_of(t.speed, 1, world),
                  t.errors.in(world),
                  t.timeouts.in(world),
                  t.timeout_s.in(world),
                  t.errors_billed,
                  t.timeouts_billed};
    b.certain = b.ttft.constant() && b.speed.constant() && b.errors + b.timeouts <= 0;
    b.certain_ttft_s = b.ttft.constant().value_or(0);
    b.certain_speed = b.speed.constant().value_or(0);
    b.pool = t.pool;
    return b;
}

double failure(BoundTarget const& t) { return std::min(1.0, t.errors + t.timeouts); }

double allowance(RetrySpec const& r, double failure, BeliefValues world) {
    return r.budget ? retry_allowance(failure, r.attempts, r.budget->in(world)) : 1;
}

BoundRetry bind_retry(RetrySpec const& r, RetrySpec const& gateway, std::vector<BoundTarget> const& targets,
                      BeliefValues world) {
    BoundRetry b{r.attempts, r.backoff_s.in(world), r.factor.in(world), r.longest_s.in(world), r.jitter.in(world), {},
                 {}};
    for (auto const& target : targets) {
        double const p = failure(target);
        b.allowance.push_back(allowance(r, p, world));
        b.gateway_allowance.push_back(allowance(gateway, loop_failure(p, r.attempts, b.allowance.back()), world));
    }
    return b;
}

BoundRole bind_role(FeatureProgram const& p, std::size_t role, BeliefValues world) {
    BoundRole b;
    RoleId const id{role};
    if (p.gateway.semantic_cache) {
        auto const& listed = p.gateway.semantic_cache->roles;
        b.semantic = std::find(listed.begin(), listed.end(), id) != listed.end();
    }
    bool const used = std::any_of(p.keys.begin(), p.keys.end(), [&](UsageKey const& k) { return k.role == id; });
    if (!used) return b;
    std::visit(Overloaded{[&](TargetId t) { b.keys.push_back(p.key_of(id, t)); },
                          [&](Shares const& s) {
                              double sum = 0;
                              for (auto const& [target, share] : s.parts) {
                                  b.keys.push_back(p.key_of(id, target));
                                  b.shares.push_back(sum += share.in(world));
                              }
                              for (double& share : b.shares) share /= sum;
                          },
                          [&](Cascade const& c) {
                              b.keys = {p.key_of(id, c.first), p.key_of(id, c.then)};
                              b.keep = c.keep.in(world);
                          }},
               *p.routes[role]);
    return b;
}

/// By usage key: the one of the same role whose target follows; itself where none does.
template <class NextOf>
std::vector<std::size_t> bind_next(FeatureProgram const& p, NextOf const& next_of) {
    std::vector<std::size_t> next;
    for (std::size_t k = 0; k < p.keys.size(); ++k) {
        std::optional<TargetId> const to = next_of(p.keys[k]);
        auto const at = to ? std::find(p.keys.begin(), p.keys.end(), UsageKey{p.keys[k].role, *to}) : p.keys.end();
        next.push_back(at == p.keys.end() ? k : static_cast<std::size_t>(at - p.keys.begin()));
    }
    return next;
}

/// Shares that add up to more than all in this world are taken as weights.
std::vector<double> bind_shares(FeatureProgram const& p, BeliefValues world) {
    std::vector<double> shares;
    double sum = 0;
    for (auto const& variant : p.variants) {
        double const share = variant.share.in(world);
        sum += share;
        shares.push_back(p.variation == Variation::split ? sum : share);
    }
    if (p.variation == Variation::split && sum > 1) {
        for (double& share : shares) share /= sum;
    }
    return shares;
}

BoundCache bind_cache(CacheRule const& rule, ContextSpec const& context) {
    BoundCache b;
    bool const asked = context.cache_lifetime_s.has_value();
    b.stored = asked && rule.sells_storage;
    bool const own = b.stored || rule.kind == CacheRule::Kind::explicit_;
    b.on = rule.kind == CacheRule::Kind::automatic || (own && asked);
    if (!b.on) return b;
    b.minimum = rule.minimum.count();
    b.step = rule.step.count();
    double const lifetime = own ? *context.cache_lifetime_s : rule.lifetime_s;
    b.lifetime = from_seconds(lifetime);
    if (rule.charges_writes) b.rest = own && lifetime >= 3600 ? Meter::cache_write_1h : Meter::cache_write_5m;
    return b;
}

}  // namespace

Sampler sampler_of(LawSpec const& spec, double scale, BeliefValues world) {
    auto const scaled = scaled_law(spec, scale, world);
    auto law = resolve(scaled, world);
    RUNRATE_EXPECT(std::holds_alternative<Distribution>(law));
    return Sampler{std::get<Distribution>(std::move(law)), known(scaled.at_least), known(scaled.at_most)};
}

BoundProgram bind(FeatureProgram const& p, BeliefValues world) {
    BoundProgram b{.program = &p,
                   .world = world,
                   .laws = {},
                   .targets = {},
                   .roles = {},
                   .retries = {},
                   .gateway_retry = {},
                   .tokenizers = {},
                   .fallbacks = bind_next(p, [&](UsageKey const& k) { return fallback_of(p.fallbacks, k.target); }),
                   .overflows = bind_next(p, [&](UsageKey const& k) { return p.overflow_of(k.role, k.target); }),
                   .caches = {},
                   .system = {},
                   .tools = {},
                   .output = {},
                   .variant_shares = bind_shares(p, world)};
    for (auto const& law : p.laws) b.laws.push_back(sampler_of(law.law, law.scale.in(world), world));
    for (auto const& target : p.targets) b.targets.push_back(bind_target(target, world));
    for (std::size_t r = 0; r < p.roles; ++r) b.roles.push_back(bind_role(p, r, world));
    for (auto const& retry : p.retries) b.retries.push_back(bind_retry(retry, p.gateway.retry, b.targets, world));
    b.retries.push_back(bind_retry({}, p.gateway.retry, b.targets, world));
    b.gateway_retry = bind_retry(p.gateway.retry, {}, b.targets, world);
    for (auto const& key : p.keys)
        b.tokenizers.push_back(
            p.adjustments[key.role.index()].tokenizer.in(world)*p.targets[key.target.index()].tokenizer);
    if (p.gateway.semantic_cache) {
        b.hit = p.gateway.semantic_cache->hit.in(world);
        b.false_hit = p.gateway.semantic_cache->false_hit.in(world);
    }
    for (auto const& context : p.contexts) {
        for (auto const& key : p.keys)
            b.caches.push_back(p.reads_caches ? bind_cache(p.targets[key.target.index()].cache, context)
                                              : BoundCache{});
        b.system.push_back(static_cast<std::int64_t>(std::nearbyint(context.system.in(world))));
        b.tools.push_back(static_cast<std::int64_t>(std::nearbyint(context.tools.in(world))));
    }
    b.output.assign(p.contexts.size(), 1);
    for (std::size_t v = 0; v < p.variants.size(); ++v) b.output[v + 1] = p.variants[v].output.in(world);
    return b;
}

}  // namespace runrate
