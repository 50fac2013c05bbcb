#include <algorithm>

#include "core/contract.h"
#include "core/overloaded.h"
#include "serving/program.h"
#include "serving/step_address.h"

namespace runrate {
namespace {

/// The role of the first call of a body: whose verbosity decides how often the body runs.
std::optional<RoleId> first_role(Steps const& steps) {
    for (auto const& step : steps) {
        auto const role = std::visit(Overloaded{[](CallStep const& c) -> std::optional<RoleId> { return c.role; },
                                                [](RepeatStep const& r) { return first_role(r.body); },
                                                [](AgentStep const& a) { return first_role(a.body); },
                                                [](ParallelStep const& p) -> std::optional<RoleId> {
                                                    for (auto const& branch : p.branches) {
                                                        if (auto const found = first_role(branch)) return found;
                                                    }
                                                    return std::nullopt;
                                                },
                                                [](auto const&) -> std::optional<RoleId> { return std::nullopt; }},
                                     step.what);
        if (role) return role;
    }
    return std::nullopt;
}

bool same(Number const& a, Number const& b) { return a.belief == b.belief && (a.belief || a.value == b.value); }

bool same(std::optional<Number> const& a, std::optional<Number> const& b) { return a && b ? same(*a, *b) : !a && !b; }

bool same(std::optional<Compaction> const& a, std::optional<Compaction> const& b) {
    return a && b ? same(a->above, b->above) && same(a->to, b->to) && a->by == b->by : !a && !b;
}

/// Whether two agents have one context; an agent has no history of turns.
bool same(ContextSpec const& a, ContextSpec const& b) {
    return same(a.system, b.system) && same(a.tools, b.tools) && same(a.limit, b.limit) && same(a.compact, b.compact) &&
           a.cache_lifetime_s == b.cache_lifetime_s && a.keep_reasoning == b.keep_reasoning;
}

class Lowering {
public:
    Lowering(FeatureProgram& program, std::vector<std::string> const& roles) : p_{program}, addresses_{roles} {
        for (auto const& role : roles) p_.role_addresses.push_back(addresses_.of_role(role));
    }

    void steps(Steps const& steps) {
        for (auto const& s : steps) step(s);
    }

    LawIndex law(LawSpec const& spec, Number scale = Number{1}) {
        p_.laws.push_back({spec, scale});
        return static_cast<LawIndex>(p_.laws.size() - 1);
    }

    LawIndex law(std::optional<LawSpec> const& spec, Number scale = Number{1}) {
        return spec ? law(*spec, scale) : no_law;
    }

    /// Every target that the role can reach becomes a usage key.
    void use(RoleId role) {
        RUNRATE_EXPECT(role.index() < p_.routes.size() && p_.routes[role.index()].has_value());
        std::visit(Overloaded{[&](TargetId t) { add_key(role, t); },
                              [&](Shares const& s) {
                                  for (auto const& part : s.parts) add_key(role, part.first);
                              },
                              [&](Cascade const& c) {
                                  add_key(role, c.first);
                                  add_key(role, c.then);
                              }},
                   *p_.routes[role.index()]);
    }

private:
    void add_key(RoleId role, TargetId target) {
        add_one_key(role, target);
        if (auto const next = fallback_of(p_.fallbacks, target)) add_key(role, *next);
        if (auto const next = p_.overflow_of(role, target)) add_key(role, *next);
    }

    void add_one_key(RoleId role, TargetId target) {
        if (std::find(p_.keys.begin(), p_.keys.end(), UsageKey{role, target}) != p_.keys.end()) return;
        for (std::size_t tier = 0; tier <= p_.targets[target.index()].tiers.size(); ++tier)
            p_.keys.push_back({role, target, tier});
    }

    std::uint32_t here() const { return static_cast<std::uint32_t>(p_.ops.size()); }

    template <class What>
    std::uint32_t emit(std::uint32_t step, What what) {
        p_.ops.push_back({step, address_of_[step], std::move(what)});
        return here() - 1;
    }

