#include "experiment/contracts.h"

#include <algorithm>

namespace runrate {
namespace {

/// What is paid besides the bill, by item; the order of the agreement's lines.
std::array<Money, agreement_lines> items_of(Settlement const& s) {
    return {Money{} - s.discount, Money{} - s.credit, s.shortfall};
}

/// The drawn item without the part of chance that is proportional to the bill.
Money without_proportional_chance(Money drawn, Money expected, Money drawn_bill, Money expected_bill) {
    if (expected_bill == Money{} || drawn_bill == expected_bill) return drawn;
    double const rate = static_cast<double>(expected.count()) / static_cast<double>(expected_bill.count());
    return drawn - scaled(drawn_bill - expected_bill, rate);
}

/// What an item contributes to the mean: a shortfall that of the drawn bill, credits that of the expected one (so that
/// no more is paid from them than was granted), a discount the drawn one without proportional chance.
Money mean_item(std::size_t item, std::array<Money, agreement_lines> const& expected,
                std::array<Money, agreement_lines> const& drawn, Money expected_bill, Money drawn_bill) {
    if (item == shortfall_line) return drawn[item];
    if (item == credit_line) return expected[item];
    return without_proportional_chance(drawn[item], expected[item], drawn_bill, expected_bill);
}

/// One agreement in one draw.
struct Settling {
    Experiment const& e;
    BillPlan const& plan;
    VendorBills const& bills;
    std::size_t agreement, draw;
    ContractTerms terms;
    OptionOutcome& out;

