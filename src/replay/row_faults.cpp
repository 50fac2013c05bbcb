#include "replay/row_faults.h"

#include <fmt/format.h>

#include "core/diagnostics.h"

namespace runrate {
namespace {

constexpr std::size_t most_shown = 20;
constexpr std::size_t most_reasons = 1000;

void count(std::int64_t line, RowFault const& fault, Skipped& skipped) {
    bool const fits = skipped.size() < most_reasons || skipped.contains(fault.reason);
    auto& row = skipped[fits ? fault.reason : "other mistakes"];
    if (row.rows++ == 0) row.first_line = line, row.example = fault.text();
}

}  // namespace

void RowFaults::add(std::int64_t line, RowFault const& fault, Skipped& skipped) {
    if (skip_) return count(line, fault, skipped);
    text_ += fmt::format("{}:{}: error: {}\n", name_, line, fault.text());
    if (++count_ < most_shown) return;
    throw InputError(text_ +
                     fmt::format("(further rows were not looked at; --skip-bad counts and leaves out such rows)\n"));
}

void RowFaults::check() const {
    if (count_ > 0) throw InputError(text_);
}

}  // namespace runrate
