#include "billing/import.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "billing/import_formats.h"
#include "core/diagnostics.h"

namespace runrate {
namespace {

constexpr char const* what_format_says = "--format says which collection it is";

bool bounded_depth(int depth, ImportJson::parse_event_t, ImportJson const&) {
    constexpr int deepest = 64;
    if (depth > deepest) throw std::invalid_argument("is nested too deeply");
    return true;
}

}  // namespace

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
        auto const document = ImportJson::parse(bytes, bounded_depth);
        if (format == PriceFormat::genai_prices)
            import_genai(document, terms, imported);
        else
            import_litellm(document, terms, imported);
    } catch (ImportJson::parse_error const& e) {
        throw InputError(fmt::format("{}: error: is no JSON (at byte {})\n", name, e.byte));
    } catch (ImportJson::exception const&) {
        throw InputError(fmt::format("{}: error: a value is not of its kind ({})\n", name, what_format_says));
    } catch (std::invalid_argument const& e) {
        throw InputError(fmt::format("{}: error: {} ({})\n", name, e.what(), what_format_says));
    }
    if (imported.book.models.empty()) throw InputError(fmt::format("{}: error: no model has a price\n", name));
    return imported;
}

}  // namespace runrate
