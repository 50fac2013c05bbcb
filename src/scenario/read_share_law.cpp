#include <algorithm>

#include "scenario/corners.h"
#include "scenario/reading.h"
#include "scenario/scenario.h"

namespace runrate {
namespace {

/// Looks for draws of 100 % at the ends of every belief; that the law exists there is checked elsewhere.
void check_below_one(LawSpec const& law, Scenario const& scenario, Cursor const& at) {
    for (auto const& draws : belief_corners(scenario, beliefs_of(law))) {
        auto const found = resolve(law, draws);
        auto const* known = std::get_if<Distribution>(&found);
        if (!known) return;
        double highest = quantile(*known, 1 - 0x1p-53);
        if (law.at_most) highest = std::min(highest, law.at_most->in(draws));
        if (dimension::share_below_one.fault(std::max(0.0, highest)))
            return at.error(blame(scenario, beliefs_of(law)) + "draws reach 100% (bound the law, at_most: 98%)");
    }
}

}  // namespace

Shape<LawSpec> share_law(Reading& reading) {
    auto const inner = law(reading, dimension::share_below_one);
    auto const read = [&reading, inner](Cursor const& at) {
        auto const result = inner.read(at);
        if (result.family != Family::constant)  // a number, or a belief: their ends are checked as such
            reading.later.emplace_back([result, at](Scenario const& s) { check_below_one(result, s, at); });
        return result;
    };
    return {inner.wanted, read, inner.schema};
}

}  // namespace runrate
