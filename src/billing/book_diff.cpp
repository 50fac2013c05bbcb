#include "billing/book_diff.h"

#include <algorithm>

#include <fmt/format.h>

#include "billing/book_text.h"

namespace runrate {
namespace {

void compare_rows(std::string const& model, PriceRow const& before, PriceRow const& after,
                  std::vector<std::string>& lines) {
    auto const old_parts = parts_of(before);
    auto const new_parts = parts_of(after);
    auto const where = fmt::format("{} from {}", model, to_string(after.from));
    for (auto const& [name, text] : new_parts) {
        auto const old = old_parts.find(name);
        if (old == old_parts.end())
            lines.push_back(fmt::format("{}: {} is new: {}", where, name, text));
        else if (old->second != text)
            lines.push_back(fmt::format("{}: {} {} -> {}", where, name, old->second, text));
    }
    for (auto const& [name, text] : old_parts) {
        if (!new_parts.contains(name)) lines.push_back(fmt::format("{}: {} is gone: {}", where, name, text));
    }
}

PriceRow const* row_from(ModelPrices const& model, Date from) {
    auto const at = std::find_if(model.rows.begin(), model.rows.end(), [&](auto const& r) { return r.from == from; });
    return at == model.rows.end() ? nullptr : &*at;
}

void compare_models(ModelPrices const& before, ModelPrices const& after, std::vector<std::string>& lines) {
    if (!(before.cache == after.cache)) lines.push_back(fmt::format("{}: the terms of its cache differ", after.id));
    if (!(before.latency == after.latency)) lines.push_back(fmt::format("{}: its latency differs", after.id));
    if (!(before.tokenizer == after.tokenizer)) lines.push_back(fmt::format("{}: its tokenizer differs", after.id));
    for (auto const& row : after.rows) {
        auto const* old = row_from(before, row.from);
        if (old)
            compare_rows(after.id, *old, row, lines);
        else
            lines.push_back(fmt::format("{}: a new row from {}: {}", after.id, to_string(row.from), row_text(row)));
    }
    for (auto const& row : before.rows) {
        if (!row_from(after, row.from))
            lines.push_back(fmt::format("{}: the row from {} is gone", after.id, to_string(row.from)));
    }
}

}  // namespace

std::vector<std::string> differences(PriceBook const& before, PriceBook const& after) {
    std::vector<std::string> lines;
    for (auto const& [id, model] : after.models) {
        auto const old = before.models.find(id);
        if (old == before.models.end())
            lines.push_back(fmt::format("{}: new, {}", id, row_text(model.rows.back())));
        else
            compare_models(old->second, model, lines);
    }
    for (auto const& [id, model] : before.models) {
        if (!after.models.contains(id)) lines.push_back(fmt::format("{}: gone", id));
    }
    return lines;
}

}  // namespace runrate
