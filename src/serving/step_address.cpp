#include "serving/step_address.h"

#include <string_view>

#include "core/contract.h"
#include "core/overloaded.h"

namespace runrate {
namespace {

constexpr unsigned name_bits = 14, number_bits = 10;

/// FNV-1a, folded. Two names that share a hash share a row of numbers, which still differ from each other.
std::uint32_t hash(std::string_view text) {
    std::uint32_t h = 2166136261u;
    for (char const c : text) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
    return (h ^ h >> name_bits ^ h >> 2 * name_bits) & ((1u << name_bits) - 1);
}

}  // namespace

std::uint32_t StepAddresses::next(std::string const& name) {
    auto const row = hash(name);
    auto const number = before_[row]++;
    RUNRATE_EXPECT(number < 1u << number_bits);
    return row << number_bits | number;
}

std::uint32_t StepAddresses::next(Step const& step) {
    return std::visit(Overloaded{[&](CallStep const& c) { return next("call " + roles_->at(c.role.index())); },
                                 [&](ToolStep const& t) { return next("tool " + t.name); },
                                 [&](RetrieveStep const& r) { return next("retrieve " + r.store); },
                                 [&](AgentStep const& a) { return next("agent " + a.name); },
                                 [&](ParallelStep const&) { return next("parallel"); },
                                 [&](RepeatStep const&) { return next("repeat"); }},
                      step.what);
}

}  // namespace runrate
