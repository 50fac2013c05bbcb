#pragma once

#include <string>
#include <vector>

#include "pricing/price_book.h"

namespace runrate {

/// What changed from one book to another: models and rows that came and went, prices that differ, a line each.
std::vector<std::string> differences(PriceBook const& before, PriceBook const& after);

}  // namespace runrate
