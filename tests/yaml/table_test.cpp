#include <gtest/gtest.h>

#include "yaml/parsed.h"
#include "yaml/shape.h"

namespace runrate {
namespace {

struct Traffic {
    std::string sessions;
    std::optional<int> events;
    int customers = 0;
    std::vector<std::string> days;
};

Table<Traffic> traffic_table() {
    return Table<Traffic>{"a map of traffic"}
        .required("sessions", &Traffic::sessions, text("sessions per period, for instance 50k per month"), "How many")
        .optional("events", &Traffic::events, whole_number(0, 9), "What adds to it")
        .defaulted("customers", &Traffic::customers, whole_number(1, 1000), "10", "Who share it")
        .defaulted("days", &Traffic::days, list_of(text()), "[Mo, Tu]", "When")
        .check([](Traffic& t, Cursor const& c) {
            if (t.customers < static_cast<int>(t.days.size())) c.error("fewer customers than days");
        });
}

Traffic read_traffic(Parsed& in) { return traffic_table().shape().read(in.cursor()); }

std::string said_about(std::string const& text) {
    Parsed in{text};
    read_traffic(in);
    return in.log.render();
}

TEST(Table, ReadsEachFieldIntoItsMember) {
    Parsed in{"sessions: 50k per month\nevents: 3\ncustomers: 7\ndays: [Fr]\n"};
    auto const traffic = read_traffic(in);
    EXPECT_EQ(in.log.render(), "");
    EXPECT_EQ(traffic.sessions, "50k per month");
    EXPECT_EQ(traffic.events, 3);
    EXPECT_EQ(traffic.customers, 7);
    EXPECT_EQ(traffic.days, std::vector<std::string>{"Fr"});
}

TEST(Table, PutsDefaultsIntoTheTree) {
    Parsed in{"sessions: 9\n"};
    auto const traffic = read_traffic(in);
    EXPECT_EQ(traffic.customers, 10);
    EXPECT_EQ(traffic.days, (std::vector<std::string>{"Mo", "Tu"}));
    EXPECT_FALSE(traffic.events);
    EXPECT_EQ(emit_yaml(in.root), "sessions: 9\ncustomers: 10 # default\ndays:\n  - Mo # default\n  - Tu # default\n");
    EXPECT_EQ(in.root.find("customers")->at, in.root.at);
    EXPECT_EQ(in.root.find("days")->items[1].at, in.root.at);
}

TEST(Table, ReadsTheResolvedTreeAsTheSame) {
    Parsed in{"sessions: 9\n"};
    auto const first = read_traffic(in);
    auto const again = read_traffic(in);
    EXPECT_EQ(in.log.render(), "");
    EXPECT_EQ(again.days, first.days);
    EXPECT_EQ(in.root.entries.size(), 3u);
}

TEST(Table, ReportsWhatIsMissing) {
    EXPECT_EQ(said_about("customers: 3\n"),
              "in.yaml:1:1: error: missing 'sessions' (sessions per period, for instance 50k per month)\n"
              "    1 | customers: 3\n      | ^\n");
}

TEST(Table, ReportsUnknownKeysAndWrongFieldsAtOnce) {
    EXPECT_EQ(said_about("sesions: 1\nevents: many\ndays:\n"),
              "in.yaml:1:1: error: unknown key 'sesions' (did you mean 'sessions'?)\n"
              "    1 | sesions: 1\n      | ^  sesions\n"
              "in.yaml:1:1: error: missing 'sessions' (sessions per period, for instance 50k per month)\n"
              "    1 | sesions: 1\n      | ^\n"
              "in.yaml:2:9: error: expected a whole number from 0 to 9, found 'many'\n"
              "    2 | events: many\n      |         ^  events\n"
              "in.yaml:3:1: error: 'days' has no value (expected a list (each text))\n"
              "    3 | days:\n      | ^  days\n");
}

TEST(Table, WantsAMap) {
    EXPECT_EQ(said_about("[1]\n"),
              "in.yaml:1:1: error: expected a map of traffic, found a list\n    1 | [1]\n      | ^\n");
}

TEST(Table, ChecksAcrossFieldsOnlyWhereTheyWereRead) {
    EXPECT_EQ(said_about("{sessions: 1, customers: 1}\n"),
              "in.yaml:1:1: error: fewer customers than days\n"
              "    1 | {sessions: 1, customers: 1}\n      | ^\n");
    EXPECT_EQ(said_about("{sessions: 1, customers: x}\n"),
              "in.yaml:1:26: error: expected a whole number from 1 to 1000, found 'x'\n"
              "    1 | {sessions: 1, customers: x}\n      |                          ^  customers\n");
}

TEST(Table, RefusesADefaultThatIsNoYaml) {
    Table<Traffic> table{"traffic"};
    EXPECT_THROW(table.defaulted("days", &Traffic::days, list_of(text()), "[", ""), ContractError);
}

}  // namespace
}  // namespace runrate
