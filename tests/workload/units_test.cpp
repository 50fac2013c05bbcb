#include "workload/units.h"

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

}  // namespace
}  // namespace runrate
