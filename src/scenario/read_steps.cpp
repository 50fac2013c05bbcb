#include <fmt/format.h>

#include "scenario/sections.h"

namespace runrate {
namespace {

// One struct of text per step: its own keys and `probability` stand side by side.

/// How long a model's answer is, in calls and in agents that are one call.
struct AnswerText {
    std::optional<LawSpec> reasoning, reasoning_share;
    std::optional<Number> cap, cap_visible, continues;

    [[nodiscard]] bool stated() const { return reasoning || reasoning_share || cap || cap_visible || continues; }
};

struct CallText : AnswerText {
    RoleId role;
    std::optional<LawSpec> user;
    LawSpec output;
    std::optional<RetrySpec> retry;
    Number probability{1};
};

CallStep with_lengths(CallStep call, AnswerText const& t, Cursor const& at) {
    if (t.reasoning && t.reasoning_share)
        at.find("reasoning_share")->error("a call has either 'reasoning' or 'reasoning_share'");
    if (t.continues && !t.cap)
        at.find("continues")
            ->error("'continues' without 'cap' changes nothing (only a capped answer is asked to go on)");
    call.reasoning = t.reasoning;
    call.reasoning_share = t.reasoning_share;
    call.cap = t.cap;
    call.cap_visible = t.cap_visible;
    call.continues = t.continues;
    return call;
}

CallStep call_of(CallText const& t, Cursor const& at) {
    return with_lengths({t.role, t.user, t.output, {}, {}, {}, t.retry}, t, at);
}

template <class T>
Table<T> with_probability(Reading& reading, Table<T> table) {
    return table.defaulted("probability", &T::probability, number(reading, dimension::share), "100%",
                           "whether the step happens at all");
}

template <class T>
Table<T> with_answer(Reading& reading, Table<T> table) {
    auto const some_law = [](std::optional<LawSpec> AnswerText::*member) {
        return static_cast<std::optional<LawSpec> T::*>(member);
    };
    auto const some = [](std::optional<Number> AnswerText::*member) {
        return static_cast<std::optional<Number> T::*>(member);
    };
    return table
        .optional("reasoning", some_law(&AnswerText::reasoning), law(reading, dimension::tokens),
                  "hidden tokens, billed as output")
        .optional("reasoning_share", some_law(&AnswerText::reasoning_share), share_law(reading),
                  "hidden tokens as a share of all that is generated")
        .optional("cap", some(&AnswerText::cap), number(reading, dimension::tokens),
                  "max_tokens: reasoning and output together, reasoning first")
        .optional("cap_visible", some(&AnswerText::cap_visible), number(reading, dimension::tokens),
                  "cap of the visible output alone")
        .optional("continues", some(&AnswerText::continues), number(reading, dimension::share),
                  "probability that an answer cut by `cap` is asked to go on");
}

Shape<CallText> call_text(Reading& reading) {
    auto table =
        Table<CallText>("a call")
            .required("call", &CallText::role, role_shape(reading), "role that is asked")
            .optional("user", &CallText::user, law(reading, dimension::tokens),
                      "user text that joins at this call, once per turn")
            .required("output", &CallText::output, law(reading, dimension::tokens), "visible output")
            .optional("retry", &CallText::retry, retry_shape(reading), "attempts at this step, inside the gateway's");
    return with_probability(reading, with_answer(reading, table)).shape();
}

struct ToolText {
    std::string name;
    LawSpec time;
    std::optional<LawSpec> result;
    std::optional<RoleId> ask;
    Number probability{1};
};

Shape<ToolText> tool_text(Reading& reading) {
    auto table =
        Table<ToolText>("a tool")
            .required("tool", &ToolText::name, text(), "its name")
            .defaulted("time", &ToolText::time, law(reading, dimension::duration), "0 s", "how long it takes")
            .optional("result", &ToolText::result, law(reading, dimension::tokens), "tokens that join the context")
            .optional("ask", &ToolText::ask, role_shape(reading), "role that is asked and billed at each use");
    return with_probability(reading, table).shape();
}

struct RetrieveText {
    std::string store;
    Number chunks{0};
    LawSpec chunk, time;
    std::optional<RoleId> embed, query, rerank;
    std::optional<Number> fetch;
    Number probability{1};
};

RetrieveStep retrieve_of(RetrieveText const& t, Cursor const& at) {
    if (t.fetch && !t.rerank)
        at.find("fetch")->error(
            "'fetch' without 'rerank' changes nothing (only a rerank is billed by what is fetched)");
    bool const known = t.fetch && !t.fetch->uncertain() && !t.chunks.uncertain();
    if (known && t.fetch->value < t.chunks.value)
        at.find("fetch")->error(fmt::format(
            "fewer are fetched than the {:g} chunks that join (fetch as many, or leave it out)", t.chunks.value));
    return {t.store, t.chunks, t.chunk, t.embed, t.rerank, t.time, t.query, t.fetch};
}

Shape<RetrieveText> retrieve_text(Reading& reading) {
    auto table =
        Table<RetrieveText>("a retrieval")
            .required("retrieve", &RetrieveText::store, text(), "the store that is asked")
            .required("chunks", &RetrieveText::chunks, number(reading, dimension::few),
                      "how many chunks join the context")
            .required("chunk", &RetrieveText::chunk, law(reading, dimension::tokens), "length of a chunk")
            .optional("embed", &RetrieveText::embed, role_shape(reading), "role that embeds the user text of the turn")
            .optional("query", &RetrieveText::query, role_shape(reading), "role that is asked for the query and billed")
            .optional("rerank", &RetrieveText::rerank, role_shape(reading), "role that reranks what was fetched")
            .optional("fetch", &RetrieveText::fetch, number(reading, dimension::few),
                      "documents that are fetched and reranked; as many as chunks where left out")
            .defaulted("time", &RetrieveText::time, law(reading, dimension::duration), "0 s",
                       "how long the query takes");
    return with_probability(reading, table).shape();
}

Shape<Steps> lazy_steps(Reading& reading) {
    return lazy<Steps>("steps", "a list of steps", [&reading] { return steps_shape(reading); });
}

/// A branch is one step, or a list of steps.
Shape<Steps> branch_shape(Reading& reading);

struct ParallelText {
    std::vector<Steps> branches;
    Number probability{1};
};

Shape<ParallelText> parallel_text(Reading& reading) {
    auto table = Table<ParallelText>("branches")
                     .required("parallel", &ParallelText::branches, list_of(branch_shape(reading), 1),
                               "branches that start together");
    return with_probability(reading, table).shape();
}

struct LoopText {
    std::optional<LawSpec> times;
    std::optional<Number> chance;
    std::optional<int> at_most;
    Steps body;
};

Shape<RepeatStep> loop_shape(Reading& reading) {
    auto const table =
        Table<LoopText>("a loop")
            .optional("times", &LoopText::times, law(reading, dimension::count, 0), "how often the steps run")
            .optional("while", &LoopText::chance, number(reading, dimension::share),
                      "probability of each further run, tested before it")
            .optional("at_most", &LoopText::at_most, whole_number(0, 100'000), "most runs")
            .required("steps", &LoopText::body, lazy_steps(reading), "what is repeated");
    return converted<RepeatStep, LoopText>(table.shape(), [](LoopText const& t, Cursor const& at) {
        if (t.times.has_value() == t.chance.has_value()) at.error("a loop has either 'times' or 'while'");
        if (t.chance && !t.at_most) at.error("a loop with 'while' needs 'at_most' (how often at most)");
        RepeatStep loop{.until = Number{0}, .at_most = t.at_most, .body = t.body};
        if (t.times)
            loop.until = *t.times;
        else if (t.chance)
            loop.until = *t.chance;
        return loop;
    });
}

struct RepeatText {
    RepeatStep loop;
    Number probability{1};
};

Shape<RepeatText> repeat_text(Reading& reading) {
    auto table = Table<RepeatText>("a loop").required("repeat", &RepeatText::loop, loop_shape(reading),
                                                      "steps that run several times");
    return with_probability(reading, table).shape();
}

struct AgentText : AnswerText {
    std::string name;
    ContextSpec context;
    std::optional<LawSpec> task, output, result;
    LawSpec times;
    std::optional<int> at_most;
    std::optional<RoleId> call;
    std::optional<Steps> steps;
    Number probability{1};
};

AgentStep agent_of(AgentText const& t, Cursor const& at) {
    AgentStep agent{t.name, t.context, t.task, t.times, t.at_most, {}, t.result};
    if (t.call.has_value() == t.steps.has_value()) at.error("an agent has either 'call' (with 'output') or 'steps'");
    if (t.call && !t.output) at.error("missing 'output' (visible output of the agent's call)");
    if (!t.call && (t.output || t.stated())) {
        at.error("'output', 'reasoning' and caps belong to an agent's 'call' (put them into its steps)");
    }
    if (t.steps) agent.body = *t.steps;
    if (t.call && t.output) {
        auto const call = with_lengths({*t.call, {}, *t.output, {}, {}, {}, {}}, t, at);
        agent.body.push_back({Number{1}, call});
    }
    return agent;
}

Shape<AgentText> agent_text(Reading& reading) {
    auto table =
        Table<AgentText>("a sub-agent")
            .required("agent", &AgentText::name, text(), "its name; agents of one name share their system prompt")
            .defaulted("context", &AgentText::context, context_shape(reading), "{}", "what its prompts begin with")
            .optional("task", &AgentText::task, law(reading, dimension::tokens), "what it is told, tokens")
            .defaulted("times", &AgentText::times, law(reading, dimension::count, 1), "1",
                       "how often its call or steps run")
            .optional("at_most", &AgentText::at_most, whole_number(1, 100'000), "most runs")
            .optional("call", &AgentText::call, role_shape(reading), "role that is asked each time")
            .optional("output", &AgentText::output, law(reading, dimension::tokens), "visible output of each call")
            .optional("steps", &AgentText::steps, lazy_steps(reading), "what runs each time, instead of one call")
            .optional("result", &AgentText::result, law(reading, dimension::tokens), "what joins the caller's context");
    return with_probability(reading, with_answer(reading, table)).shape();
}

template <class T, class Make>
Alternative<Step> step_kind(std::string key, Shape<T> shape, Make make) {
    return {[key](Node const& n) { return n.kind == Node::Kind::map && n.find(key); },
            converted<Step, T>(std::move(shape), [make](T const& t, Cursor const& at) {
                return Step{t.probability, make(t, at)};
            })};
}

Shape<Step> step_shape(Reading& reading) {
    return any_of<Step>(
        "a step: {call: ...}, {tool: ...}, {retrieve: ...}, {parallel: ...}, {repeat: ...} or {agent: ...}",
        {step_kind("agent", agent_text(reading), agent_of), step_kind("call", call_text(reading), call_of),
         step_kind("tool", tool_text(reading),
                   [](ToolText const& t, Cursor const&) {
                       return ToolStep{t.name, t.time, t.result, t.ask};
                   }),
         step_kind("retrieve", retrieve_text(reading), retrieve_of),
         step_kind("parallel", parallel_text(reading),
                   [](ParallelText const& t, Cursor const&) { return ParallelStep{t.branches}; }),
         step_kind("repeat", repeat_text(reading), [](RepeatText const& t, Cursor const&) { return t.loop; })});
}

Shape<Steps> branch_shape(Reading& reading) {
    auto const one = converted<Steps, Step>(lazy<Step>("step", "a step", [&reading] { return step_shape(reading); }),
                                            [](Step const& s, Cursor const&) { return Steps{s}; });
    return any_of<Steps>("a step or a list of steps",
                         {{[](Node const& n) { return n.kind == Node::Kind::map; }, one},
                          {[](Node const& n) { return n.kind == Node::Kind::list; }, lazy_steps(reading)}});
}

}  // namespace

Shape<Steps> steps_shape(Reading& reading) {
    return list_of(lazy<Step>("step", "a step", [&reading] { return step_shape(reading); }), 1);
}

}  // namespace runrate
