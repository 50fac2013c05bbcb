#include "experiment/reservations.h"

#include "experiment/pricing.h"

namespace runrate {
namespace {

/// The parts of a reservation's cost that features bear: by what it takes off the bill of each, else equal ones.
std::vector<double> covered_parts(Layout const& layout, OptionOutcome const& out, std::size_t reservation,
                                  std::size_t cell) {
    std::vector<double> parts;
    double sum = 0;
    for (std::size_t f = 0; f < layout.features; ++f) {
        parts.push_back(out.strain.covered[layout.reserved(reservation, cell, f)]);
        sum += parts.back();
    }
    for (double& part : parts) part = sum > 0 ? part / sum : 1 / static_cast<double>(layout.features);
    return parts;
}

}  // namespace

void bill_reservations(Experiment const& e, BillPlan const& plan, WorldOutcome const& world, OptionOutcome& out) {
    auto const& layout = e.layout;
    auto const first = plan.one_off_line - plan.demand.reservations.size() - plan.direct_lines;
    for (std::size_t d = 0; d < layout.draws && !plan.demand.reservations.empty(); ++d) {
        auto const months = fixed_costs(*e.scenario, plan, world.beliefs[d]);
        for (std::size_t r = 0; r < plan.demand.reservations.size(); ++r) {
            for (std::size_t cell = 0; cell < layout.cells(); ++cell) {
                double const usd = to_dollars(months[layout.month_of(cell)][first + r]);
                auto const at = layout.agreement(d, cell);
                out.cost[layout.cost(d, cell, layout.agreement_slot())] += usd;
                out.agreement_drawn[at] += usd;
                auto const parts = covered_parts(layout, out, r, cell);
                for (std::size_t f = 0; f < layout.features; ++f)
                    out.agreement_of_feature[at * layout.features + f] += usd * parts[f];
            }
        }
    }
}

}  // namespace runrate
