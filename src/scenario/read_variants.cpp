#include <fmt/format.h>

#include "scenario/sections.h"

namespace runrate {
namespace {

using NamedVariants = std::vector<std::pair<std::string, Variant>>;

/// A variant of a split says which share of the sessions it gets; a shadow follows all of them unless it says less.
Shape<NamedVariants> named_variants(Reading& reading, Variation variation) {
    auto table = Table<Variant>("a prompt and its share");
    if (variation == Variation::split)
        table.required("share", &Variant::share, number(reading, dimension::share), "share of the sessions");
    else
        table.defaulted("share", &Variant::share, number(reading, dimension::share), "100%",
                        "share of the sessions that are shadowed");
    table
        .optional("system", &Variant::system, number(reading, dimension::tokens),
                  "system prompt, instead of the context's")
        .optional("tools", &Variant::tools, number(reading, dimension::tokens),
                  "tool definitions, instead of the context's")
        .defaulted("output", &Variant::output, number(reading, dimension::positive_factor), "1x",
                   "factor on what is written by calls of this context");
    return map_of(table.shape(), 1);
}

struct VariantsText {
    std::optional<NamedVariants> split, shadow;
};

void check_shares(NamedVariants const& variants, Cursor const& at) {
    double sum = 0;
    for (auto const& [name, variant] : variants) sum += variant.share.uncertain() ? 0 : variant.share.value;
    if (sum > 1 + 1e-9) at.error(fmt::format("the shares add up to {:g}% (at most 100%)", 100 * sum));
}

Variants variants_of(VariantsText const& t, Cursor const& at) {
    Variants variants;
    if (t.split.has_value() == t.shadow.has_value()) {
        at.error("variants are either 'split' (they divide the sessions) or 'shadow' (they follow them)");
        return variants;
    }
    if (t.split) check_shares(*t.split, *at.find("split"));
    variants.variation = t.split ? Variation::split : Variation::shadow;
    for (auto const& [name, variant] : t.split ? *t.split : *t.shadow) {
        variants.all.push_back(variant);
        variants.all.back().name = name;
    }
    return variants;
}

}  // namespace

Shape<Variants> variants_shape(Reading& reading) {
    auto const table = Table<VariantsText>("{split: {name: {share, ...}}} or {shadow: {name: {...}}}")
                           .optional("split", &VariantsText::split, named_variants(reading, Variation::split),
                                     "variants that divide the sessions; the rest runs the workflow as written")
                           .optional("shadow", &VariantsText::shadow, named_variants(reading, Variation::shadow),
                                     "variants that every call is made with too, for nobody");
    return converted<Variants, VariantsText>(table.shape(), variants_of);
}

}  // namespace runrate
