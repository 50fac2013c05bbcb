#pragma once

#include <span>
#include <vector>

#include "experiment/outcome.h"
#include "pricing/contract.h"

namespace runrate {

/// What vendors with agreements bill at list prices, in one world of one option: exact, as expected.
class VendorBills {
public:
    VendorBills(Layout const& layout, std::size_t agreements);

    void add(std::size_t agreement, std::size_t draw, std::size_t cell, std::size_t feature, Money amount, bool tokens);

    /// The part of a vendor's expected bill that each feature causes; equal parts of no bill.
    [[nodiscard]] std::vector<double> parts(std::size_t agreement, std::size_t draw, std::size_t cell) const;

    /// The months of one draw and scale. \param chance  OptionOutcome::chance, or empty for the expected bill
    [[nodiscard]] std::vector<VendorBill> months(std::size_t agreement, std::size_t draw, std::size_t scale,
                                                 std::span<double const> chance) const;

    /// The same at a volume of the breakeven, which has one month alone: the others of each feature are to it as they
    /// are at a scale.
    [[nodiscard]] std::vector<VendorBill> months_at_volume(std::size_t agreement, std::size_t draw, std::size_t volume,
                                                           std::size_t scale, std::span<double const> chance) const;

private:
    [[nodiscard]] VendorBill drawn(std::size_t agreement, std::size_t draw, std::size_t cell, std::size_t feature,
                                   std::span<double const> chance) const;
    [[nodiscard]] std::size_t index(std::size_t agreement, std::size_t draw, std::size_t cell,
                                    std::size_t feature) const;

    Layout const& layout_;
    std::vector<VendorBill> bills_;
};

/// What is agreed with each vendor of an option: part by part its own, else that of all options.
std::vector<VendorPlan> agreements_of(Scenario const&, Option const&);

/// An agreement in one world.
ContractTerms terms_of(VendorPlan const&, Calendar const&, BeliefValues);

/// Settles every agreement of an option in every draw and scale, into lines and slots of the outcome.
///
/// Discounts by tiers, commitments and credits depend on the drawn bill, so their mean is that of the drawn ones; the
/// part of chance that is proportional to the bill has mean 0 and is taken out, so a flat discount is exact. A
/// shortfall does not grow with the bill and is left as it is drawn.
void settle_agreements(Experiment const&, BillPlan const&, WorldOutcome const&, VendorBills const&, OptionOutcome&);

}  // namespace runrate
