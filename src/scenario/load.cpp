#include <algorithm>

#include <fmt/format.h>

#include "core/overloaded.h"
#include "runrate/scenario.h"
#include "scenario/books.h"
#include "scenario/document.h"
#include "scenario/notes.h"
#include "scenario/pools.h"
#include "scenario/sections.h"
#include "scenario/validate.h"

namespace runrate {
namespace {

/// What the file says, section by section, in the order of reading: beliefs before those who name them, workflows
/// before features, both before options.
struct ScenarioText {
    std::string schema, name;
    Calendar calendar;
    MoneyTerms money;
    Scales scales;
    std::vector<Correlation> correlations;
    std::vector<std::pair<std::string, Workflow>> workflows;
    std::vector<std::pair<std::string, FeatureAndWorkflow>> features;
    GatewaySpec gateway;
    PoolTexts pools;
    std::vector<Option> options;
    std::vector<std::pair<std::string, TargetTerms>> targets;
    PriceSection prices;
    PlanSection plan;
    Costs costs;
    std::vector<Gate> gates;
    std::optional<Compare> compare;
};

/// Workflows, but all their names are known before the features that use them.
Shape<std::vector<std::pair<std::string, Workflow>>> named_workflows(Reading& reading) {
    auto shape = workflows_shape(reading);
    auto const read = [&reading, inner = shape.read](Cursor const& at) {
        for (auto const& entry : at.node().entries) reading.workflows.intern(entry.key);
        auto const before = at.log().entries().size();
        auto workflows = inner(at);
        reading.workflows_known = !at.node().from_default || !at.log().has_errors();
        reading.roles_known = reading.workflows_known && no_errors_since(at.log(), before);
        for (auto& [name, workflow] : workflows) workflow.name = name;
        return workflows;
    };
    return {shape.wanted, read, shape.schema};
}

Table<ScenarioText> scenario_table(Reading& reading) {
    using S = std::string;
    return Table<ScenarioText>("a scenario")
        .required("schema", &ScenarioText::schema, one_word_of<S>({{"runrate/scenario/1", "runrate/scenario/1"}}),
                  "format of this file")
        .required("name", &ScenarioText::name, text("what the result is called"), "what the result is called")
        .required("calendar", &ScenarioText::calendar, calendar_shape(reading), "the months that are forecast")
        .defaulted("beliefs", &ScenarioText::correlations, beliefs_shape(reading), "{}", "what we do not know")
        .defaulted("money", &ScenarioText::money, money_shape(reading), "{}", "currency, discount rate, budgets")
        .defaulted("scales", &ScenarioText::scales, scales_shape(reading), "{}", "multiples of traffic")
        .defaulted("workflows", &ScenarioText::workflows, named_workflows(reading), "{}", "what a turn does")
        .required("features", &ScenarioText::features, map_of(feature_shape(reading), 1), "what customers do")
        .defaulted("gateway", &ScenarioText::gateway, gateway_shape(reading), "{}", "retries and semantic cache")
        .defaulted("pools", &ScenarioText::pools, pools_shape(reading), "{}", "models on own GPUs")
        .required("options", &ScenarioText::options, options_shape(reading),
                  "what is compared; the first is the baseline")
        .defaulted("targets", &ScenarioText::targets, targets_shape(reading), "{}",
                   "how API models behave, by name or vendor/*")
        .defaulted("plan", &ScenarioText::plan, plan_shape(reading), "{}",
                   "what is decided beforehand, by option, vendor or pool")
        .defaulted("prices", &ScenarioText::prices, prices_shape(reading), "{}",
                   "where prices come from and how they change")
        .defaulted("costs", &ScenarioText::costs, costs_shape(reading), "{}", "what inference costs besides calls")
        .defaulted("gates", &ScenarioText::gates, gates_shape(reading), "[]", "bounds on results")
        .optional("compare", &ScenarioText::compare, compare_shape(), "which options are held against which");
}

std::vector<Feature> take_features(ScenarioText& text, std::vector<Workflow>& workflows) {
    std::vector<Feature> features;
    for (auto& [name, read] : text.features) {
        read.feature.name = name;
        if (read.own_workflow) {
            read.own_workflow->name = name;
            workflows.push_back(*read.own_workflow);
            read.feature.session.workflow = WorkflowId{workflows.size() - 1};
        }
        features.push_back(read.feature);
    }
    return features;
}

Scenario assemble(ScenarioText text, Reading& reading) {
    Scenario s;
    s.name = text.name;
    s.calendar = text.calendar;
    s.money = text.money;
    s.scales = text.scales;
    s.correlations = text.correlations;
    for (auto& [name, workflow] : text.workflows) s.workflows.push_back(workflow);
    s.features = take_features(text, s.workflows);
    s.gateway = text.gateway;
    s.options = text.options;
    s.costs = text.costs;
    s.gates = text.gates;
    s.compare = text.compare;
    s.roles = reading.roles.all();
    s.beliefs = reading.beliefs.settle(reading.log);
    return s;
}

/// The resolved text without its marks: a scenario and its resolved form are the same input.
std::string without_default_marks(std::string text) {
    constexpr std::string_view mark = " # default\n";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) text.erase(at, mark.size() - 1);
    return text;
}

std::vector<std::filesystem::path> calibration_folders_of(ScenarioSource const& source) {
    if (!source.calibration_folders.empty()) return source.calibration_folders;
    std::vector<std::filesystem::path> folders;
    for (auto const& prices : source.price_folders)
        folders.push_back((prices / ".").lexically_normal().parent_path().parent_path());
    return folders;
}

[[noreturn]] void refuse(Diagnostics const& log) { throw InputError(log.render()); }

}  // namespace

