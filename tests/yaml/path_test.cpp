#include "yaml/path.h"

#include <gtest/gtest.h>

#include "yaml/parsed.h"

namespace runrate {
namespace {

/// The tree afterwards in flow style, or what was said.
std::string after_set(std::string const& tree, std::string const& path, std::string const& value) {
    Parsed in{tree};
    auto const option = in.log.add_source("--set", path + "=" + value);
    auto const before = in.root;
    bool const done = set_path(in.root, path, parse_value(value, option, in.log), in.log, {option, 1, 1});
    EXPECT_EQ(done, !in.log.has_errors());
    EXPECT_TRUE(done || in.root == before);
    return done ? emit_yaml(in.root, 0) : in.log.render();
}

std::string refusal(std::string const& path, std::string const& message) {
    return "--set:1:1: error: " + message + "\n    1 | " + path + "=9\n      | ^\n";
}

TEST(SetPath, ReplacesAValueOfAMapOrAList) {
    EXPECT_EQ(after_set("a: {b: 1, c: 2}", "a.b", "9"), "{a: {b: 9, c: 2}}\n");
    EXPECT_EQ(after_set("a: [{b: 1}, {b: 2}]", "a[1].b", "{c: 9}"), "{a: [{b: 1}, {b: {c: 9}}]}\n");
    EXPECT_EQ(after_set("a: [[1, 2]]", "a[0][1]", "9"), "{a: [[1, 9]]}\n");
    EXPECT_EQ(after_set("[1, 2]", "[1]", "9"), "[1, 9]\n");
}

TEST(SetPath, CreatesTheMapsThatAreMissing) {
    EXPECT_EQ(after_set("a: 1", "b.c.d", "9"), "{a: 1, b: {c: {d: 9}}}\n");
    EXPECT_EQ(after_set("a: ~", "a.b", "9"), "{a: {b: 9}}\n");
}

TEST(SetPath, TakesKeysInSingleQuotes) {
    EXPECT_EQ(after_set("{gpt-5.1: {x: 1}}", "'gpt-5.1'.x", "9"), "{gpt-5.1: {x: 9}}\n");
    EXPECT_EQ(after_set("{a: {\"it's\": 1}}", "a.'it''s'", "9"), "{a: {\"it's\": 9}}\n");
    EXPECT_EQ(after_set("a: 1", "set-up and evaluation", "9"), "{a: 1, set-up and evaluation: 9}\n");
}

TEST(SetPath, GivesNewKeysThePlaceOfTheOption) {
    Parsed in{"a: 1"};
    auto const option = in.log.add_source("--set", "b.c=2");
    ASSERT_TRUE(set_path(in.root, "b.c", parse_value("2", option, in.log), in.log, {option, 1, 1}));
    EXPECT_EQ(in.root.entries.back().key_at, (SourcePosition{option, 1, 1}));
    EXPECT_EQ(in.root.find("b")->at, (SourcePosition{option, 1, 1}));
}

TEST(SetPath, SaysWhereNothingStands) {
    EXPECT_EQ(after_set("a: {b: [1]}", "a.b[7]", "9"), refusal("a.b[7]", "nothing stands at 'a.b[7]'"));
    EXPECT_EQ(after_set("a: {b: 1}", "a[0]", "9"), refusal("a[0]", "nothing stands at 'a[0]'"));
    EXPECT_EQ(after_set("a: 1", "b.c[0].d", "9"), refusal("b.c[0].d", "nothing stands at 'b'"));
    EXPECT_EQ(after_set("a: 1", "a.b", "9"), refusal("a.b", "no 'a.b' (a map is needed, found '1')"));
    EXPECT_EQ(after_set("a: [1]", "a.b", "9"), refusal("a.b", "no 'a.b' (a map is needed, found a list)"));
}

TEST(SetPath, RefusesWhatIsNoPath) {
    for (std::string const path : {"", "a..b", ".a", "a.", "a[", "a[x]", "a[-1]", "a[1]b", "'a", "a'b'", "a]", "a[]",
                                   "a[99999999999999999999]"}) {
        EXPECT_EQ(after_set("a: 1", path, "9"),
                  refusal(path, "'" + path + "' is no path (write keys with dots, such as a.b[2].'c.d')"));
    }
}

TEST(ChildPath, QuotesKeysThatAPathCouldNotHold) {
    EXPECT_EQ(child_path("", "a"), "a");
    EXPECT_EQ(child_path("a", "anthropic/*"), "a.anthropic/*");
    EXPECT_EQ(child_path("a", "gpt-5.1"), "a.'gpt-5.1'");
    EXPECT_EQ(child_path("a", "two words"), "a.'two words'");
    EXPECT_EQ(child_path("a", "it's"), "a.'it''s'");
    EXPECT_EQ(child_path("a", ""), "a.''");
    EXPECT_EQ(child_path("a", 2), "a[2]");
}

}  // namespace
}  // namespace runrate
