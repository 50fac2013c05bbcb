#include "report/csv.h"

#include <cmath>
#include <map>
#include <sstream>

#include <gmock/gmock.h>

#include "core/contract.h"
#include "report/csv_cells.h"
#include "report/example_result.h"
#include "report/samples.h"
#include "report/tables.h"

namespace runrate {
namespace {

std::int64_t millionths(std::string text) {
    auto const point = text.find('.');
    EXPECT_EQ(text.size() - point, 7u) << text;
    return std::stoll(text.erase(point, 1));
}

TEST(Csv, ASmallTableWhole) {
    Result r;
    r.warnings = {{"a.b", "warning", "first, \"second\"\nthird", {}}, {"c", "note", "plain", "x.yaml:3"}};
    EXPECT_EQ(to_csv(r, "warnings"),
              "code,severity,text,where\n"
              "a.b,warning,\"first, \"\"second\"\"\nthird\",\n"
              "c,note,plain,x.yaml:3\n");
}

TEST(Csv, ATableWithoutRowsIsItsHeader) { EXPECT_EQ(to_csv(Result{}, "gates"), "gate,value,bound,verdict\n"); }

TEST(Csv, TheDefaultTableIsCost) { EXPECT_EQ(to_csv(example::result()), to_csv(example::result(), "cost")); }

TEST(Csv, AnUnknownTableIsABrokenContract) { EXPECT_THROW(to_csv(Result{}, "costs"), ContractError); }

TEST(Csv, EveryRowOfEveryTableHasTheCellsOfItsHeader) {
    auto const result = example::result();
    for (auto name : table_names()) {
        auto const rows = csv_cells(to_csv(result, name));
        for (auto const& row : rows) EXPECT_EQ(row.size(), rows.front().size()) << name;
    }
}

TEST(Csv, LinesSumToTotalsToTheLastDecimal) {
    auto const result = example::result();
    std::map<std::string, std::int64_t> sums;
    auto const lines = csv_cells(to_csv(result, "cost_lines"));
    for (std::size_t i = 1; i < lines.size(); ++i) {
        sums[lines[i][0] + " " + lines[i][1] + " " + lines[i][2]] += millionths(lines[i][11]);
    }
    auto const totals = csv_cells(to_csv(result, "cost"));
    ASSERT_EQ(totals.size(), 1 + 2u * 3u * example::periods().size());
    for (std::size_t i = 1; i < totals.size(); ++i) {
        EXPECT_EQ(sums[totals[i][0] + " " + totals[i][1] + " " + totals[i][2]], millionths(totals[i][7]));
    }
}

TEST(Csv, NumbersAreNotDefusedEvenWhenNegative) {
    Result r;
    r.nonlinearity = {{"-api", 10, "2026-01", "cache", Amount{-1'500'000}}};
    EXPECT_EQ(to_csv(r, "nonlinearity"), "option,scale,period,cause,amount\n'-api,10,2026-01,cache,-1.500000\n");
}

TEST(Samples, AreAHeaderAndALinePerDraw) {
    std::ostringstream out;
    write_samples(out, {{"world", "=growth"}, {{0, 0.1}, {1, std::nan("")}}});
    EXPECT_EQ(out.str(), "world,'=growth\n0,0.1\n1,\n");
}

}  // namespace
}  // namespace runrate