    void step(Step const& s) {
        auto const id = static_cast<std::uint32_t>(p_.steps++);
        address_of_.push_back(addresses_.next(s));
        bool const certain = !s.probability.uncertain() && s.probability.value >= 1;
        std::optional<std::uint32_t> chance;
        if (!certain) chance = emit(id, ChanceOp{s.probability, 0});
        std::visit([&](auto const& what) { lower(id, what); }, s.what);
        if (chance) std::get<ChanceOp>(p_.ops[*chance].what).otherwise = here();
    }

    void lower(std::uint32_t id, CallStep const& c) {
        use(c.role);
        auto const scale = p_.adjustments[c.role.index()].output;
        CallOp op{.role = c.role,
                  .user = law(c.user),
                  .output = law(c.output, scale),
                  .reasoning = c.reasoning_share ? law(c.reasoning_share) : law(c.reasoning, scale),
                  .reasoning_is_share = c.reasoning_share.has_value(),
                  .cap = c.cap,
                  .cap_visible = c.cap_visible,
                  .continues = c.continues};
        if (c.retry) {
            p_.retries.push_back(*c.retry);
            op.retry = static_cast<std::int32_t>(p_.retries.size() - 1);
        }
        auto const at = emit(id, op);
        if (c.user && context_ == 0 && !p_.user_call) p_.user_call = at;
    }

    void lower(std::uint32_t id, ToolStep const& t) {
        if (t.ask) use(*t.ask);
        emit(id, ToolOp{law(t.time), law(t.result), t.ask});
    }

    void lower(std::uint32_t id, RetrieveStep const& r) {
        for (auto const& role : {r.embed, r.query, r.rerank}) {
            if (role) use(*role);
        }
        emit(id,
             RetrieveOp{r.chunks, r.fetch.value_or(r.chunks), law(r.chunk), law(r.time), r.embed, r.query, r.rerank});
    }

    void lower(std::uint32_t id, ParallelStep const& parallel) {
        if (parallel.branches.empty()) return;
        auto const fork = emit(id, ForkOp{});
        std::vector<std::uint32_t> begins;
        for (auto const& branch : parallel.branches) {
            begins.push_back(here());
            steps(branch);
            emit(id, StrandEndOp{});
        }
        std::get<ForkOp>(p_.ops[fork].what) = {begins, here()};
    }

    Number steps_scale(Steps const& body) {
        auto const role = first_role(body);
        return role ? p_.adjustments[role->index()].steps : Number{1};
    }

    void loop(std::uint32_t id, LoopOp op, std::optional<int> at_most, Steps const& body) {
        op.at_most = at_most.value_or(most_runs);
        op.counter = static_cast<std::uint32_t>(p_.counters++);
        auto const begin = emit(id, op);
        steps(body);
        emit(id, LoopEndOp{begin});
        std::get<LoopOp>(p_.ops[begin].what).end = here();
    }

    void lower(std::uint32_t id, RepeatStep const& r) {
        std::visit(Overloaded{[&](LawSpec const& times) {
                                  loop(id, {.times = law(times, steps_scale(r.body)), .p = Number{0}}, r.at_most,
                                       r.body);
                              },
                              [&](Number p) { loop(id, {.p = p}, r.at_most, r.body); }},
                   r.until);
    }

    /// Agents of one name and one spec share their system prompt and tools, and so their cached prefix.
    std::uint32_t context_of(AgentStep const& a) {
        auto context = a.context;
        if (!context.cache_lifetime_s) context.cache_lifetime_s = p_.contexts[context_].cache_lifetime_s;
        for (std::size_t known = 1 + p_.variants.size(); known < p_.contexts.size(); ++known) {
            if (p_.context_names[known] == a.name && same(p_.contexts[known], context))
                return static_cast<std::uint32_t>(known);
        }
        p_.contexts.push_back(context);
        p_.context_names.push_back(a.name);
        return static_cast<std::uint32_t>(p_.contexts.size() - 1);
    }

    void lower(std::uint32_t id, AgentStep const& a) {
        if (a.context.compact) use(a.context.compact->by);
        auto const outer = context_;
        context_ = context_of(a);
        emit(id, AgentOp{context_, law(a.task)});
        loop(id, {.times = law(a.times, steps_scale(a.body)), .p = Number{0}, .at_least = 1}, a.at_most, a.body);
        emit(id, AgentEndOp{law(a.result)});
        context_ = outer;
    }

