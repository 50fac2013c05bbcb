#include "scenario/notes.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/cache_notes.h"
#include "scenario/traits.h"

namespace runrate {
namespace {

struct Rule {
    int number;
    bool used;
    char const* text;
};

bool is_known(Number const& n, double value) { return !n.uncertain() && n.value == value; }

bool any_adjusted_steps(Scenario const& s) {
    for (auto const& option : s.options) {
        for (auto const& adjustment : option.behaviour.adjustments) {
            if (!is_known(adjustment.steps, 1)) return true;
        }
    }
    return false;
}

bool any_failures(Scenario const& s) {
    for (auto const& t : s.targets) {
        if (!is_known(t.errors, 0) || !is_known(t.timeouts, 0)) return true;
    }
    return false;
}

bool any_shares(Scenario const& s) {
    for (auto const& option : s.options) {
        for (auto const& route : option.behaviour.routes) {
            if (route && std::holds_alternative<Shares>(*route)) return true;
        }
    }
    return false;
}

bool prices_change(Scenario const& s) {
    for (auto const& t : s.targets) {
        auto const prices = s.prices.book.models.find(t.name);
        if (prices == s.prices.book.models.end()) continue;
        if (!changes_within(prices->second, s.calendar.first(), s.calendar.end()).empty()) return true;
    }
    return false;
}

template <class Is>
bool any_feature(Scenario const& s, Is const& is) {
    return std::any_of(s.features.begin(), s.features.end(), [&](Feature const& f) { return is(f.session); });
}

template <class Is>
bool any_plan(Scenario const& s, Is const& is) {
    return std::any_of(s.plans.begin(), s.plans.end(), is);
}

bool fails_by_false_hits(Scenario const& s) {
    return s.gateway.semantic_cache && !is_known(s.gateway.semantic_cache->false_hit, 0);
}

/// Rules of what rules.md leaves open, by the number that is nearest.
std::vector<Rule> further_rules(Traits const& t) {
    return {
        {7, t.continues,
         "an answer that `cap` has cut is asked to go on: a further call whose prompt ends with what was written"},
        {8, t.reasoning_share, "hidden tokens are visible x share / (1 - share), before caps"},
        {10, t.uses,
         "a tool or a query that asks a role is one billed request without tokens; a rerank is billed by hundreds of "
         "fetched documents"},
        {15, t.split, "a session keeps its variant; each variant has a cached prefix of its own"},
        {15, t.shadow,
         "a shadow makes each call of a model again after its own system and tools, and throws the answer away: no "
         "tools, retrievals, summaries or look-ups again, no time, no harm"},
    };
}

/// rules.md, each in one line.
std::vector<Rule> rules(Scenario const& s) {
    Traits const t = traits_of(s);
    bool const failures = any_failures(s);
    bool const caches = any_cache(s);
    return {
        {1, t.window, "a window of turns keeps them as `of` would, `full` where it is missing"},
        {2, t.user, "the user text joins at the call where it stands, once per turn"},
        {3, t.compaction,
         "compaction replaces the kept history before a prompt that would exceed `above`; writing it is uncached"},
        {4, t.limit, "a prompt beyond `limit` loses its oldest history; such calls are counted"},
        {5, t.agents,
         "a sub-agent inherits `cache`, starts with its system, tools and task, and its `times` start at 1"},
        {6, t.counts,
         "`at_most` caps: min(N, at_most); geometric counts start at 1 for turns and agents, at 0 for loops"},
        {7, t.caps, "`cap` is max_tokens, reasoning first; `cap_visible` caps what is shown"},
        {8, t.reasoning,
         "reasoning is billed as output and leaves the context after its call, or after its turn with keep_reasoning: "
         "turn"},
        {9, any_adjusted_steps(s), "`adjust.steps` multiplies the `times` of the option's loops and agents"},
        {10, t.embeds || s.gateway.semantic_cache,
         "retrieval and semantic cache embed the user text of the turn; a hit joins the context like an answer"},
        {11, failures,
         "a call that fails in all attempts leaves its turn without that output; the session counts as failed"},
        {12, any_shares(s), "shares are drawn per call; `sticky: session` keeps a session on its draw"},
        {13, failures,
         "errors bill nothing, timeouts in full (`billed` overrides); retries of a step are the inner loop, the "
         "gateway's the outer"},
        {14, fails_by_false_hits(s), "`success` is of sessions without a false hit: each false hit fails its session"},
        {15, caches,
         "system and tools are a prefix shared by all sessions of a workflow and role on one model; the end of each "
         "prompt is the next"},
        {16, t.automatic, "automatic caches follow the price book: writes are charged where it has a write price"},
        {17, caches, "a cached prefix lives from the start of the call that last used it"},
        {18, any_feature(s, [](SessionSpec const& x) { return x.lane == Lane::batch; }),
         "items of the batch lane read no prompt caches unless their job says `cache: yes`"},
        {19, t.growth,
         "growth is by calendar month, month i of 4% per month is 1.04^i; within a month traffic is flat but for week, "
         "season, events and days"},
        {20, t.logistic, "a logistic curve is 1 in the first month, or the stated adoption with `from`"},
        {21, t.rates,
         "`per month` is that month's total; per day, workday and week are rates, so longer months have more"},
        {22, prices_change(s), "a session is billed at the prices of its start; price dates begin at local midnight"},
        {23, !is_known(s.prices.api_drift, 0), "drift, (1 + rate)^years, covers all list prices and fees"},
        {23, any_plan(s, [](VendorPlan const& p) { return p.contract.has_value(); }),
         "a contract's discount covers the vendor's whole bill of a month unless `on: tokens`; the commitment is met "
         "by "
         "discounted bills, credits pay last"},
        {23, any_plan(s, [](VendorPlan const& p) { return !p.region.empty(); }), "regions multiply tokens, no fees"},
        {24, true, "all money is in `currency`"},
        {24, s.money.exchange.has_value(),
         "vendors bill in dollars: each line is converted once, after billing, at the stated rate; amounts in dollars "
         "are converted when they are read"},
    };
}

}  // namespace

std::vector<std::string> notes_of(Scenario const& s) {
    std::vector<std::string> notes{"rules that this scenario uses:"};
    auto all = rules(s);
    auto const further = further_rules(traits_of(s));
    all.insert(all.end(), further.begin(), further.end());
    std::stable_sort(all.begin(), all.end(), [](Rule const& a, Rule const& b) { return a.number < b.number; });
    for (auto const& rule : all) {
        if (rule.used) notes.push_back(fmt::format("  {:2}  {}", rule.number, rule.text));
    }
    notes.emplace_back("prompt caches by option, role and model:");
    for (auto const& line : cache_notes(s)) notes.push_back("  " + line);
    return notes;
}

std::string as_comments(std::vector<std::string> const& notes) {
    std::string text;
    for (auto const& note : notes) {
        auto const from = text.size() + 2;
        text += "# " + note;
        std::replace(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), '\n', ' ');  // a role is any text
        text += "\n";
    }
    return text;
}

}  // namespace runrate
