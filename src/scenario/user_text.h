#pragma once

#include "yaml/cursor.h"

namespace runrate {

/// Rule 2: the user's text joins once per turn. Reports a second `user` among the steps of one workflow, and one inside
/// a loop or an agent, at its place. \param steps  the list under `steps`
void check_user_text(Cursor const& steps);

}  // namespace runrate
