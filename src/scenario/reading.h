#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenario/belief.h"
#include "scenario/exchange.h"
#include "scenario/files.h"
#include "scenario/names.h"
#include "stat/law.h"
#include "units/known_number.h"
#include "yaml/shape.h"

namespace runrate {

struct Scenario;

struct Place {
    SourcePosition at;
    std::string path;
};

/// What the readers of one scenario share: where to complain, what has been named so far, and which files it may read.
struct Reading {
    Diagnostics& log;
    Files& files;
    BeliefTable beliefs{};
    Names<RoleId> roles{};
    Names<TargetId> targets{};
    Names<WorkflowId> workflows{};
    std::vector<std::string> pools{};  ///< names, also of those that could not be read
    Exchange exchange{};
    std::map<std::string, Place> target_places{};  ///< where each target is first named
    /// Whether the workflows were found, and all of them read: else a workflow, or a role, may be unknown because of
    /// another mistake.
    bool workflows_known = true, roles_known = true;
    /// Checks that need the whole scenario: run once everything is read and the beliefs are settled.
    std::vector<std::function<void(Scenario const&)>> later{};
};

/// A number of the scenario: `45 s`, a range, `=belief`, or a law in place.
Shape<Number> number(Reading&, Dimension const&, Reach = Reach::behaviour);

/// The law of what varies by nature. Its draws are `dimension`s; its parameters may be beliefs.
/// \param geometric_from  where a geometric law starts here: 1 for turns and agents, 0 for loops
Shape<LawSpec> law(Reading&, Dimension const&, int geometric_from = 0);

/// The law of a share of something that has more to it: no draw may reach 100 %.
Shape<LawSpec> share_law(Reading&);

/// A distribution of known parameters, for beliefs: `{normal: {mean: 3, sd: 1}}`, and the unit of its parameters.
struct KnownLaw {
    Distribution law;
    Unit unit;
};
/// Whether a map has a key of a law.
bool looks_like_law(Node const&);
/// \param beside  keys that may stand beside the law's
std::optional<KnownLaw> read_known_law(Reading const&, Cursor const&, std::vector<std::string> const& beside = {});

/// A number, a law, or the text of either, as JSON Schema: of a belief, and of what varies by nature.
Json known_law_definition(SchemaBuilder&);
Json law_definition(SchemaBuilder&);
/// A reference to the latter that says what is wanted.
Json law_schema(std::string const& wanted, SchemaBuilder&);

}  // namespace runrate
