#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace runrate {

/// What decides dollars in this scenario and is not written in it: the rules that it uses, by their numbers, and which
/// prompts each option caches, by role and model.
std::vector<std::string> notes_of(Scenario const&);

/// The notes as YAML comments, one a line.
std::string as_comments(std::vector<std::string> const& notes);

}  // namespace runrate
