#include <algorithm>

#include <fmt/format.h>

#include "experiment/contracts.h"
#include "experiment/tables.h"

namespace runrate {
namespace {

/// The last month of what is owed: the contract's, else that of the period of the commitment that has begun.
Month owed_until(ContractSpec const& contract, Calendar const& calendar) {
    if (contract.until) return *contract.until;
    auto const from = contract.from.value_or(calendar.start);
    int const begun = months_between(from, calendar.month(calendar.months));
    int const periods = (begun + contract.commitment_months - 1) / contract.commitment_months;
    return from + std::chrono::months{periods * contract.commitment_months - 1};
}

/// What an option is still bound to. One row for all that ends in the same month.
class Liabilities {
public:
    Liabilities(Findings const& f, std::size_t option, std::vector<LiabilityRow>& rows)
        : findings_{f}, option_{option}, rows_{rows}, first_{rows.size()} {}

    void add(std::string const& item, Month until, double usd) {
        if (!(usd > 0)) return;
        auto const same = std::find_if(rows_.begin() + static_cast<std::ptrdiff_t>(first_), rows_.end(),
                                       [&](auto& r) { return r.item == item && r.until == to_string(until); });
        if (same == rows_.end())
            rows_.push_back({findings_.option(option_).name, item, to_string(until), amount_of(usd)});
        else
            same->amount = *same->amount + amount_of(usd);
    }

    void add_agreements() {
        auto const& agreements = findings_.experiment().plans[option_].agreements;
        for (std::size_t a = 0; a < agreements.size(); ++a) {
            if (!agreements[a].contract) continue;
            double owed = 0;
            for (auto const& world : findings_.totals.worlds) owed += world.options[option_].owed[a];
            add(agreements[a].vendor + " commitment", owed_until(*agreements[a].contract, calendar()),
                owed / static_cast<double>(findings_.totals.worlds.size()));
        }
    }

    void add_pool(std::size_t pool) {
        auto const& plan = findings_.scenario().pool_plans[pool];
        double const gpus = findings_.scenario().pools[pool].replica.parallel.gpus();
        for (auto const& r : plan.reserve) {
            if (!r.months) continue;
            auto const after = r.from.value_or(calendar().start) + std::chrono::months{*r.months};
            double const hours = r.replicas * gpus * hours_after_horizon(after);
            add(plan.pool + " reserved", after - std::chrono::months{1},
                mean_over([&](BeliefValues draw) { return hours * r.usd.in(draw); }));
        }
        for (auto const& o : plan.own) {
            auto const first = o.first(calendar().start);
            int const age = months_between(first, calendar().month(calendar().months));
            add(plan.pool + " owned", first + std::chrono::months{o.life_months - 1},
                mean_over([&](BeliefValues draw) { return unwritten(o.machines(draw), age); }));
        }
    }

private:
    [[nodiscard]] Calendar const& calendar() const { return findings_.scenario().calendar; }

    /// Real hours of the months from the horizon's end up to `after`.
    [[nodiscard]] double hours_after_horizon(Month after) const {
        double hours = 0;
        for (int m = calendar().months; calendar().month(m) < after; ++m) hours += calendar().hours_in(m);
        return hours;
    }

    template <class Value>
    [[nodiscard]] double mean_over(Value const& value) const {
        double sum = 0;
        for (auto const& world : findings_.totals.worlds)
            for (auto const& draw : world.beliefs) sum += value(draw);
        return sum / static_cast<double>(findings_.totals.samples());
    }

    Findings const& findings_;
    std::size_t option_;
    std::vector<LiabilityRow>& rows_;
    std::size_t first_;
};

}  // namespace

std::vector<LiabilityRow> liabilities_table(Findings const& f) {
    std::vector<LiabilityRow> rows;
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        Liabilities of_option{f, o, rows};
        of_option.add_agreements();
        for (auto const& pool : f.experiment().plans[o].pools) of_option.add_pool(pool.pool);
    }
    return rows;
}

}  // namespace runrate
