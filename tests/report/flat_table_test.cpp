#include "report/flat_table.h"

#include <limits>

#include <gtest/gtest.h>

#include "runrate/version.h"

namespace runrate {
namespace {

FlatTable example() {
    return {"things",
            {"name", "share", "count", "amount", "note"},
            {{std::string{"=a|b\"\x1b"}, 0.25, std::int64_t{-3}, Amount{12'340'000}, {}},
             {std::string{"x,y"}, std::numeric_limits<double>::quiet_NaN(), {}, Amount{-1}, {}}}};
}

TEST(FlatTable, IsJsonWithARowALine) {
    EXPECT_EQ(to_json("runrate/x/1", "x --y \"z\"", {example(), {"none", {"a"}, {}}}),
              std::string{"{\n\"schema\": \"runrate/x/1\",\n\"runrate_version\": \""} + version() +
                  "\",\n\"command\": \"x --y \\\"z\\\"\",\n\"currency\": \"USD\",\n\"things\": [\n"
                  "  {\"name\": \"=a|b\\\"\\u001b\", \"share\": 0.25, \"count\": -3, \"amount\": 12.340000, \"note\": "
                  "null},\n"
                  "  {\"name\": \"x,y\", \"share\": null, \"count\": null, \"amount\": -0.000001, \"note\": null}\n],\n"
                  "\"none\": []\n}\n");
}

TEST(FlatTable, IsCsvThatASpreadsheetMayOpen) {
    EXPECT_EQ(to_csv(example()),
              "name,share,count,amount,note\n\"'=a|b\"\"\xEF\xBF\xBD\",0.25,-3,12.340000,\n\"x,y\",,,-0.000001,\n");
}

TEST(FlatTable, IsMarkdownWithoutEmptyColumns) {
    EXPECT_EQ(to_markdown(example(), "Things"),
              "\n## Things\n\n| name | share | count | amount |\n| --- | ---: | ---: | ---: |\n"
              "| '=a\\|b\"\xEF\xBF\xBD | 0.25 | -3 | 12.340000 |\n| x,y |  |  | -0.000001 |\n");
    EXPECT_EQ(to_markdown({"none", {"a"}, {}}, "None"), "");
}

}  // namespace
}  // namespace runrate
