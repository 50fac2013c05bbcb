#include <gtest/gtest.h>

#include "yaml/parsed.h"

namespace runrate {
namespace {

Node scalar(std::string text) {
    Node node;
    node.kind = Node::Kind::scalar;
    node.text = std::move(text);
    return node;
}

TEST(EmitYaml, WritesBlocksOutsideAndFlowInside) {
    Parsed in{"a: {b: {c: {d: {e: [1, 2]}}}}\nl: [{x: 1, y: [2]}, [3, 4]]\nn: ~\n"};
    EXPECT_EQ(emit_yaml(in.root, 3),
              "a:\n"
              "  b:\n"
              "    c: {d: {e: [1, 2]}}\n"
              "l:\n"
              "  - x: 1\n"
              "    y: [2]\n"
              "  - - 3\n"
              "    - 4\n"
              "n: ~\n");
    EXPECT_EQ(emit_yaml(in.root, 0), "{a: {b: {c: {d: {e: [1, 2]}}}}, l: [{x: 1, y: [2]}, [3, 4]], n: ~}\n");
}

TEST(EmitYaml, MarksDefaultsAtTheEndOfTheirLines) {
    Parsed in{"a: 1\nb: {c: [2]}\n"};
    in.root.find("a")->from_default = true;
    in.root.find("b")->find("c")->from_default = true;
    EXPECT_EQ(emit_yaml(in.root, 2), "a: 1 # default\nb:\n  c: [2] # default\n");
}

TEST(EmitYaml, QuotesWhatWouldReadDifferently) {
    for (std::string const text :
         {"",   "~",  "null", "a: b", "a #b", "- a", "#a", "a:", " a", "a ",   "[a",       "{a", "*a",
          "&a", "!a", "|",    "> a",  "'a",   "\"a", "%a", "@a", "`a", "a\nb", "a\tb\x01", "-"}) {
        auto const written = emit_yaml(scalar(text));
        Parsed again{written};
        ASSERT_FALSE(again.log.has_errors()) << written << again.log.render();
        EXPECT_EQ(again.root.text, text);
        EXPECT_TRUE(again.root.quoted) << written;
    }
}

TEST(EmitYaml, LeavesPlainWhatIsPlain) {
    for (std::string const text : {"45 s", "=growth", "-5%", "a:b", "$3/M tokens", "a, b", "what?", "a#b", "--- a"}) {
        auto const written = emit_yaml(scalar(text));
        Parsed again{written};
        EXPECT_EQ(again.root.text, text) << written;
        EXPECT_FALSE(again.root.quoted) << written;
    }
}

TEST(EmitYaml, StaysInBlockStyleWhereOnlyFlowStyleWouldNeedQuotes) {
    Parsed in{"a:\n  b:\n    c: x, y\n"};
    EXPECT_EQ(emit_yaml(in.root, 1), "a:\n  b:\n    c: x, y\n");
}

struct EmitYamlRoundTrip : testing::TestWithParam<std::string> {};

TEST_P(EmitYamlRoundTrip, YieldsAnEqualTree) {
    Parsed in{GetParam()};
    ASSERT_FALSE(in.log.has_errors()) << in.log.render();
    for (int flow_below = 0; flow_below < 6; ++flow_below) {
        auto const written = emit_yaml(in.root, flow_below);
        Parsed again{written};
        EXPECT_FALSE(again.log.has_errors()) << written << again.log.render();
        EXPECT_EQ(again.root, in.root) << written;
    }
}

INSTANTIATE_TEST_SUITE_P(Texts, EmitYamlRoundTrip,
                         testing::Values("a: 1", "[]", "{}", "x", "'x'", "--- --- a", "[[], {}, [[]], ~, '']",
                                         "'': 1\n'a b': 2\n' c': 3\n", "a: [{b: [{c: [{d: [1, {e: ~}]}]}]}]\n",
                                         "a: \"tab\\t nl\\n q\\\" b\\\\ e\\x7f\"\n", "- a, b\n- [c]\n- x: d] e\n",
                                         "a: |\n  one\n\n  two\n", "a: one\n\n  two\n", "k: \xC3\xBC \"\n",
                                         "? a\n: b\n", "'<': 1\n'? x': 2\n'---': 3\n'~': 4\n\"q\\\"\": 5\n",
                                         "a: [-, b]\n", "a: &x {b: 1}\nc: [*x, *x]\n",
                                         "{a: -1, b: .5, c: 02:00, d: 'no', e: x y}\n"));

TEST(EqualNodes, DifferInKindTextQuotesOrderAndKeys) {
    auto const tree = [](std::string const& text) { return Parsed{text}.root; };
    EXPECT_EQ(tree("a: [1, {b: 2}]"), tree("a:\n  - 1\n  - b: 2\n"));
    EXPECT_NE(tree("a: 1"), tree("a: 2"));
    EXPECT_NE(tree("a: 1"), tree("a: '1'"));
    EXPECT_NE(tree("a: 1"), tree("b: 1"));
    EXPECT_NE(tree("{a: 1, b: 2}"), tree("{b: 2, a: 1}"));
    EXPECT_NE(tree("[1]"), tree("[1, 1]"));
    EXPECT_NE(tree("[]"), tree("{}"));
}

}  // namespace
}  // namespace runrate
