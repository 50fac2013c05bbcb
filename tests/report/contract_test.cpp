#include <cstddef>
#include <set>
#include <string>
#include <type_traits>

#include <gmock/gmock.h>

#include "report/example_result.h"
#include "report/tables.h"

namespace runrate {
namespace {

template <class Row>
std::string names_of() {
    std::string names;
    for_each_name<Row>([&](std::string_view name) { names += (names.empty() ? "" : ", ") + std::string{name}; });
    return names;
}

/// A struct's columns are its members, all of them and in order, when each begins where the one before it ends.
template <class Row, class Members>
void expect_covers_all_members(Members const& members, std::string_view what) {
    Row const row{};
    auto const* const begin = reinterpret_cast<std::byte const*>(&row);
    std::size_t end = 0;
    auto const next = [&](auto const& column) {
        using T = std::remove_cvref_t<decltype(row.*column.member)>;
        auto const offset = static_cast<std::size_t>(reinterpret_cast<std::byte const*>(&(row.*column.member)) - begin);
        EXPECT_EQ(offset, (end + alignof(T) - 1) / alignof(T) * alignof(T)) << what << '.' << column.name;
        end = offset + sizeof(T);
    };
    std::apply([&](auto const&... column) { (next(column), ...); }, members);
    EXPECT_EQ((end + alignof(Row) - 1) / alignof(Row) * alignof(Row), sizeof(Row)) << what << " has more members";
}

TEST(Columns, EveryMemberOfEveryRowIsAColumnInOrder) {
    int rows = 0;
    for_each_table(Result{}, [&](std::string_view name, auto const& table) {
        using Row = std::remove_cvref_t<decltype(rows_of(table)[0])>;
        expect_covers_all_members<Row>(columns<Row>, name);
        ++rows;
    });
    EXPECT_EQ(rows, 27);
}

TEST(Columns, NamesAreThoseOfTheContract) {
    EXPECT_EQ(names_of<InputRow>(), "path, sha256, kind, as_of");
    EXPECT_EQ(
        names_of<CostRow>(),
        "option, scale, period, period_kind, months_in, basis, view, mean, se, sd_worlds, sd_within, model_error, "
        "p5, p50, p95, p5_half, p95_half, p_over_budget, feasible");
    EXPECT_EQ(names_of<CostLineRow>(),
              "option, scale, period, line, group, feature, target, allocated, meter, quantity, unit, mean, share");
    EXPECT_EQ(names_of<UnitCostRow>(), "option, scale, period, feature, unit, mean, p5, p50, p95, revenue, margin");
    EXPECT_EQ(names_of<ProvenanceRow>(), "item, value, unit, source, as_of, age_days_at_start, extrapolated");
    EXPECT_EQ(names_of<WarningRow>(), "code, severity, text, where");
}

TEST(Columns, NamesAreUniqueWithinATable) {
    for_each_table(Result{}, [&](std::string_view table, auto const& rows) {
        using Row = std::remove_cvref_t<decltype(rows_of(rows)[0])>;
        std::set<std::string_view> seen;
        for_each_name<Row>([&](std::string_view name) { EXPECT_TRUE(seen.insert(name).second) << table << name; });
    });
}

TEST(Tables, NamesAreThoseOfTheContractInItsOrder) {
    std::string names;
    for (auto name : table_names()) names += std::string{name} + " ";
    EXPECT_EQ(names,
              "inputs scenario options features beliefs plan cost cost_lines nonlinearity ratios capacity liabilities "
              "usage tokens service limits unit_costs breakeven breakeven_curve breakeven_intervals drivers levers "
              "claims accuracy provenance gates warnings ");
}

}  // namespace
}  // namespace runrate
