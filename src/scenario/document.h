#pragma once

#include <string>
#include <vector>

#include "runrate/scenario.h"
#include "scenario/files.h"
#include "yaml/node.h"

namespace runrate {

/// The tree of a scenario before it is given a meaning: the file, what it `extends` laid under it, `--set` laid over
/// it, and each option laid over the one that it is `like`. Every node keeps the place where it was written.
Node read_document(ScenarioSource const&, Files&, Diagnostics&);

}  // namespace runrate
