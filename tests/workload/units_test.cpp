#include "workload/units.h"

#include <cmath>

#include <gtest/gtest.h>

namespace runrate {
namespace {

std::vector<std::string> names(Feature const& feature) {
    std::vector<std::string> names;
    for (auto const& unit : cost_units(feature)) names.push_back(unit.name);
    return names;
}

TEST(CostUnits, OfASessionAreTheVisitAndItsParts) {
    EXPECT_EQ(names({}), (std::vector<std::string>{"session", "turn", "call"}));
}

TEST(CostUnits, OfAJobAreItemsAndCalls) {
    Feature job;
    job.traffic.volume = Schedule{};
    EXPECT_EQ(names(job), (std::vector<std::string>{"item", "call"}));
}

TEST(CostUnits, ACustomersMonthNeedsStatedCustomers) {
    Feature chat;
    chat.traffic.customers.count = Number{400};
    EXPECT_EQ(names(chat).back(), "customer and month");
}

TEST(CostUnits, ANamedSuccessCountsAloneAndWithItsFailures) {
    Feature chat;
    chat.outcome.stated = true;
    chat.outcome.name = "resolved conversation";
    EXPECT_EQ(names(chat)[3], "resolved conversation");
    EXPECT_EQ(names(chat)[4], "resolved conversation, failures paid");
}

TEST(CostUnits, UnequalCustomersHaveALargest) {
    Feature chat;
    chat.traffic.customers = {Number{400}, Number{1.1}};
    EXPECT_EQ(names(chat).back(), "largest customer and month");
}

TEST(LargestShare, IsOneOverTheSumOfAllShares) {
    for (double const exponent : {0.0, 0.8, 1.0, 1.0 + 1e-13, 1.1, 2.5}) {
        for (int const customers : {1, 7, 16, 17, 400, 40'000}) {
            double sum = 0;
            for (int rank = 1; rank <= customers; ++rank) sum += std::pow(rank, -exponent);
            EXPECT_NEAR(largest_share(customers, exponent) * sum, 1, 1e-7) << exponent << ' ' << customers;
        }
    }
}

}  // namespace
}  // namespace runrate
