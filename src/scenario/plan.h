#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/date.h"
#include "stat/number.h"

namespace runrate {

struct DiscountSpec {
    Number above{0};     ///< dollars of the month's bill
    Number discount{0};  ///< share
};

/// A contract as stated; ContractTerms says what its parts mean.
struct ContractSpec {
    std::vector<DiscountSpec> tiers;
    bool tokens_only = false, excess_only = false;
    Number commitment_usd{0};  ///< of each period
    int commitment_months = 1;
    bool shortfall_paid = true;
    std::optional<Month> from, until;  ///< first and last month; nothing: those of the scenario
};

struct CreditSpec {
    Number usd{0};
    std::optional<Month> until;  ///< last month in which it pays
};

/// Throughput of a model that is reserved and paid whether it is used or not; what is asked beyond it spills over to
/// the list prices. A token of the prompt counts one, an answer's `output_weight`.
struct ProvisionedSpec {
    std::string model;  ///< `vendor/model`
    double units = 1;
    double each_per_minute = 0;  ///< weighted tokens that one unit serves
    double output_weight = 1;
    bool counts_reads = false;  ///< prompt tokens read from a cache count too
    Number usd{0};              ///< of one unit, per hour or month
    bool per_hour = true;
    std::optional<Month> from, until;  ///< first and last month; nothing: those of the scenario

    [[nodiscard]] bool in_force(Month month) const { return (!from || *from <= month) && (!until || month <= *until); }
};

/// What is agreed with a vendor, for one option or for all.
struct VendorPlan {
    std::string option;  ///< empty: every option
    std::string vendor;
    std::string region;  ///< in which its models are asked; empty: anywhere
    std::optional<ContractSpec> contract;
    std::optional<CreditSpec> credit;
    std::vector<ProvisionedSpec> provisioned{};  ///< no model twice
};

}  // namespace runrate
