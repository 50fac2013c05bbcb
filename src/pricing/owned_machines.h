#pragma once

namespace runrate {

/// Machines that one has bought, as one world knows them. Amounts are of all of them together, in one currency.
struct OwnedMachines {
    double capex = 0;        ///< paid once, what connects them included
    double residual = 0;     ///< share of it that they still fetch at the end of their life
    int life_months = 36;    ///< over which they are written off
    double maintenance = 0;  ///< share of capex per year: spares and repair
    double power_w = 0;      ///< at full load
    double idle_power = 0;   ///< share of that with nothing to do
    double pue = 1;          ///< power usage effectiveness: what the site draws over what the machines draw
    double energy = 0;       ///< price of a kWh
    double colocation = 0;   ///< of a kW at full load, per month
};

/// What they lose in value in a month of their life: (capex - residual) / life, a straight line.
double depreciation(OwnedMachines const&);

/// What they are worth above their residual value once they are so many months old; 0 from the end of their life on.
double unwritten(OwnedMachines const&, int age_months);

/// What spares and repair cost in a month.
double maintenance(OwnedMachines const&);

/// What space costs in a month, by the power that it is laid out for.
double colocation(OwnedMachines const&);

/// What the site draws: idle power in all hours, the rest of it while they are busy, all of it times the PUE.
/// \param busy_hours  at full load; at most `hours`
double energy_kwh(OwnedMachines const&, double hours, double busy_hours);

}  // namespace runrate