    FeatureProgram& p_;
    StepAddresses addresses_;
    std::vector<std::uint32_t> address_of_;  ///< by step
    std::uint32_t context_ = 0;              ///< of the steps that are being lowered
};

bool keeps_all(ContextSpec const& context) {
    auto const* window = std::get_if<Window>(&context.history);
    return (window ? window->of : std::get<History>(context.history)) == History::full;
}

/// Whether a turn can add more to its context than user text and one answer.
bool joins_more_than_an_answer(std::vector<Op> const& ops) {
    auto const joins = [](Op const& op) {
        return std::holds_alternative<CallOp>(op.what) || std::holds_alternative<ToolOp>(op.what) ||
               std::holds_alternative<RetrieveOp>(op.what) || std::holds_alternative<AgentOp>(op.what);
    };
    auto const loops = [](Op const& op) { return std::holds_alternative<LoopOp>(op.what); };
    return std::count_if(ops.begin(), ops.end(), joins) > 1 || std::any_of(ops.begin(), ops.end(), loops);
}

}  // namespace

std::optional<TargetId> fallback_of(std::vector<Fallback> const& all, TargetId target) {
    auto const at = std::find_if(all.begin(), all.end(), [&](Fallback const& f) { return f.of == target; });
    return at == all.end() ? std::nullopt : std::optional{at->to};
}

std::optional<TargetId> FeatureProgram::overflow_of(RoleId role, TargetId target) const {
    bool const full = overflow && targets[target.index()].pool;
    return full ? overflow->to[role.index()] : std::nullopt;
}

std::size_t FeatureProgram::key_of(RoleId role, TargetId target) const {
    auto const at = std::find(keys.begin(), keys.end(), UsageKey{role, target});
    RUNRATE_EXPECT(at != keys.end());
    return static_cast<std::size_t>(at - keys.begin());
}

std::shared_ptr<FeatureProgram const> lower(SessionSpec const& session, Workflow const& workflow,
                                            OptionBehaviour const& option, GatewaySpec const& gateway,
                                            std::vector<TargetSpec> const& targets,
                                            std::vector<std::string> const& roles, std::vector<UsageKey> const& keys) {
    auto program = std::make_shared<FeatureProgram>();
    program->keys = keys;
    program->routes = option.routes;
    program->routes.resize(roles.size());
    program->adjustments = option.adjustments;
    program->adjustments.resize(roles.size());
    program->targets = targets;
    program->fallbacks = option.fallbacks;
    program->overflow = option.overflow;
    program->gateway = gateway;
    program->reads_caches = session.reads_caches;
    program->roles = roles.size();
    program->contexts.push_back(workflow.context);
    program->context_names.push_back(workflow.name);
    program->variation = workflow.variants.variation;
    program->variants = workflow.variants.all;
    for (auto const& variant : program->variants) {
        program->contexts.push_back(workflow.context);
        program->contexts.back().system = variant.system.value_or(workflow.context.system);
        program->contexts.back().tools = variant.tools.value_or(workflow.context.tools);
        program->context_names.push_back(variant.name);
    }
    Lowering lowering{*program, roles};
    program->turns = lowering.law(session.turns);
    program->think = lowering.law(session.think);
    if (workflow.context.compact) lowering.use(workflow.context.compact->by);
    lowering.steps(workflow.steps);
    program->answers_pass = !keeps_all(workflow.context) && joins_more_than_an_answer(program->ops);
    program->ops.push_back({static_cast<std::uint32_t>(program->steps++), 0, TurnEndOp{}});  // takes no chance
    if (gateway.semantic_cache && gateway.semantic_cache->lookup) lowering.use(*gateway.semantic_cache->lookup);
    return program;
}

std::vector<UsageKey> const& usage_keys(FeatureProgram const& program) { return program.keys; }

RetryLoops retry_loops(FeatureProgram const& program) {
    RetryLoops loops{.gateway = program.gateway.retry.attempts};
    for (auto const& retry : program.retries) loops.step = std::max(loops.step, retry.attempts);
    return loops;
}

}  // namespace runrate
