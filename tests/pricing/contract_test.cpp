#include "pricing/contract.h"

#include <gtest/gtest.h>

namespace runrate {
namespace {

std::vector<VendorBill> bills(std::vector<std::int64_t> dollars, double tokens = 1) {
    std::vector<VendorBill> months;
    for (auto d : dollars) {
        Money const total{d * nano_per_dollar};
        months.push_back({total, scaled(total, tokens)});
    }
    return months;
}

ContractTerms terms(std::vector<DiscountTier> tiers) {
    ContractTerms t;
    t.tiers = std::move(tiers);
    t.until = 1000;
    return t;
}

TEST(Discount, OfOneTierCoversTheWholeBill) {
    auto const t = terms({{Money{}, 0.12}});
    auto const s = settle(t, bills({10'000, 20'000}));
    EXPECT_EQ(s[0].discount, 1'200_usd);
    EXPECT_EQ(s[1].discount, 2'400_usd);
}

TEST(Discount, OnTokensLeavesFees) {
    auto t = terms({{Money{}, 0.12}});
    t.tokens_only = true;
    EXPECT_EQ(settle(t, bills({10'000}, 0.75))[0].discount, 900_usd);
}

TEST(Discount, OfTheHighestTierReachedCoversTheBill) {
    auto const t = terms({{50'000_usd, 0.08}, {250'000_usd, 0.15}});
    auto const s = settle(t, bills({50'000, 50'001, 250'000, 300'000}));
    EXPECT_EQ(s[0].discount, Money{});
    EXPECT_EQ(s[1].discount, Money{4000'080'000'000});
    EXPECT_EQ(s[2].discount, 20'000_usd);
    EXPECT_EQ(s[3].discount, 45'000_usd);
}

TEST(Discount, OfTheExcessCoversEachPartAtItsTier) {
    auto t = terms({{50'000_usd, 0.08}, {250'000_usd, 0.15}});
    t.excess_only = true;
    auto const s = settle(t, bills({50'000, 100'000, 300'000}));
    EXPECT_EQ(s[0].discount, Money{});
    EXPECT_EQ(s[1].discount, 4'000_usd);               // 8 % of 50k
    EXPECT_EQ(s[2].discount, 16'000_usd + 7'500_usd);  // 8 % of 200k, 15 % of 50k
}

TEST(Discount, HoldsFromAMonthUntilAnother) {
    auto t = terms({{Money{}, 0.5}});
    t.from = 1;
    t.until = 3;
    auto const s = settle(t, bills({100, 100, 100, 100}));
    EXPECT_EQ(s[0].discount, Money{});
    EXPECT_EQ(s[1].discount, 50_usd);
    EXPECT_EQ(s[2].discount, 50_usd);
    EXPECT_EQ(s[3].discount, Money{});
}

TEST(Commitment, OfAMonthBillsWhatIsMissingAfterTheDiscount) {
    auto t = terms({{Money{}, 0.12}});
    t.commitment = 10'000_usd;
    auto const s = settle(t, bills({5'000, 11'000, 12'000}));
    EXPECT_EQ(s[0].shortfall, 5'600_usd);  // 10,000 - 4,400
    EXPECT_EQ(s[1].shortfall, 320_usd);    // 10,000 - 9,680
    EXPECT_EQ(s[2].shortfall, Money{});
}

TEST(Commitment, OfAYearIsSettledInItsLastMonth) {
    ContractTerms t;
    t.until = 1000;
    t.commitment = 1'300_usd;
    t.commitment_months = 12;
    t.until = 18;
    std::vector<std::int64_t> months(18, 100);
    auto const s = settle(t, bills(months));
    for (int m = 0; m < 18; ++m) EXPECT_EQ(s[static_cast<std::size_t>(m)].shortfall, m == 11 ? 100_usd : Money{}) << m;
    EXPECT_EQ(open_commitment(t, bills(months)), 700_usd);  // six months of 100 in the second year
}

TEST(Commitment, OwesThePeriodsAfterTheLastMonth) {
    ContractTerms t;
    t.commitment = 300_usd;
    t.until = 10;
    EXPECT_EQ(open_commitment(t, bills({100, 100, 100, 100})), 1'800_usd);  // six months
    t.commitment_months = 12;
    t.until = 24;
    EXPECT_EQ(open_commitment(t, bills({100})), 200_usd + 300_usd);
    t.shortfall_paid = false;
    EXPECT_EQ(open_commitment(t, bills({100})), Money{});
}

TEST(Commitment, ThatNeedNotBePaidBillsNothing) {
    ContractTerms t;
    t.until = 1000;
    t.commitment = 1'300_usd;
    t.shortfall_paid = false;
    EXPECT_EQ(settle(t, bills({100}))[0].shortfall, Money{});
}

TEST(Credit, PaysUntilItIsUsedUp) {
    ContractTerms t;
    t.credit = 250_usd;
    t.credit_until = 12;
    auto const s = settle(t, bills({100, 100, 100, 100}));
    EXPECT_EQ(s[0].credit, 100_usd);
    EXPECT_EQ(s[1].credit, 100_usd);
    EXPECT_EQ(s[2].credit, 50_usd);
    EXPECT_EQ(s[3].credit, Money{});
}

TEST(Credit, ExpiresWithWhatIsLeft) {
    ContractTerms t;
    t.credit = 250_usd;
    t.credit_until = 1;
    auto const s = settle(t, bills({100, 100}));
    EXPECT_EQ(s[0].credit, 100_usd);
    EXPECT_EQ(s[1].credit, Money{});
}

TEST(Credit, PaysTheDiscountedBillAndCountsForTheCommitment) {
    auto t = terms({{Money{}, 0.1}});
    t.commitment = 1'000_usd;
    t.credit = 5'000_usd;
    t.credit_until = 12;
    auto const s = settle(t, bills({800}));
    EXPECT_EQ(s[0].discount, 80_usd);
    EXPECT_EQ(s[0].credit, 720_usd);
    EXPECT_EQ(s[0].shortfall, 280_usd);  // 1,000 - 720
}

}  // namespace
}  // namespace runrate
