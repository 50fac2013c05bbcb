#pragma once

#include <string>
#include <vector>

#include "core/date.h"
#include "pricing/price_book.h"

namespace runrate {

/// Prices as other programs publish them.
enum class PriceFormat { genai_prices, litellm };

/// What an import needs to know that such files do not say.
struct ImportTerms {
    Date as_of{};        ///< the day of the snapshot, also the first day of prices without a start of their own
    std::string source;  ///< written into every row
    std::vector<std::string> vendors;  ///< empty: all
};

struct Imported {
    PriceBook book;
    std::vector<std::string> notes;  ///< what carries a price and has no field here, or was left out: nothing is silent
};

/// Reads JSON of a price collection. \throws InputError when it is no such file
Imported import_prices(PriceFormat, std::string const& name, std::string const& bytes, ImportTerms const&);

/// A price book as YAML (`runrate/prices/1`), one row a line; reading it gives the same book.
std::string to_yaml(PriceBook const&);

}  // namespace runrate
