#include "core/diagnostics.h"

#include <gtest/gtest.h>

namespace runrate {
namespace {

TEST(Diagnostics, RendersPlaceLineCaretAndPath) {
    Diagnostics log;
    auto const file = log.add_source("chat.yaml", "name: chat\nturns: many\n");
    log.error({file, 2, 8}, "invalid number 'many'", "turns");
    EXPECT_EQ(log.render(),
              "chat.yaml:2:8: error: invalid number 'many'\n"
              "    2 | turns: many\n"
              "      |        ^  turns\n");
}

TEST(Diagnostics, PlacesTheCaretByCharactersAndCountsColumnsInBytes) {
    Diagnostics log;
    auto const file = log.add_source("münchen.yaml", "größe: viel\n");
    log.error({file, 1, 10}, "invalid number 'viel'", "größe");  // ö and ß are two bytes each
    EXPECT_EQ(log.render(),
              "münchen.yaml:1:10: error: invalid number 'viel'\n"
              "    1 | größe: viel\n"
              "      |        ^  größe\n");
}

TEST(Diagnostics, CutsALongLineBetweenCharacters) {
    Diagnostics log;
    std::string line;
    for (int i = 0; i < 200; ++i) line += "é";
    auto const file = log.add_source("long.yaml", line + "x\n");
    log.error({file, 1, 401}, "here");
    std::string shown;
    for (int i = 0; i < 80; ++i) shown += "é";
    EXPECT_EQ(log.render(),
              "long.yaml:1:401: error: here\n    1 | " + shown + "x\n      | " + std::string(80, ' ') + "^\n");
}

TEST(Diagnostics, ComesInOrderOfPlaceAndSaysNothingTwice) {
    Diagnostics log;
    auto const file = log.add_source("a.yaml", "x: 1\ny: 2\n");
    log.error({file, 2, 1}, "second");
    log.error({file, 1, 1}, "first");
    log.error({file, 2, 1}, "second");
    EXPECT_EQ(log.render(),
              "a.yaml:1:1: error: first\n    1 | x: 1\n      | ^\n"
              "a.yaml:2:1: error: second\n    2 | y: 2\n      | ^\n");
}

TEST(Nearest, FindsTheWordThatWasMeant) {
    std::vector<std::string> const known{"exponential", "pareto", "mean"};
    EXPECT_EQ(nearest("exponentail", known), "exponential");
    EXPECT_EQ(nearest("maen", known), "mean");
    EXPECT_EQ(nearest("zebra", known), "");
}

}  // namespace
}  // namespace runrate
