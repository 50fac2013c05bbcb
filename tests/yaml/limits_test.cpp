#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "yaml/parsed.h"

namespace runrate {
namespace {

std::size_t count(Node const& node) {
    std::size_t nodes = 1;
    for (auto const& item : node.items) nodes += count(item);
    for (auto const& entry : node.entries) nodes += count(entry.value);
    return nodes;
}

/// Nine levels of nine aliases: 9^9 values of the first.
std::string alias_bomb(std::string const& first) {
    auto text = fmt::format("a0: &a0 {}\n", first);
    for (int level = 1; level <= 9; ++level) {
        auto const before = fmt::format("*a{}", level - 1);
        text += fmt::format("a{0}: &a{0} [{1}]\n", level, fmt::join(std::vector<std::string>(9, before), ", "));
    }
    return text;
}

std::string nested(std::string const& opening, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += opening;
    return text;
}

/// Level k holds S(k) = 9 S(k-1) + 1 values from S(0) = 10, read once and kept once for its alias: 2 (S(0) + ... +
/// S(4)) is 149,464, and the next alias adds 66,430.
TEST(ReadLimits, StopAnAliasBombWhileItIsCopied) {
    Parsed in{alias_bomb("[x, x, x, x, x, x, x, x, x]")};
    EXPECT_EQ(in.log.render(),
              "in.yaml:6:10: error: more than 200000 keys and values (aliases count each time they are used)\n"
              "    6 | a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]\n"
              "      |          ^\n");
    EXPECT_LE(count(in.root), ReadLimits{}.nodes);
}

TEST(ReadLimits, StopABombOfLongTexts) {
    ReadLimits const limits{.bytes = 40'000};
    auto const text = alias_bomb(std::string(1000, 'x'));
    EXPECT_EQ(errors_of(text, limits),
              "in.yaml:3:20: error: more than 40000 bytes of text (aliases count each time they are used)\n"
              "    3 | a2: &a2 [*a1, *a1, *a1, *a1, *a1, *a1, *a1, *a1, *a1]\n"
              "      |                    ^\n");
}

TEST(ReadLimits, CountWhatIsWrittenOutToo) {
    ReadLimits const limits{.nodes = 5};
    EXPECT_EQ(errors_of("{a: 1, b: 2}", limits), "");
    EXPECT_EQ(errors_of("{a: 1, b: 2, c: 3}", limits),
              "in.yaml:1:14: error: more than 5 keys and values (aliases count each time they are used)\n"
              "    1 | {a: 1, b: 2, c: 3}\n      |              ^\n");
}

TEST(ReadLimits, BoundDepth) {
    EXPECT_EQ(errors_of(nested("[", 64) + nested("]", 64)), "");
    EXPECT_EQ(errors_of(nested("[", 65) + nested("]", 65)),
              "in.yaml:1:65: error: nested deeper than 64 levels\n    1 | " + nested("[", 65) + nested("]", 65) +
                  "\n      | " + std::string(64, ' ') + "^\n");
}

TEST(ReadLimits, BoundTheDepthThatAliasesMake) {
    ReadLimits const limits{.depth = 3};
    EXPECT_EQ(errors_of("a: &a [x]\nb: &b [*a]\n", limits), "");
    EXPECT_EQ(errors_of("a: &a [x]\nb: &b [*a]\nc: [*b]\n", limits),
              "in.yaml:3:5: error: nested deeper than 3 levels\n    3 | c: [*b]\n      |     ^\n");
}

TEST(ReadLimits, HoldAgainstAHundredThousandOfAnyBracket) {
    for (std::string const opening : {"[", "{", "- ", "? ", "{a: ", "[? "}) {
        Parsed in{nested(opening, 100'000)};
        ASSERT_EQ(in.log.entries().size(), 1u) << opening;
        EXPECT_EQ(in.log.entries()[0].message, "nested deeper than 64 levels") << opening;
    }
}

TEST(ReadLimits, BoundTheText) {
    ReadLimits const limits{.bytes = 10};
    EXPECT_EQ(errors_of("a: 1234567", limits), "");
    EXPECT_EQ(errors_of("a: 12345678", limits), "in.yaml: error: text of 11 bytes (at most 10 are read)\n");
}

TEST(ReadLimits, BoundTheBracketsThatTheParserWouldKeep) {
    EXPECT_EQ(errors_of(nested("[", 400'001)),
              "in.yaml: error: 400001 brackets and commas (at most 400000 are read)\n");
}

}  // namespace
}  // namespace runrate
