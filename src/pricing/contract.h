#pragma once

#include <span>
#include <vector>

#include "core/money.h"

namespace runrate {

/// A share off the month's bill once the bill is above an amount.
struct DiscountTier {
    Money above{};
    double discount = 0;
};

/// What a vendor agrees to besides its list prices. Months count from the start of the scenario; `until` is the first
/// month that is no longer covered.
struct ContractTerms {
    std::vector<DiscountTier> tiers;  ///< by `above`, ascending; a flat discount is one tier above nothing
    bool tokens_only = false;         ///< the discount covers tokens, no fees
    bool excess_only = false;         ///< each tier covers what is above its amount; else the highest covers the bill
    Money commitment{};               ///< the least that is paid per period of the commitment
    int commitment_months = 1;        ///< 1 or 12
    bool shortfall_paid = true;       ///< what is missing to the commitment is billed at the end of its period
    int from = 0, until = 0;

    Money credit{};        ///< pays bills until it is used up or expires; the rest is lost
    int credit_until = 0;  ///< first month in which it no longer pays
};

/// What a vendor bills for a month at list prices.
struct VendorBill {
    Money total{}, tokens{};
};

/// What terms make of one month's bill: bill - discount - credit + shortfall is paid.
struct Settlement {
    Money discount{}, credit{}, shortfall{};
};

/// Settles consecutive months from the start of the scenario. The discount comes first; the commitment is met by
/// discounted bills, whether credits pay them or not; then credits pay what is left of the bill. A period of the
/// commitment that the months do not complete bills no shortfall: see open_commitment().
std::vector<Settlement> settle(ContractTerms const&, std::span<VendorBill const> months);

/// What is still owed after the last month: what is missing to the commitment of a period that has begun but not ended,
/// and the commitments of the periods after it.
Money open_commitment(ContractTerms const&, std::span<VendorBill const> months);

}  // namespace runrate
