#pragma once

#include "core/date.h"
#include "yaml/shape.h"

namespace runrate {

/// `2026-01`.
Shape<Month> month_shape();

/// `2026-06-15`.
Shape<Date> date_shape();

}  // namespace runrate
