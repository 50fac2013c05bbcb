#include <gtest/gtest.h>

#include "yaml/parsed.h"

namespace runrate {
namespace {

std::string laid(std::string const& base, std::string const& over) {
    Parsed a{base};
    overlay(a.root, Parsed{over}.root);
    return emit_yaml(a.root, 0);
}

TEST(Overlay, MergesMapsKeyByKeyAndKeepsTheOrderOfTheBase) {
    EXPECT_EQ(laid("a: 1\nb: {c: 2, d: 3}\n", "e: 5\nb: {d: 4, f: 6}\n"), "{a: 1, b: {c: 2, d: 4, f: 6}, e: 5}\n");
}

TEST(Overlay, ReplacesListsScalarsAndNulls) {
    EXPECT_EQ(laid("{a: [1, 2], b: 1, c: {d: 1}}", "{a: [3], b: {x: 1}, c: ~}"), "{a: [3], b: {x: 1}, c: ~}\n");
    EXPECT_EQ(laid("{a: ~}", "{a: {b: 1}}"), "{a: {b: 1}}\n");
    EXPECT_EQ(laid("[1]", "{a: 1}"), "{a: 1}\n");
}

TEST(Overlay, TakesThePlacesOfWhatIsLaidOnTop) {
    Diagnostics log;
    std::string const below = "a: {x: 1, y: 2}\n";
    std::string const above = "\n\na: {y: 3}\n";
    auto root = parse_yaml(log.add_source("below", below), below, log);
    overlay(root, parse_yaml(log.add_source("above", above), above, log));
    auto const& a = root.entries.front();
    EXPECT_EQ(a.key_at, (SourcePosition{1, 3, 1}));
    EXPECT_EQ(a.value.at, (SourcePosition{1, 3, 4}));
    EXPECT_EQ(a.value.find("x")->at, (SourcePosition{0, 1, 8}));
    EXPECT_EQ(a.value.find("y")->at, (SourcePosition{1, 3, 8}));
}

}  // namespace
}  // namespace runrate