    void settle_scale(std::size_t scale) const;
    void settle_volume(std::size_t volume) const;

private:
    /// Months as expected and as drawn, settled.
    struct Settled {
        std::vector<VendorBill> expected, drawn;
        std::vector<Settlement> of_expected, of_drawn;
    };
    [[nodiscard]] Settled settled(std::vector<VendorBill> expected, std::vector<VendorBill> drawn) const {
        auto const of_expected = settle(terms, expected);
        auto const of_drawn = settle(terms, drawn);
        return {std::move(expected), std::move(drawn), of_expected, of_drawn};
    }
    void add(Settled const&, std::size_t cell) const;
};

/// Adds what is settled for a cell's month to the outcome.
void Settling::add(Settled const& months, std::size_t cell) const {
    auto const& layout = e.layout;
    auto const m = layout.month_of(cell);
    auto const items = items_of(months.of_expected[m]);
    auto const items_drawn = items_of(months.of_drawn[m]);
    auto const at = layout.agreement(draw, cell);
    double net = 0;
    for (std::size_t i = 0; i < agreement_lines; ++i) {
        auto const amount = mean_item(i, items, items_drawn, months.expected[m].total, months.drawn[m].total);
        auto const line = plan.agreement_line + agreement * agreement_lines + i;
        out.line_nano[cell * plan.lines.size() + line] += amount.count();
        net += to_dollars(amount);
        out.agreement_drawn[at] += to_dollars(items_drawn[i]);
    }
    out.cost[layout.cost(draw, cell, layout.agreement_slot())] += net;
    auto const parts = bills.parts(agreement, draw, cell);
    for (std::size_t f = 0; f < layout.features; ++f)
        out.agreement_of_feature[at * layout.features + f] += net * parts[f];
}

void Settling::settle_scale(std::size_t scale) const {
    auto const months =
        settled(bills.months(agreement, draw, scale, {}), bills.months(agreement, draw, scale, out.chance));
    for (std::size_t m = 0; m < e.layout.months; ++m) add(months, e.layout.cell(scale, m));
}

void Settling::settle_volume(std::size_t volume) const {
    auto const scale = e.nearest_scale(e.volumes[volume]);
    add(settled(bills.months_at_volume(agreement, draw, volume, scale, {}),
                bills.months_at_volume(agreement, draw, volume, scale, out.chance)),
        e.layout.volume_cell(volume));
}

/// Checked: in a currency of small units a vendor's bill may be beyond what a ledger holds.
Money sum(Money a, Money b) { return narrow(Wide{a.count()} + b.count()); }

int month_index(Calendar const& calendar, Month month) { return months_between(calendar.start, month); }

void add_to(VendorBill& all, VendorBill const& bill) {
    all.total = sum(all.total, bill.total);
    all.tokens = sum(all.tokens, bill.tokens);
}

VendorBill times(VendorBill const& bill, double factor) {
    return factor == 1 ? bill : VendorBill{scaled(bill.total, factor), scaled(bill.tokens, factor)};
}

/// Takes from a plan of all options what the option's own leaves out.
void fill(VendorPlan& own, VendorPlan const& all) {
    if (own.region.empty()) own.region = all.region;
    if (!own.contract) own.contract = all.contract;
    if (!own.credit) own.credit = all.credit;
    if (own.provisioned.empty()) own.provisioned = all.provisioned;
}

}  // namespace

VendorBills::VendorBills(Layout const& layout, std::size_t agreements)
    : layout_{layout}, bills_(agreements * layout.draws * layout.cells() * layout.features) {}

std::size_t VendorBills::index(std::size_t agreement, std::size_t draw, std::size_t cell, std::size_t feature) const {
    return ((agreement * layout_.draws + draw) * layout_.cells() + cell) * layout_.features + feature;
}

void VendorBills::add(std::size_t agreement, std::size_t draw, std::size_t cell, std::size_t feature, Money amount,
                      bool tokens) {
    auto& bill = bills_[index(agreement, draw, cell, feature)];
    bill.total = sum(bill.total, amount);
    if (tokens) bill.tokens = sum(bill.tokens, amount);
}

std::vector<double> VendorBills::parts(std::size_t agreement, std::size_t draw, std::size_t cell) const {
    std::vector<double> parts;
    double sum = 0;
    for (std::size_t f = 0; f < layout_.features; ++f) {
        parts.push_back(static_cast<double>(bills_[index(agreement, draw, cell, f)].total.count()));
        sum += parts.back();
    }
    for (double& part : parts) part = sum > 0 ? part / sum : 1 / static_cast<double>(layout_.features);
    return parts;
}

std::vector<VendorBill> VendorBills::months(std::size_t agreement, std::size_t draw, std::size_t scale,
                                            std::span<double const> chance) const {
    std::vector<VendorBill> months(layout_.months);
    for (std::size_t m = 0; m < layout_.months; ++m)
        for (std::size_t f = 0; f < layout_.features; ++f)
            add_to(months[m], drawn(agreement, draw, layout_.cell(scale, m), f, chance));
    return months;
}

std::vector<VendorBill> VendorBills::months_at_volume(std::size_t agreement, std::size_t draw, std::size_t volume,
                                                      std::size_t scale, std::span<double const> chance) const {
    std::vector<VendorBill> months(layout_.months);
    for (std::size_t f = 0; f < layout_.features; ++f) {
        auto const cell = layout_.volume_cell(volume);
        auto const own = static_cast<double>(bills_[index(agreement, draw, cell, f)].total.count());
        auto const compared = layout_.cell(scale, layout_.compared_month);
        auto const there = static_cast<double>(bills_[index(agreement, draw, compared, f)].total.count());
        double const ratio = there > 0 ? own / there : 0;
        for (std::size_t m = 0; m < layout_.months; ++m) {
            if (m == layout_.compared_month)
                add_to(months[m], drawn(agreement, draw, cell, f, chance));
            else
                add_to(months[m], times(drawn(agreement, draw, layout_.cell(scale, m), f, chance), ratio));
        }
    }
    return months;
}

VendorBill VendorBills::drawn(std::size_t agreement, std::size_t draw, std::size_t cell, std::size_t feature,
                              std::span<double const> chance) const {
    auto const& bill = bills_[index(agreement, draw, cell, feature)];
    return chance.empty() ? bill : times(bill, chance[layout_.chance(cell, feature)]);
}

std::vector<VendorPlan> agreements_of(Scenario const& s, Option const& option) {
    std::vector<VendorPlan> result;
    for (bool const own : {true, false}) {
        for (auto const& plan : s.plans) {
            bool const concerns = own ? plan.option == option.name : plan.option.empty();
            if (!concerns) continue;
            auto const known =
                std::find_if(result.begin(), result.end(), [&](auto const& p) { return p.vendor == plan.vendor; });
            if (known == result.end())
                result.push_back(plan);
            else
                fill(*known, plan);
        }
    }
    return result;
}

ContractTerms terms_of(VendorPlan const& plan, Calendar const& calendar, BeliefValues world) {
    ContractTerms terms;
    if (plan.contract) {
        auto const& c = *plan.contract;
        for (auto const& tier : c.tiers)
            terms.tiers.push_back({from_dollars(tier.above.in(world)), tier.discount.in(world)});
        terms.tokens_only = c.tokens_only;
        terms.excess_only = c.excess_only;
        terms.commitment = from_dollars(c.commitment_usd.in(world));
        terms.commitment_months = c.commitment_months;
        terms.shortfall_paid = c.shortfall_paid;
        terms.from = c.from ? month_index(calendar, *c.from) : 0;
        terms.until = c.until ? month_index(calendar, *c.until) + 1 : calendar.months;
    }
    if (plan.credit) {
        terms.credit = from_dollars(plan.credit->usd.in(world));
        terms.credit_until = plan.credit->until ? month_index(calendar, *plan.credit->until) + 1 : calendar.months;
    }
    return terms;
}

void settle_agreements(Experiment const& e, BillPlan const& plan, WorldOutcome const& world, VendorBills const& bills,
                       OptionOutcome& out) {
    auto const& layout = e.layout;
    out.owed.assign(plan.agreements.size(), 0);
    if (!plan.agreements.empty()) out.agreement_of_feature.assign(layout.draws * layout.cells() * layout.features, 0);
    for (std::size_t a = 0; a < plan.agreements.size(); ++a) {
        for (std::size_t d = 0; d < layout.draws; ++d) {
            auto const terms = terms_of(plan.agreements[a], e.scenario->calendar, world.beliefs[d]);
            out.owed[a] +=
                to_dollars(open_commitment(terms, bills.months(a, d, 0, {}))) / static_cast<double>(layout.draws);
            Settling const settling{e, plan, bills, a, d, terms, out};
            for (std::size_t s = 0; s < layout.scales; ++s) settling.settle_scale(s);
            for (std::size_t v = 0; v < layout.volumes; ++v) settling.settle_volume(v);
        }
    }
}

}  // namespace runrate
