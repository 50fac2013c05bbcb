#include "yaml/shape.h"

#include <gtest/gtest.h>

#include "yaml/parsed.h"

namespace runrate {
namespace {

/// What a shape reads from the value of `x`, and what it says about it (`line 1: message` each).
template <class T>
struct Outcome {
    T value;
    std::string said;
};

template <class T>
Outcome<T> read(Shape<T> const& shape, std::string const& value) {
    Parsed in{"x: " + value + "\n"};
    auto const x = in.cursor().find("x");
    auto result = shape.read(*x);
    std::string said;
    for (auto const& entry : in.log.entries()) said += (said.empty() ? "" : "; ") + entry.message;
    return {std::move(result), said};
}

enum class Kept { nothing, full, dialogue };

Shape<Kept> kept() { return one_word_of<Kept>({{"full", Kept::full}, {"dialogue", Kept::dialogue}}); }

TEST(OneWordOf, ReadsTheWordOrSuggestsTheNearest) {
    EXPECT_EQ(read(kept(), "dialogue").value, Kept::dialogue);
    EXPECT_EQ(read(kept(), "'full'").value, Kept::full);
    EXPECT_EQ(read(kept(), "ful").said, "unknown word 'ful' (did you mean 'full'?)");
    EXPECT_EQ(read(kept(), "zebra").said, "unknown word 'zebra' (known: full, dialogue)");
    EXPECT_EQ(read(kept(), "[full]").said, "expected 'full' or 'dialogue', found a list");
    EXPECT_EQ(read(kept(), "").said, "'x' has no value (expected 'full' or 'dialogue')");
    EXPECT_EQ(read(kept(), "zebra").value, Kept::nothing);
}

TEST(Text, IsAnyScalar) {
    EXPECT_EQ(read(text(), "45 s").value, "45 s");
    EXPECT_EQ(read(text(), "''").value, "");
    EXPECT_EQ(read(text("a file name"), "[1]").said, "expected a file name, found a list");
}

TEST(YesOrNo, TakesFourWords) {
    for (std::string const yes : {"yes", "true"}) EXPECT_TRUE(read(yes_or_no(), yes).value);
    for (std::string const no : {"no", "false"}) {
        EXPECT_FALSE(read(yes_or_no(), no).value);
        EXPECT_EQ(read(yes_or_no(), no).said, "");
    }
    EXPECT_EQ(read(yes_or_no(), "on").said, "expected yes or no, found 'on'");
    EXPECT_EQ(read(yes_or_no(), "{}").said, "expected yes or no, found a map");
}

TEST(WholeNumber, StaysInItsBounds) {
    auto const shape = whole_number(1, 12);
    EXPECT_EQ(read(shape, "12").value, 12);
    EXPECT_EQ(read(whole_number(-5, 5), "-5").value, -5);
    for (std::string const wrong : {"0", "13", "1.5", "3 s", "99999999999", "+3"}) {
        EXPECT_EQ(read(shape, wrong).said, "expected a whole number from 1 to 12, found '" + wrong + "'");
        EXPECT_EQ(read(shape, wrong).value, 1);
    }
    EXPECT_EQ(read(shape, "'3'").said, "expected a whole number from 1 to 12, found the text '3'");
    EXPECT_EQ(read(shape, "").said, "'x' has no value (expected a whole number from 1 to 12)");
}

TEST(ListOf, ReadsItemsInOrderAndCountsThem) {
    auto const shape = list_of(whole_number(0, 9), 2);
    EXPECT_EQ(read(shape, "[3, 1, 2]").value, (std::vector<int>{3, 1, 2}));
    EXPECT_EQ(read(shape, "[3]").said, "expected at least 2 items, found 1");
    EXPECT_EQ(read(list_of(text(), 1), "[]").said, "expected at least 1 item, found none");
    EXPECT_EQ(read(list_of(text()), "[]").said, "");
    EXPECT_EQ(read(shape, "3").said, "expected a list (each a whole number from 0 to 9), found '3'");
    EXPECT_EQ(read(shape, "[a, 1, ~]").said,
              "expected a whole number from 0 to 9, found 'a'; "
              "'x[2]' has no value (expected a whole number from 0 to 9)");
}

TEST(OneOrList, ReadsOneMapOrAListOfThem) {
    using Entries = std::vector<std::pair<std::string, int>>;
    auto const shape = one_or_list(map_of(whole_number(0, 9)));
    EXPECT_EQ(read(shape, "{a: 1}").value, (std::vector<Entries>{{{"a", 1}}}));
    EXPECT_EQ(read(shape, "[{a: 1}, {b: 2}]").value, (std::vector<Entries>{{{"a", 1}}, {{"b", 2}}}));
    EXPECT_EQ(read(shape, "[]").value, std::vector<Entries>{});
    EXPECT_EQ(read(shape, "3").said, "expected a map of names (each a whole number from 0 to 9), found '3'");
}

TEST(MapOf, ReadsEntriesInOrderAndChecksTheirNames) {
    auto const shape = map_of(whole_number(0, 9), 1);
    using Entries = std::vector<std::pair<std::string, int>>;
    EXPECT_EQ(read(shape, "{b: 2, a: 1}").value, (Entries{{"b", 2}, {"a", 1}}));
    EXPECT_EQ(read(shape, "{openai/gpt-5.1: 2, anthropic/*: 1, set-up and evaluation: 3}").said, "");
    EXPECT_EQ(read(shape, "{}").said, "expected at least 1 entry, found none");
    EXPECT_EQ(read(shape, "{'a;b': 1, c: 2}").said,
              "'a;b' is no name (letters, digits, - _ . / * : @ + and spaces inside)");
    EXPECT_EQ(read(shape, "{'a;b': 1, c: 2}").value, (Entries{{"c", 2}}));
    for (std::string const wrong : {"", " a", "a ", "a\\\"b", "a\\n"}) {
        EXPECT_NE(read(shape, "{\"" + wrong + "\": 1}").said, "") << wrong;
    }
    EXPECT_EQ(read(shape, "[1]").said, "expected a map of names (each a whole number from 0 to 9), found a list");
}

TEST(Converted, AppliesTheFunctionOnlyToWhatWasRead) {
    auto const length = converted<std::size_t, std::string>(text("a word"), [](std::string word, Cursor const& c) {
        if (word.size() > 5) c.error("too long");
        return word.size();
    });
    EXPECT_EQ(length.wanted, "a word");
    EXPECT_EQ(read(length, "four").value, 4u);
    EXPECT_EQ(read(length, "longer").said, "too long");
    EXPECT_EQ(read(length, "[1]").said, "expected a word, found a list");
    EXPECT_EQ(read(length, "[1]").value, 0u);
}

Shape<int> number_or_count() {
    auto const is = [](Node::Kind kind) { return [kind](Node const& node) { return node.kind == kind; }; };
    auto const size = [](std::vector<int> list, Cursor const&) { return static_cast<int>(list.size()); };
    return any_of<int>("a number or a list",
                       {{is(Node::Kind::scalar), whole_number(0, 9)},
                        {is(Node::Kind::list), converted<int, std::vector<int>>(list_of(whole_number(0, 9)), size)}});
}

TEST(AnyOf, ReadsByTheFirstThatFits) {
    EXPECT_EQ(read(number_or_count(), "7").value, 7);
    EXPECT_EQ(read(number_or_count(), "[7, 7, 7]").value, 3);
    EXPECT_EQ(read(number_or_count(), "seven").said, "expected a whole number from 0 to 9, found 'seven'");
}

TEST(AnyOf, SaysWhatItFoundWhereNothingFits) {
    EXPECT_EQ(read(number_or_count(), "").said, "'x' has no value (expected a number or a list)");
    EXPECT_EQ(read(number_or_count(), "{}").said, "expected a number or a list, found a map");
    EXPECT_EQ(read(number_or_count(), "{a: 1, b: 2}").said, "expected a number or a list, found a map of a, b");
    EXPECT_EQ(read(number_or_count(), "{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6}").said,
              "expected a number or a list, found a map of a, b, c, d, e, ...");
}

/// Levels of lists inside lists.
Shape<int> depth() {
    auto const deepest = [](std::vector<int> inner, Cursor const&) {
        int most = 0;
        for (int const d : inner) most = std::max(most, d);
        return most + 1;
    };
    auto const inner = lazy<int>("depth", "a list of lists", [] { return depth(); });
    return converted<int, std::vector<int>>(list_of(inner), deepest);
}

TEST(Lazy, LetsAShapeContainItself) {
    EXPECT_EQ(read(depth(), "[]").value, 1);
    EXPECT_EQ(read(depth(), "[[], [[], [[]]]]").value, 4);
    EXPECT_EQ(read(depth(), "[[], [7]]").said, "expected a list (each a list of lists), found '7'");
}

}  // namespace
}  // namespace runrate
