#include "report/utf8.h"

#include <gmock/gmock.h>

#include "report/option_table.h"

namespace runrate {
namespace {

using testing::ElementsAre;

TEST(Utf8, WellFormedTextIsUntouched) {
    EXPECT_EQ(valid_utf8("plain, \xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x98\x80"), "plain, é, €, 😀");
}

TEST(Utf8, MalformedSequencesBecomeReplacementCharacters) {
    EXPECT_EQ(valid_utf8("a\xFFz"), "a\uFFFDz");
    EXPECT_EQ(valid_utf8("cut \xE2\x82"), "cut \uFFFD");
    EXPECT_EQ(valid_utf8("\xC0\xAF"), "\uFFFD\uFFFD");                 // an overlong slash
    EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");       // a surrogate
    EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80").substr(0, 3), "\uFFFD");  // above U+10FFFF
}

TEST(OnOneLine, NoEscapeOrOverrideReachesTheTerminal) {
    EXPECT_EQ(on_one_line("a\nb\tc\rd"), "a b c d");
    EXPECT_EQ(on_one_line("\x1b[31mred"), "\uFFFD[31mred");
    EXPECT_EQ(on_one_line("\xC2\x9B"
                          "31m"),
              "\uFFFD31m");                          // C1 control sequence introducer
    EXPECT_EQ(on_one_line("a\u202Eb"), "a\uFFFDb");  // right-to-left override
    EXPECT_EQ(on_one_line(std::string_view{"\0\x7f", 2}), "\uFFFD\uFFFD");
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
    EXPECT_EQ(display_width("naïve"), 5u);
    EXPECT_EQ(display_width("日本"), 4u);
    EXPECT_EQ(display_width("e\u0301"), 1u);
}

TEST(CutTo, EndsInAnEllipsisWithinTheWidth) {
    EXPECT_EQ(cut_to("support", 7), "support");
    EXPECT_EQ(cut_to("support", 5), "supp…");
    EXPECT_EQ(cut_to("日本語", 4), "日…");
}

TEST(Wrapped, BreaksAtSpacesAndKeepsLongWordsWhole) {
    EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
    EXPECT_THAT(wrapped("see https://example.org/long now", 8), ElementsAre("see", "https://example.org/long", "now"));
}

TEST(OptionTable, OptionsThatDoNotFitGoBelow) {
    OptionTable const table{{"api", "other"}, 1, 1, {{{"cost"}, {{"$12.4k"}, {"$8.10k"}}}}};
    EXPECT_THAT(lines_of(table, 40), ElementsAre("      api      other", "cost  $12.4k   $8.10k"));
    EXPECT_THAT(lines_of(table, 14), ElementsAre("      api", "cost  $12.4k", "      other", "cost  $8.10k"));
}

TEST(OptionTable, ALongLabelIsCutBeforeOptionsAreStacked) {
    OptionTable const table{{"a", "b"}, 1, 1, {{{"a label much longer than it should be"}, {{"$1"}, {"$2"}}}}};
    EXPECT_THAT(lines_of(table, 24), ElementsAre("                 a    b", "a label much l…  $1   $2"));
}

}  // namespace
}  // namespace runrate
