#include "pricing/owned_machines.h"

#include <algorithm>

namespace runrate {

double depreciation(OwnedMachines const& m) { return m.capex * (1 - m.residual) / m.life_months; }

double unwritten(OwnedMachines const& m, int age_months) {
    return depreciation(m) * std::max(0, m.life_months - age_months);
}

double maintenance(OwnedMachines const& m) { return m.capex * m.maintenance / 12; }

double colocation(OwnedMachines const& m) { return m.power_w * 1e-3 * m.colocation; }

double energy_kwh(OwnedMachines const& m, double hours, double busy_hours) {
    double const at_full = m.idle_power * hours + (1 - m.idle_power) * busy_hours;
    return m.power_w * 1e-3 * at_full * m.pue;
}

}  // namespace runrate