LoadedScenario load_scenario(ScenarioSource const& source) {
    Diagnostics log;
    Files files{source.file == "-" ? std::filesystem::path{"."} : source.file.parent_path()};
    Node root = read_document(source, files, log);
    Reading reading{log, files};
    reading.exchange = exchange_of(root);
    if (root.kind != Node::Kind::map) refuse(log);
    ScenarioText const text = scenario_table(reading).shape().read(Cursor{root, "", log});
    auto scenario = std::make_shared<Scenario>(assemble(text, reading));
    scenario->prices = read_prices(text.prices, source.price_folders, reading);
    scenario->targets = targets_of(*scenario, text.targets, reading);
    if (!log.has_errors()) resolve_limits(*scenario, text.targets, *Cursor{root, "", log}.find("options"));
    if (auto const plan = Cursor{root, "", log}.find("plan"); plan && !log.has_errors())
        scenario->plans = plans_of(text.plan, *scenario, *plan);
    if (auto const pools = Cursor{root, "", log}.find("pools")) {
        scenario->pools = pools_of(text.pools, calibration_folders_of(source), reading, *pools);
        set_usual_latency(*scenario);
        if (!log.has_errors())
            scenario->pool_plans = pool_plans_of(text.plan, scenario->pools, scenario->calendar, Cursor{root, "", log});
    }
    if (!log.has_errors()) validate(*scenario, text.targets, reading, root);
    if (log.has_errors()) refuse(log);
    scenario->inputs = files.inputs();
    auto const resolved = emit_yaml(root);
    std::string all = without_default_marks(resolved);
    for (auto const& input : scenario->inputs) all += input.kind == "scenario" ? "" : input.sha256;
    scenario->hash = sha256(all);
    scenario->notes = notes_of(*scenario);
    return {scenario, log.render(), as_comments(scenario->notes) + resolved};
}

std::optional<std::size_t> Scenario::pool_of(TargetId target) const {
    auto const& spec = targets[target.index()];
    for (std::size_t p = 0; spec.pool && p < pools.size(); ++p)
        if (pools[p].name == spec.name.substr(pool_prefix.size())) return p;
    return std::nullopt;
}

std::string scenario_schema() {
    Diagnostics log;
    Files files{"."};
    Reading reading{log, files};
    SchemaBuilder builder;
    Json schema = scenario_table(reading).shape().schema(builder);
    schema["properties"]["extends"] = Json{{"type", "string"}, {"description", "scenario that this one is laid over"}};
    // What is laid over another scenario may leave to it whatever it likes.
    schema["anyOf"] = Json::array({Json{{"required", schema["required"]}}, Json{{"required", {"extends"}}}});
    schema.erase("required");
    Json document{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "runrate/scenario/1"}};
    document.update(schema);
    document["definitions"] = builder.definitions();
    return document.dump(2) + "\n";
}

}  // namespace runrate
