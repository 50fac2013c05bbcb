// Whoever writes a scenario's names must not be able to run anything where its results are read.

#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "report/csv.h"
#include "report/csv_cells.h"
#include "report/example_breakeven.h"
#include "report/json.h"
#include "report/markdown.h"
#include "report/samples.h"
#include "report/table.h"
#include "report/tables.h"

namespace runrate {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char const* hostile[] = {
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "</script><b>",
    "a|b|c",
    "say \"hi\"",
    "two\nlines",
    "\x1b]0;title\x07",
    "back\\slash|",
    "[x](javascript:alert(1))",
    "`code`",
    "![i](http://x)",
    "\xFF\xC3(",
};

/// The example with one text as the name of everything that a scenario names.
Result named(std::string const& text) {
    auto r = example::own_result();
    r.scenario.name = text;
    for (auto& row : r.options) row.option = text + row.option;
    for (auto& row : r.cost) row.option = text + row.option;
    for (auto& row : r.cost_lines) row.option = text + row.option, row.line = text + row.line;
    for (auto& row : r.unit_costs) row.option = text + row.option, row.unit = text + row.unit;
    for (auto& row : r.usage) row.option = text + row.option;
    for (auto& row : r.tokens) row.option = text + row.option, row.feature = text;
    for (auto& row : r.nonlinearity) row.option = text + row.option;
    for (auto& row : r.features) row.value = text;
    for (auto& row : r.gates) row.gate = text;
    for (auto& row : r.warnings) row.text = text + row.text, row.where = text;
    for (auto& row : r.breakeven) row.baseline = text + row.baseline, row.challenger = text + row.challenger;
    for (auto& row : r.breakeven_curve) row.baseline = text + row.baseline, row.challenger = text + row.challenger;
    for (auto& row : r.service) row.option = text + row.option, row.pool = text + row.pool;
    for (auto& row : r.plan) row.option = text + row.option, row.item = text, row.value = text;
    for (auto& row : r.accuracy) row.item = text;
    for (auto& row : r.provenance) row.item = text, row.source = text;
    return r;
}

std::vector<std::string> lines(std::string const& text) {
    std::istringstream in{text};
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

/// What a spreadsheet would run: such a beginning, unless the cell is a number.
bool is_formula(std::string const& cell) {
    bool const number = !cell.empty() && cell.find_first_not_of("-.0123456789") == std::string::npos;
    return !cell.empty() && !number && std::string_view{"=+-@\t\r\n"}.find(cell[0]) != std::string_view::npos;
}

/// The text has no `character` that no backslash escapes.
bool escapes(std::string const& line, char character) {
    for (std::size_t i = 0; i < line.size(); i += line[i] == '\\' ? 2 : 1) {
        if (line[i] == character) return false;
    }
    return true;
}

TEST(Injection, ATextCellIsDefused) {
    for (auto const* text : hostile) EXPECT_FALSE(is_formula(csv_cells(csv_text(text) + "\n")[0][0])) << text;
    EXPECT_EQ(csv_text("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
    EXPECT_EQ(csv_text("\r=1"), "\"'\r=1\"");
    EXPECT_EQ(csv_text(std::string_view{"a\0b\x1b", 4}), "a\uFFFDb\uFFFD");
    EXPECT_EQ(csv_text("a+b=c"), "a+b=c");
}

TEST(Injection, EveryCsvTableIsSafe) {
    for (auto const* text : hostile) {
        for (auto name : table_names()) {
            for (auto const& row : csv_cells(to_csv(named(text), name))) {
                for (auto const& cell : row) EXPECT_FALSE(is_formula(cell)) << name << ": " << cell;
            }
        }
    }
}

TEST(Injection, SampleColumnsAreSafe) {
    std::ostringstream out;
    write_samples(out, {{"=cmd|' /C calc'!A0"}, {}});
    EXPECT_EQ(out.str(), "'=cmd|' /C calc'!A0\n");
}

TEST(Injection, JsonReadsBackAndCannotCloseAScript) {
    for (auto const* text : hostile) {
        auto const json = to_json(named(text));
        EXPECT_THAT(json, Not(HasSubstr("<")));
        EXPECT_THAT(json, Not(HasSubstr("\x1b")));
        auto const parsed = nlohmann::json::parse(json);
        if (std::string_view{text}.find('\xFF') == std::string_view::npos) {
            EXPECT_EQ(parsed.at("scenario").at("name"), text);
        }
    }
}

TEST(Injection, MarkdownKeepsItsTablesAndShowsMarkupAsText) {
    EXPECT_EQ(markdown_text("=cmd|' /C calc'!A0"), "'=cmd\\|' /C calc'\\!A0");
    EXPECT_EQ(markdown_text("</script>"), "&lt;/script&gt;");
    EXPECT_EQ(markdown_text("a\\|b\nc &lt;"), "a\\\\\\|b c &amp;lt;");
    for (auto const page_of : {to_markdown, breakeven_markdown}) {
        auto const plain = lines(page_of(example::own_result()));
        for (auto const* text : hostile) {
            auto const page = lines(page_of(named(text)));
            ASSERT_EQ(page.size(), plain.size()) << text;
            for (auto const& line : page) {
                EXPECT_THAT(line, Not(HasSubstr("<"))) << line;
                EXPECT_TRUE(escapes(line, '[') && escapes(line, '`')) << line;
            }
        }
    }
}

/// Cells of a Markdown table's line: bars that no backslash escapes.
std::size_t bars(std::string const& line) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\') {
            ++i;
        } else if (line[i] == '|') {
            ++count;
        }
    }
    return count;
}

TEST(Injection, MarkdownRowsKeepTheirNumberOfCells) {
    for (auto const* text : hostile) {
        auto const page = lines(to_markdown(named(text)) + breakeven_markdown(named(text)));
        for (std::size_t i = 1; i < page.size(); ++i) {
            bool const in_table = page[i].starts_with("|") && page[i - 1].starts_with("|");
            EXPECT_TRUE(!in_table || bars(page[i]) == bars(page[i - 1])) << page[i];
        }
    }
}

TEST(Injection, TheScreenHasTheLinesItWouldHaveAnyway) {
    auto const plain = lines(to_screen(example::own_result(), {.width = 200, .by_tag = "team"}));
    for (auto const* text : {"\x1b]0;title\x07", "a\nb", "\u202E"}) {
        auto const screen = to_screen(named(text), {.width = 200, .by_tag = "team"});
        EXPECT_THAT(screen, Not(HasSubstr("\x1b")));
        EXPECT_THAT(screen, Not(HasSubstr("\u202E")));
        EXPECT_EQ(lines(screen).size(), plain.size());
    }
}

}  // namespace
}  // namespace runrate
