#include "pricing/contract.h"

#include <algorithm>

namespace runrate {
namespace {

bool in_force(ContractTerms const& terms, int month) { return terms.from <= month && month < terms.until; }

/// The part of a bill that a discount covers, and what it takes off.
Money discount_on(ContractTerms const& terms, VendorBill const& bill) {
    Money const covered = terms.tokens_only ? bill.tokens : bill.total;
    Money off{};
    for (std::size_t i = 0; i < terms.tiers.size(); ++i) {
        auto const& tier = terms.tiers[i];
        if (bill.total <= tier.above) break;
        if (!terms.excess_only) {
            off = scaled(covered, tier.discount);
            continue;
        }
        Money const end = i + 1 < terms.tiers.size() ? std::min(bill.total, terms.tiers[i + 1].above) : bill.total;
        double const share = static_cast<double>(covered.count()) / static_cast<double>(bill.total.count());
        off += scaled(end - tier.above, tier.discount * share);
    }
    return off;
}

/// Follows what has been spent in the period of a commitment.
class Commitment {
public:
    explicit Commitment(ContractTerms const& terms) : terms_{terms} {}

    /// The shortfall that falls due at the end of this month.
    Money after(int month, Money spent) {
        if (!in_force(terms_, month)) return Money{};
        spent_ = narrow(Wide{spent_.count()} + spent.count());
        begun_ = true;
        if ((month - terms_.from + 1) % terms_.commitment_months != 0) return Money{};
        Money const due = missing();
        spent_ = Money{};
        begun_ = false;
        return due;
    }

    [[nodiscard]] Money open() const { return begun_ ? missing() : Money{}; }

private:
    [[nodiscard]] Money missing() const {
        return terms_.shortfall_paid ? std::max(Money{}, terms_.commitment - spent_) : Money{};
    }

    ContractTerms const& terms_;
    Money spent_{};
    bool begun_ = false;
};

struct Settled {
    std::vector<Settlement> months;
    Money open{};
};

Settled settle_all(ContractTerms const& terms, std::span<VendorBill const> bills) {
    Settled settled;
    Commitment commitment{terms};
    Money credit = terms.credit;
    for (int m = 0; m < static_cast<int>(bills.size()); ++m) {
        auto const& bill = bills[static_cast<std::size_t>(m)];
        Settlement month;
        if (in_force(terms, m)) month.discount = discount_on(terms, bill);
        Money const left = bill.total - month.discount;
        month.shortfall = commitment.after(m, left);
        if (m < terms.credit_until) month.credit = std::min(credit, left);
        credit -= month.credit;
        settled.months.push_back(month);
    }
    settled.open = commitment.open();
    return settled;
}

}  // namespace

std::vector<Settlement> settle(ContractTerms const& terms, std::span<VendorBill const> months) {
    return settle_all(terms, months).months;
}

Money open_commitment(ContractTerms const& terms, std::span<VendorBill const> months) {
    if (!terms.shortfall_paid) return Money{};
    auto const periods = [&](int covered) { return (covered + terms.commitment_months - 1) / terms.commitment_months; };
    int const last = static_cast<int>(months.size());
    int const begun = periods(std::clamp(last - terms.from, 0, std::max(0, terms.until - terms.from)));
    int const later = periods(std::max(0, terms.until - terms.from)) - begun;
    return settle_all(terms, months).open + terms.commitment * later;
}

}  // namespace runrate
