#include "runrate/version.h"

namespace runrate {

char const* version() { return RUNRATE_VERSION; }

}  // namespace runrate
