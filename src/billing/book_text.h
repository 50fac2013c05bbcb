#pragma once

#include <map>
#include <string>

#include "pricing/price_book.h"

namespace runrate {

/// `$3/M tokens`, every digit that counts.
std::string usd_text(TokenPrice);

/// A price row as it stands in a book, without its braces.
std::string row_text(PriceRow const&);

/// The same taken apart by key: `input` is `$3/M tokens`, `batch` is `{...}`. Dates and source are left out.
std::map<std::string, std::string> parts_of(PriceRow const&);

}  // namespace runrate
