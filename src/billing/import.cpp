#include "billing/import.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "billing/import_formats.h"
#include "core/diagnostics.h"

namespace runrate {

bool wanted(ImportTerms const& terms, std::string const& vendor) {
    return terms.vendors.empty() ||
           std::find(terms.vendors.begin(), terms.vendors.end(), vendor) != terms.vendors.end();
}

void keep(std::optional<ModelPrices> model, Imported& into) {
    if (!model) return;
    auto const id = model->id;
    if (!into.book.models.emplace(id, std::move(*model)).second)
        into.notes.push_back(fmt::format("{}: a second model of this name (left out)", id));
}

Imported import_prices(PriceFormat format, std::string const& name, std::string const& bytes,
                       ImportTerms const& terms) {
    Imported imported;
    try {
        auto const document = ImportJson::parse(bytes);
        if (format == PriceFormat::genai_prices)
            import_genai(document, terms, imported);
        else
            import_litellm(document, terms, imported);
    } catch (ImportJson::parse_error const& e) {
        throw InputError(fmt::format("{}: error: is no JSON (at byte {})\n", name, e.byte));
    } catch (std::invalid_argument const& e) {
        throw InputError(fmt::format("{}: error: {} (--format says which collection it is)\n", name, e.what()));
    }
    if (imported.book.models.empty()) throw InputError(fmt::format("{}: error: no model has a price\n", name));
    return imported;
}

}  // namespace runrate
