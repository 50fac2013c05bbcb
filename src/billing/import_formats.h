#pragma once

#include <optional>
#include <string>

#include "billing/import.h"
#include "billing/import_json.h"

namespace runrate {

/// Whether a vendor's models are to be imported.
bool wanted(ImportTerms const&, std::string const& vendor);

/// Adds a model; a second one of the same name is noted and left out.
void keep(std::optional<ModelPrices>, Imported&);

/// pydantic/genai-prices, `prices/data.json`. \throws std::invalid_argument when it is something else
void import_genai(ImportJson const&, ImportTerms const&, Imported&);

/// BerriAI/litellm, `model_prices_and_context_window.json`. \throws std::invalid_argument when it is something else
void import_litellm(ImportJson const&, ImportTerms const&, Imported&);

}  // namespace runrate
