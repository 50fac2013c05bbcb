#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "scenario/user_text.h"

namespace runrate {
namespace {

Shape<WorkflowId> workflow_name(Reading& reading) {
    return converted<WorkflowId, std::string>(text("the name of a workflow"), [&reading](std::string const& name,
                                                                                         Cursor const& at) {
        if (auto const id = reading.workflows.find(name)) return *id;
        if (reading.workflows_known)
            at.error(fmt::format("unknown workflow '{}'{}", name, suggestion(name, reading.workflows.all(), "known")));
        return WorkflowId{};
    });
}

/// A lane by its name; visitors do not wait for batches.
Shape<Lane> lane_shape(bool batch) {
    std::vector<std::pair<std::string, Lane>> words;
    for (auto lane : {Lane::standard, Lane::batch, Lane::flex, Lane::priority}) {
        if (batch || lane != Lane::batch) words.emplace_back(lane_names[static_cast<std::size_t>(lane)], lane);
    }
    return one_word_of(std::move(words));
}

Shape<SessionSpec> session_shape(Reading& reading) {
    return Table<SessionSpec>("a visit")
        .defaulted("turns", &SessionSpec::turns, law(reading, dimension::count, 1), "1", "exchanges in a visit")
        .defaulted("think", &SessionSpec::think, law(reading, dimension::duration), "0 s",
                   "pause between a turn and the next")
        .required("turn", &SessionSpec::workflow, workflow_name(reading), "workflow that a turn runs")
        .defaulted("lane", &SessionSpec::lane, lane_shape(false), "standard", "how urgently its calls are served")
        .check([](SessionSpec& session, Cursor const& at) {
            if (session.turns.family != Family::constant) return;
            auto const& turns = session.turns.parameters.front().second;
            bool const whole = turns.value >= 1 && turns.value == std::floor(turns.value);
            if (turns.uncertain() || whole) return;
            at.find("turns")->error(fmt::format(
                "a session has whole turns, at least 1 (for a mean of {0:g} write {{geometric: {{mean: {0:g}}}}})",
                std::max(1.5, turns.value)));
        })
        .shape();
}

/// A job's item: a workflow, or one call in place.
struct ItemText {
    std::optional<WorkflowId> workflow;
    std::optional<RoleId> call;
    std::optional<LawSpec> input, output, reasoning;
    Lane lane = Lane::standard;
    std::optional<double> deadline_s;
    std::optional<bool> cache;
};

struct Item {
    std::optional<WorkflowId> workflow;
    std::optional<CallStep> call;
    SessionSpec terms{};  ///< lane, deadline, caches
};

/// Keys of the batch lane that would change nothing in another are errors.
SessionSpec item_terms(ItemText const& t, Cursor const& at) {
    SessionSpec terms;
    bool const batch = t.lane == Lane::batch;
    terms.lane = t.lane;
    terms.deadline_s = t.deadline_s;
    terms.reads_caches = !batch || t.cache.value_or(false);
    if (t.deadline_s && !batch) at.find("deadline")->error("a deadline is for items that wait (lane: batch)");
    if (t.cache && !batch) at.find("cache")->error("only the batch lane leaves caches unread (lane: batch)");
    return terms;
}

Shape<Item> item_shape(Reading& reading) {
    auto const table =
        Table<ItemText>("what each item of a job does")
            .optional("workflow", &ItemText::workflow, workflow_name(reading), "workflow that an item runs")
            .optional("call", &ItemText::call, role_shape(reading), "role of the one call that an item is")
            .optional("input", &ItemText::input, law(reading, dimension::tokens), "prompt of that call")
            .optional("output", &ItemText::output, law(reading, dimension::tokens), "visible output of that call")
            .optional("reasoning", &ItemText::reasoning, law(reading, dimension::tokens), "hidden output of that call")
            .defaulted("lane", &ItemText::lane, lane_shape(true), "standard", "how urgently its calls are served")
            .optional("deadline", &ItemText::deadline_s, known_number(dimension::duration),
                      "within which the answers of a batch are wanted")
            .optional("cache", &ItemText::cache, yes_or_no(), "whether items of a batch read prompt caches; no");
    return converted<Item, ItemText>(table.shape(), [](ItemText const& t, Cursor const& at) {
        Item item{t.workflow, {}, item_terms(t, at)};
        if (t.workflow && t.call) return at.error("an item has either 'workflow' or 'call', not both"), item;
        if (!t.workflow && !t.call) return at.error("an item needs 'workflow' or 'call'"), item;
        if (t.call && (!t.input || !t.output)) at.error("an item's call needs 'input' and 'output'");
        if (!t.call && (t.input || t.output || t.reasoning))
            at.error("'input', 'output' and 'reasoning' belong to 'call'");
        if (t.call && t.input && t.output) item.call = CallStep{*t.call, *t.input, *t.output, t.reasoning, {}, {}, {}};
        return item;
    });
}

Shape<Outcome> outcome_shape(Reading& reading) {
    auto const table =
        Table<Outcome>("what a session is worth")
            .required("name", &Outcome::name, text("what a success is called"), "what a successful session is called")
            .defaulted("revenue", &Outcome::revenue_usd, number(reading, dimension::money, Reach::price), "$0",
                       "earned by each success")
            .defaulted("failure_cost", &Outcome::failure_cost_usd, number(reading, dimension::money, Reach::price),
                       "$0", "cost of each failure besides inference")
            .check([](Outcome& o, Cursor const&) { o.stated = true; });
    return table.shape();
}

struct FeatureText {
    std::vector<std::pair<std::string, std::string>> tags;
    Traffic traffic;
    std::optional<SessionSpec> session;
    std::optional<Item> item;
    std::optional<Outcome> outcome;
    std::optional<TokenCap> cap;
};

FeatureAndWorkflow assembled(FeatureText const& t, Cursor const& at) {
    FeatureAndWorkflow result;
    auto& feature = result.feature;
    bool const jobs = std::holds_alternative<Schedule>(t.traffic.volume);
    if (jobs && !t.item) at.error("a feature with 'jobs' needs 'item' (what each item does)");
    if (!jobs && !t.session) at.error("a feature with sessions needs 'session' (turns and their workflow)");
    if (t.session && t.item) at.error("a feature has either 'session' or 'item'");
    feature.tags = t.tags;
    feature.traffic = t.traffic;
    if (t.session) feature.session = *t.session;
    if (t.item) feature.session = t.item->terms;
    if (t.outcome) feature.outcome = *t.outcome;
    if (t.cap && jobs) at.find("cap")->error("a cap is for what customers use (jobs have none)");
    if (t.cap && !jobs && at.find("traffic")->find("customers")->node().from_default)
        at.find("cap")->error("a cap of each customer needs their number (add customers: {count: 400} to 'traffic')");
    feature.cap = t.cap;
    if (t.item && t.item->workflow) feature.session.workflow = *t.item->workflow;
    if (t.item && t.item->call)
        result.own_workflow = Workflow{{}, {.history = History::none}, {Step{Number{1}, *t.item->call}}};
    return result;
}

}  // namespace

Shape<FeatureAndWorkflow> feature_shape(Reading& reading) {
    auto const table =
        Table<FeatureText>("something the product does that causes inference")
            .defaulted("tags", &FeatureText::tags, map_of(text()), "{}",
                       "team, product, environment, ... for attribution")
            .required("traffic", &FeatureText::traffic, traffic_shape(reading), "when and how often it is used")
            .optional("session", &FeatureText::session, session_shape(reading), "what a visit is")
            .optional("item", &FeatureText::item, item_shape(reading), "what an item of a job is")
            .optional("outcome", &FeatureText::outcome, outcome_shape(reading), "what a session is worth")
            .optional("cap", &FeatureText::cap, token_cap_shape(reading), "the most that a customer may use");
    return converted<FeatureAndWorkflow, FeatureText>(table.shape(), assembled);
}

namespace {

struct WorkflowText {
    ContextSpec context;
    Steps steps;
    std::optional<Variants> variants;
};

}  // namespace

Shape<std::vector<std::pair<std::string, Workflow>>> workflows_shape(Reading& reading) {
    auto const workflow =
        Table<WorkflowText>("what a turn does")
            .defaulted("context", &WorkflowText::context, context_shape(reading), "{}", "what prompts consist of")
            .required("steps", &WorkflowText::steps, steps_shape(reading), "what happens in a turn")
            .optional("variants", &WorkflowText::variants, variants_shape(reading),
                      "other prompts for its context: a split of the sessions, or a shadow of each")
            .check([](WorkflowText&, Cursor const& at) { check_user_text(*at.find("steps")); });
    auto const built = converted<Workflow, WorkflowText>(workflow.shape(), [](WorkflowText const& t, Cursor const&) {
        return Workflow{{}, t.context, t.steps, t.variants.value_or(Variants{})};
    });
    return map_of(built, 0);
}

}  // namespace runrate
