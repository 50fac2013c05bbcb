#pragma once

#include "runrate/replica.h"

namespace runrate {

/// The replica, if an engine can be made of it. \throws std::invalid_argument saying what is wrong with it
Replica const& checked(Replica const&);

}  // namespace runrate
