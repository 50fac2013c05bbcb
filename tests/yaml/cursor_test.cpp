#include "yaml/cursor.h"

#include <gtest/gtest.h>

#include "yaml/parsed.h"

namespace runrate {
namespace {

TEST(Cursor, KnowsThePathOfWhereItIs) {
    Parsed in{"features: {chat: {steps: [1, {gpt-5.1: 2}]}}\n"};
    auto const steps = in.cursor().find("features")->find("chat")->find("steps");
    ASSERT_TRUE(steps);
    EXPECT_EQ(steps->at(1).path(), "features.chat.steps[1]");
    EXPECT_EQ(steps->at(1).at(steps->at(1).node().entries.front()).path(), "features.chat.steps[1].'gpt-5.1'");
    EXPECT_FALSE(in.cursor().find("pools"));
}

TEST(Cursor, ReportsAtItsNodeWithItsPath) {
    Parsed in{"a:\n  b: 12\n"};
    in.cursor().find("a")->find("b")->error("too large");
    in.cursor().find("a")->warning("odd");
    EXPECT_EQ(in.log.render(),
              "in.yaml:2:3: warning: odd\n    2 |   b: 12\n      |   ^  a\n"
              "in.yaml:2:6: error: too large\n    2 |   b: 12\n      |      ^  a.b\n");
}

TEST(Cursor, ReportsUnknownKeysAtTheKeyWithTheNearestWord) {
    Parsed in{"a: {sesions: 1, turns: 2, 'zebra.x': 3}\n"};
    std::vector<std::string> const known{"sessions", "turns"};
    in.cursor().find("a")->allow_only(known);
    EXPECT_EQ(in.log.render(),
              "in.yaml:1:5: error: unknown key 'sesions' (did you mean 'sessions'?)\n"
              "    1 | a: {sesions: 1, turns: 2, 'zebra.x': 3}\n      |     ^  a.sesions\n"
              "in.yaml:1:27: error: unknown key 'zebra.x' (known here: sessions, turns)\n"
              "    1 | a: {sesions: 1, turns: 2, 'zebra.x': 3}\n      |                           ^  a.'zebra.x'\n");
}

/// A hostile file may know fifty thousand words and ask for as many others.
TEST(Suggestion, StaysShortHoweverManyWordsAreKnown) {
    std::vector<std::string> known;
    for (int i = 0; i < 50'000; ++i) known.push_back("word-number-" + std::to_string(100'000 + i));
    auto const hint = suggestion("something else", known, "known");
    EXPECT_LT(hint.size(), 1000u);
    EXPECT_TRUE(hint.ends_with(" and 49968 more)")) << hint;
}

TEST(Cursor, SaysWhatItExpectedAndWhatItFound) {
    Parsed in{"l: [1]\nm: {k: 1}\ns: abc\nq: '3'\nn:\nin: [~]\n"};
    auto const root = in.cursor();
    for (auto& entry : in.root.entries) {
        EXPECT_EQ(root.at(entry).expect(Node::Kind::scalar, "a duration such as 45 s"),
                  entry.value.kind == Node::Kind::scalar);
    }
    EXPECT_FALSE(root.find("s")->expect(Node::Kind::list, "a list"));
    EXPECT_FALSE(root.find("q")->expect(Node::Kind::map, "a map"));
    EXPECT_FALSE(root.find("in")->at(0).expect(Node::Kind::map, "a step"));
    std::vector<std::string> said;
    for (auto const& entry : in.log.entries()) said.push_back(entry.message);
    EXPECT_EQ(said, (std::vector<std::string>{
                        "expected a duration such as 45 s, found a list",
                        "expected a duration such as 45 s, found a map",
                        "'n' has no value (expected a duration such as 45 s)",
                        "expected a duration such as 45 s, found a list",
                        "expected a list, found 'abc'",
                        "expected a map, found the text '3'",
                        "'in[0]' has no value (expected a step)",
                    }));
}

TEST(Cursor, CutsLongTextsBetweenCharacters) {
    Node node;
    node.kind = Node::Kind::scalar;
    node.text = std::string(39, 'x') + "\xC3\xBC" + "yz";
    EXPECT_EQ(found(node), "'" + std::string(39, 'x') + "...'");
}

TEST(NoErrorsSince, LooksAtWhatWasAddedAndPassesWarnings) {
    Diagnostics log;
    auto const source = log.add_source("x", "x");
    log.error({source, 1, 1}, "old");
    EXPECT_FALSE(no_errors_since(log, 0));
    EXPECT_TRUE(no_errors_since(log, 1));
    log.warning({source, 1, 1}, "new");
    EXPECT_TRUE(no_errors_since(log, 1));
    log.error({source, 1, 1}, "newer");
    EXPECT_FALSE(no_errors_since(log, 1));
}

}  // namespace
}  // namespace runrate
