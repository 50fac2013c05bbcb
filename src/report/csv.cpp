#include "report/csv.h"

#include <fmt/format.h>

#include "core/contract.h"
#include "core/overloaded.h"
#include "report/figures.h"
#include "report/tables.h"
#include "report/utf8.h"

namespace runrate {
namespace {

/// Control characters that no cell needs and some readers stop at; line breaks and tabs may be quoted.
std::string without_controls(std::string_view text) {
    std::string out;
    for (char c : valid_utf8(text)) {
        auto const byte = static_cast<unsigned char>(c);
        bool const control = (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
        if (control) {
            append_utf8(out, replacement_character);
        } else {
            out.push_back(c);
        }
    }
    return out;
}

std::string csv_value(Cell const& cell) {
    return std::visit(Overloaded{
                          [](std::monostate) { return std::string{}; },
                          [](std::string_view text) { return csv_text(text); },
                          [](double number) { return shortest(number); },
                          [](std::int64_t count) { return fmt::format("{}", count); },
                          [](bool flag) -> std::string { return flag ? "true" : "false"; },
                          [](Amount amount) { return decimal(amount); },
                      },
                      cell);
}

template <class Row>
std::string csv_table(std::span<Row const> rows) {
    std::string out;
    auto const end_cell = [&] { out += ','; };
    auto const end_line = [&] { out.back() = '\n'; };
    for_each_name<Row>([&](std::string_view name) { out += name, end_cell(); });
    end_line();
    for (Row const& row : rows) {
        for_each_cell(row, [&](std::string_view, Cell const& cell) { out += csv_value(cell), end_cell(); });
        end_line();
    }
    return out;
}

}  // namespace

std::string defused(std::string_view text) {
    bool const formula = !text.empty() && std::string_view{"=+-@\t\r\n"}.find(text.front()) != std::string_view::npos;
    return fmt::format("{}{}", formula ? "'" : "", text);
}

std::string csv_text(std::string_view text) {
    auto const safe = defused(without_controls(text));
    if (safe.find_first_of(",\"\n\r") == std::string::npos) return safe;
    std::string quoted = "\"";
    for (char c : safe) quoted.append(c == '"' ? 2 : 1, c);
    return quoted + "\"";
}

std::string to_csv(Result const& result, std::string_view table) {
    std::string out;
    for_each_table(result, [&](std::string_view name, auto const& rows) {
        if (name == table) out = csv_table(rows_of(rows));
    });
    RUNRATE_EXPECT(!out.empty());
    return out;
}

}  // namespace runrate
