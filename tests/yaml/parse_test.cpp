#include "yaml/node.h"

#include <gtest/gtest.h>

#include "yaml/parsed.h"

namespace runrate {
namespace {

SourcePosition place(int line, int column) { return {0, line, column}; }

TEST(ParseYaml, KeepsKindsTextsAndOrder) {
    Parsed in{"b: 45 s\na: [x, 'y', {k: ~}]\nempty: {}\n"};
    ASSERT_FALSE(in.log.has_errors()) << in.log.render();
    ASSERT_EQ(in.root.kind, Node::Kind::map);
    EXPECT_EQ(in.root.entries.front().key, "b");
    EXPECT_EQ(in.root.find("b")->text, "45 s");
    auto const& list = *in.root.find("a");
    ASSERT_EQ(list.items.size(), 3u);
    EXPECT_FALSE(list.items[0].quoted);
    EXPECT_TRUE(list.items[1].quoted);
    EXPECT_EQ(list.items[2].find("k")->kind, Node::Kind::null);
    EXPECT_EQ(in.root.find("empty")->kind, Node::Kind::map);
    EXPECT_EQ(in.root.find("missing"), nullptr);
}

TEST(ParseYaml, KnowsThePlaceOfEveryKeyAndValue) {
    Parsed in{"a: 1\nlist:\n  - x\n  - {k: v}\n"};
    auto const& list = in.root.entries.back();
    EXPECT_EQ(in.root.at, place(1, 1));
    EXPECT_EQ(in.root.find("a")->at, place(1, 4));
    EXPECT_EQ(list.key_at, place(2, 1));
    EXPECT_EQ(list.value.at, place(3, 3));
    EXPECT_EQ(list.value.items[0].at, place(3, 5));
    EXPECT_EQ(list.value.items[1].entries.front().key_at, place(4, 6));
    EXPECT_EQ(list.value.items[1].find("k")->at, place(4, 9));
}

TEST(ParseYaml, PutsAValueLeftOutAtItsKey) {
    Parsed in{"a:\nb:\n  c:\nd: ~\n"};
    EXPECT_EQ(in.root.find("a")->at, place(1, 1));
    EXPECT_EQ(in.root.find("b")->find("c")->at, place(3, 3));
    EXPECT_EQ(in.root.find("d")->at, place(4, 4));
}

TEST(ParseYaml, TakesTheThreePlainNullsForNullAndNoOther) {
    Parsed in{"- ~\n- null\n-\n- 'null'\n- \"\"\n- nil\n"};
    ASSERT_EQ(in.root.items.size(), 6u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(in.root.items[i].kind, Node::Kind::null) << i;
    for (std::size_t i = 3; i < 6; ++i) EXPECT_EQ(in.root.items[i].kind, Node::Kind::scalar) << i;
}

TEST(ParseYaml, CopiesAnAliasToWhereItIsUsed) {
    Parsed in{"base: &b {x: [1, 2]}\nuse: *b\nname: &n word\n*n : 3\n"};
    ASSERT_FALSE(in.log.has_errors()) << in.log.render();
    auto const& copy = *in.root.find("use");
    EXPECT_EQ(copy, *in.root.find("base"));
    EXPECT_EQ(copy.at, place(2, 6));
    EXPECT_EQ(copy.entries.front().key_at, place(2, 6));
    EXPECT_EQ(copy.find("x")->items[1].at, place(2, 6));
    EXPECT_EQ(in.root.find("word")->text, "3");
}

TEST(ParseYaml, CountsLinesAlikeWithByteOrderMarkAndWindowsLineEnds) {
    Parsed in{
        "\xEF\xBB\xBF"
        "a: 1\r\nb: 2\r\n"};
    EXPECT_FALSE(in.log.has_errors()) << in.log.render();
    EXPECT_EQ(in.root.at, place(1, 1));
    EXPECT_EQ(in.root.find("b")->at, place(2, 4));
    EXPECT_EQ(in.root.find("b")->text, "2");
}

TEST(ParseYaml, TakesATextOfSeveralLinesForText) {
    Parsed in{"a: |\n  one\n  two\nb: one\n  two\n"};
    EXPECT_EQ(in.root.find("a")->text, "one\ntwo\n");
    EXPECT_TRUE(in.root.find("a")->quoted);
    EXPECT_EQ(in.root.find("b")->text, "one two");
    EXPECT_FALSE(in.root.find("b")->quoted);
}

TEST(ParseYaml, ReadsUnitsRangesReferencesAndMoneyAsPlainText) {
    for (std::string const text : {"=growth", "-30% to -5% per year", "$3/M tokens", "2.5x", "1 s x2 up to 30 s",
                                   "http://x", "30%", ".5", "a-b/c_d", "don't"}) {
        Parsed in{"a: " + text + "\nb: [" + text + "]\n"};
        EXPECT_FALSE(in.log.has_errors()) << in.log.render();
        EXPECT_EQ(in.root.find("a")->text, text);
        EXPECT_EQ(in.root.find("b")->items.at(0).text, text);
    }
}

TEST(ParseYaml, ReturnsWhatItCouldReadBeforeAnError) {
    Parsed in{"a: 1\nb: {c: 2, d: [3, @\n"};
    EXPECT_TRUE(in.log.has_errors());
    EXPECT_EQ(in.root.find("a")->text, "1");
}

TEST(ParseValue, ReadsOneValueAndTakesNull) {
    Diagnostics log;
    auto const read = [&](std::string const& text) { return parse_value(text, log.add_source("--set", text), log); };
    EXPECT_EQ(read("50k per month").text, "50k per month");
    EXPECT_EQ(read("{a: [1]}").find("a")->items.at(0).text, "1");
    EXPECT_EQ(read("~").kind, Node::Kind::null);
    EXPECT_FALSE(log.has_errors());
    EXPECT_EQ(read(" ").kind, Node::Kind::null);
    EXPECT_EQ(log.render(), "--set: error: no value\n");
}

}  // namespace
}  // namespace runrate
