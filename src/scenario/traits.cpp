#include "scenario/traits.h"

#include <algorithm>

#include "core/overloaded.h"

namespace runrate {
namespace {

bool counts(LawSpec const& law) {
    auto const inside = [](LawSpec::Part const& part) { return counts(part.law); };
    return law.family == Family::geometric || law.at_most || std::any_of(law.parts.begin(), law.parts.end(), inside);
}

/// Walks the steps of a workflow.
struct Walk {
    Traits& t;

    void context(ContextSpec const& c) const {
        t.window = t.window || std::holds_alternative<Window>(c.history);
        t.compaction = t.compaction || c.compact;
        t.limit = t.limit || c.limit;
    }

    void steps(Steps const& all) const {
        for (auto const& step : all) std::visit([&](auto const& what) { look(what); }, step.what);
    }

private:
    void look(CallStep const& c) const {
        t.user = t.user || c.user;
        t.reasoning = t.reasoning || c.reasoning || c.reasoning_share;
        t.reasoning_share = t.reasoning_share || c.reasoning_share;
        t.continues = t.continues || c.continues;
        t.caps = t.caps || c.cap || c.cap_visible;
    }
    void look(ToolStep const& tool) const { t.uses = t.uses || tool.ask; }
    void look(RetrieveStep const& r) const {
        t.embeds = t.embeds || r.embed;
        t.uses = t.uses || r.query || r.rerank;
    }
    void look(ParallelStep const& p) const {
        for (auto const& branch : p.branches) steps(branch);
    }
    void look(RepeatStep const& r) const {
        auto const* times = std::get_if<LawSpec>(&r.until);
        t.counts = t.counts || r.at_most || (times && counts(*times));
        steps(r.body);
    }
    void look(AgentStep const& a) const {
        t.agents = true;
        t.counts = t.counts || a.at_most || counts(a.times);
        context(a.context);
        steps(a.body);
    }
};

void look(Feature const& f, Traits& t) {
    t.counts = t.counts || counts(f.session.turns);
    t.growth = t.growth || !f.traffic.growth.empty();
    for (auto const& part : f.traffic.growth)
        t.logistic = t.logistic || std::holds_alternative<LogisticGrowth>(part.law);
    t.rates = t.rates || std::holds_alternative<SessionRate>(f.traffic.volume);
}

}  // namespace

Traits traits_of(Scenario const& s) {
    Traits t;
    for (auto const& workflow : s.workflows) {
        Walk{t}.context(workflow.context);
        Walk{t}.steps(workflow.steps);
        bool const varied = !workflow.variants.all.empty();
        t.split = t.split || (varied && workflow.variants.variation == Variation::split);
        t.shadow = t.shadow || (varied && workflow.variants.variation == Variation::shadow);
    }
    for (auto const& feature : s.features) look(feature, t);
    for (auto const& target : s.targets) t.automatic = t.automatic || target.cache.kind == CacheRule::Kind::automatic;
    return t;
}

}  // namespace runrate
