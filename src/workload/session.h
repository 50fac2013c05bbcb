#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/id.h"
#include "core/lane.h"
#include "stat/law.h"
#include "workload/traffic.h"
#include "workload/workflow.h"

namespace runrate {

/// A visit: turns of one workflow with pauses between them. A job's item is a session of one turn.
struct SessionSpec {
    LawSpec turns = LawSpec::constant(Number{1});
    LawSpec think = LawSpec::constant(Number{0});  ///< seconds between a turn's end and the next turn's start
    WorkflowId workflow;
    Lane lane = Lane::standard;          ///< of all its calls
    bool reads_caches = true;            ///< items of the batch lane do so only when asked
    std::optional<double> deadline_s{};  ///< within which an item's answers are wanted
};

/// What a session is worth. Success is the option's matter.
struct Outcome {
    std::string name = "successful session";
    Number revenue_usd{0};
    Number failure_cost_usd{0};  ///< what each failed session costs besides its inference
    bool stated = false;
};

/// The most tokens that a customer may use in a calendar month, prompts and answers together.
struct TokenCap {
    Number per_month{0};
    std::string degrade_to;  ///< the option that serves later sessions; empty: they are not served
};

/// Something the product does that causes inference.
struct Feature {
    std::string name;
    std::vector<std::pair<std::string, std::string>> tags;
    Traffic traffic;
    SessionSpec session;
    Outcome outcome;
    std::optional<TokenCap> cap{};
};

}  // namespace runrate
