#include <gtest/gtest.h>

#include "yaml/parsed.h"

namespace runrate {
namespace {

struct Case {
    std::string name;
    std::string text;
    std::string message;
};

void PrintTo(Case const& c, std::ostream* out) { *out << c.name; }

struct ParseYamlRefuses : testing::TestWithParam<Case> {};

TEST_P(ParseYamlRefuses, WithAWholeMessage) { EXPECT_EQ(errors_of(GetParam().text), GetParam().message); }

Case const content[] = {
    {"DuplicateKey", "a: 1\nb: 2\na: 3\n",
     "in.yaml:3:1: error: duplicate key 'a' (first at line 1)\n    3 | a: 3\n      | ^\n"},
    {"DuplicateKeyInQuotes", "{a: 1, 'a': 2}\n",
     "in.yaml:1:8: error: duplicate key 'a' (first at line 1)\n    1 | {a: 1, 'a': 2}\n      |        ^\n"},
    {"MergeKey", "x: &x {b: 1}\ny:\n  <<: *x\n  c: 2\n",
     "in.yaml:3:3: error: merge keys are not read (use 'extends' or 'like')\n    3 |   <<: *x\n      |   ^\n"},
    {"StandardTag", "a: !!int 3\n",
     "in.yaml:1:4: error: tag 'tag:yaml.org,2002:int' (tags are not read)\n    1 | a: !!int 3\n      |    ^\n"},
    {"TagOfAList", "a: !mine [1]\n",
     "in.yaml:1:4: error: tag '!mine' (tags are not read)\n    1 | a: !mine [1]\n      |    ^\n"},
    {"ListAsKey", "? [1]\n: 2\n",
     "in.yaml:1:3: error: a list or map as a key (a key is a word)\n    1 | ? [1]\n      |   ^\n"},
    {"MapAsKey", "{a: 1}: 2\n",
     "in.yaml:1:1: error: a list or map as a key (a key is a word)\n    1 | {a: 1}: 2\n      | ^\n"},
    {"NullAsKey", ": x\n", "in.yaml:1:1: error: missing key (a key is a word)\n    1 | : x\n      | ^\n"},
    {"LongKey", std::string(201, 'k') + ": 1\n",
     "in.yaml:1:1: error: key of 201 bytes (at most 200 are read)\n    1 | " + std::string(160, 'k') + "\n      | ^\n"},
    {"SecondDocument", "a: 1\n---\nb: 2\n",
     "in.yaml:2:1: error: second document (one is read)\n    2 | ---\n      | ^\n"},
    {"TextAfterTheDocument", "{a: 1} b\n",
     "in.yaml:1:8: error: unexpected text after the end of the document (is the indentation right?)\n"
     "    1 | {a: 1} b\n      |        ^\n"},
    {"Nothing", "", "in.yaml: error: empty document\n"},
    {"NothingButAComment", "# a\n", "in.yaml: error: empty document\n"},
    {"NothingButNull", "~\n", "in.yaml: error: empty document\n"},
    {"UnknownAlias", "a: *x\n",
     "in.yaml:1:4: error: alias of an anchor that is not defined before it\n    1 | a: *x\n      |    ^\n"},
    {"AliasOfItself", "a: &a [1, *a]\n",
     "in.yaml:1:11: error: alias of a value inside that value\n    1 | a: &a [1, *a]\n      |           ^\n"},
    {"NulInQuotes", "a: \"\\0\"\n", "in.yaml:1:4: error: NUL in a text\n    1 | a: \"\\0\"\n      |    ^\n"},
};

Case const bytes[] = {
    {"NulByte", std::string("a: 1\nb: \0\n", 10), "in.yaml:2:4: error: NUL byte\n    2 | b:  \n      |    ^\n"},
    {"Latin1", "a: \xFCmlaut\n", "in.yaml:1:4: error: not valid UTF-8\n    1 | a: \xFCmlaut\n      |    ^\n"},
    {"CutOffSequence", "a: \xE2\x82", "in.yaml:1:4: error: not valid UTF-8\n    1 | a: \xE2\x82\n      |    ^\n"},
    {"OverlongSequence", "a: \xC0\x80\n", "in.yaml:1:4: error: not valid UTF-8\n    1 | a: \xC0\x80\n      |    ^\n"},
    {"Surrogate", "a: \xED\xA0\x80\n", "in.yaml:1:4: error: not valid UTF-8\n    1 | a: \xED\xA0\x80\n      |    ^\n"},
    {"ControlCharacter", "a: x\x04y\n", "in.yaml:1:5: error: control character 0x04\n    1 | a: x y\n      |     ^\n"},
    {"LoneCarriageReturn", "a: 1\rb: 2\n",
     "in.yaml:1:5: error: carriage return without line feed\n    1 | a: 1 b: 2\n      |     ^\n"},
    {"ByteOrderMarkInside", "a: \xEF\xBB\xBFx\n",
     "in.yaml:1:4: error: byte order mark inside the text\n    1 | a: \xEF\xBB\xBFx\n      |    ^\n"},
};

Case const syntax[] = {
    {"ColonInAPlainText", "a: b: c\n",
     "in.yaml:1:5: error: unexpected ':' (a text with ': ' needs quotes, or the line before lacks its ':')\n"
     "    1 | a: b: c\n      |     ^\n"},
    {"LineWithoutItsColon", "a: 1\nb\n", "in.yaml:2:1: error: missing ':' after 'b'\n    2 | b\n      | ^\n"},
    {"OpenDoubleQuote", "a: 1\nb: \"x\nc: 2\n",
     "in.yaml:2:4: error: a quote is not closed\n    2 | b: \"x\n      |    ^\n"},
    {"OpenSingleQuote", "b: 'x\n", "in.yaml:1:4: error: a quote is not closed\n    1 | b: 'x\n      |    ^\n"},
    {"TextAfterAQuote", "a: 'it's'\n",
     "in.yaml:1:8: error: unexpected text in a map (is the indentation right, or a quote missing?)\n"
     "    1 | a: 'it's'\n      |        ^\n"},
    {"OpenList", "a: [1, 2\nb: 1\n",
     "in.yaml:1:4: error: '[' without its ']' (or a comma is missing)\n    1 | a: [1, 2\n      |    ^\n"},
    {"OpenMap", "a: {b: 1\n",
     "in.yaml:1:4: error: '{' without its '}' (or a comma is missing)\n    1 | a: {b: 1\n      |    ^\n"},
    {"MissingComma", "a: {b: 1 c: 2}\n",
     "in.yaml:1:11: error: '{' without its '}' (or a comma is missing)\n    1 | a: {b: 1 c: 2}\n      |           ^\n"},
    {"ClosingBracket", "a: ]\n",
     "in.yaml:1:4: error: closing bracket without its opening one\n    1 | a: ]\n      |    ^\n"},
    {"ReservedCharacter", "a: @x\n",
     "in.yaml:1:4: error: unexpected '@' (a text with it here needs quotes)\n    1 | a: @x\n      |    ^\n"},
    {"QuestionMarkInAList", "a: [what?]\n",
     "in.yaml:1:9: error: unexpected '?' (a text with it here needs quotes)\n    1 | a: [what?]\n      |         ^\n"},
    {"UnknownEscape", "a: \"\\q\"\n",
     "in.yaml:1:7: error: unknown escape character: q\n    1 | a: \"\\q\"\n      |       ^\n"},
    {"Indentation", "a:\n  b: 1\n c: 2\n",
     "in.yaml:3:2: error: unexpected text in a map (is the indentation right, or a quote missing?)\n"
     "    3 |  c: 2\n      |  ^\n"},
    {"ItemInALine", "a: - b\n",
     "in.yaml:1:4: error: a list item is not expected here (a list starts on a line of its own)\n"
     "    1 | a: - b\n      |    ^\n"},
    {"Tab", "a: 1\n\tb: 2\n", "in.yaml:2:1: error: tab as indentation (use spaces)\n    2 |  b: 2\n      | ^\n"},
    {"VersionOfYaml", "%YAML 3.0\n---\na: 1\n",
     "in.yaml:1:1: error: YAML major version too large\n    1 | %YAML 3.0\n      | ^\n"},
};

auto const name_of = [](auto const& tested) { return tested.param.name; };
INSTANTIATE_TEST_SUITE_P(Content, ParseYamlRefuses, testing::ValuesIn(content), name_of);
INSTANTIATE_TEST_SUITE_P(Bytes, ParseYamlRefuses, testing::ValuesIn(bytes), name_of);
INSTANTIATE_TEST_SUITE_P(Syntax, ParseYamlRefuses, testing::ValuesIn(syntax), name_of);

TEST(ParseYamlErrors, ComeAllAtOnce) {
    EXPECT_EQ(errors_of("a: 1\na: 2\nb: !x 3\n<<: 4\n"),
              "in.yaml:2:1: error: duplicate key 'a' (first at line 1)\n    2 | a: 2\n      | ^\n"
              "in.yaml:3:4: error: tag '!x' (tags are not read)\n    3 | b: !x 3\n      |    ^\n"
              "in.yaml:4:1: error: merge keys are not read (use 'extends' or 'like')\n    4 | <<: 4\n      | ^\n");
}

}  // namespace
}  // namespace runrate
