#include "report/json.h"

#include <cmath>

#include <fmt/format.h>

#include "core/overloaded.h"
#include "report/figures.h"
#include "report/tables.h"
#include "report/utf8.h"
#include "runrate/version.h"

namespace runrate {
namespace {

std::string escaped(char c) {
    switch (c) {
        case '"': return "\\\"";
        case '\\': return "\\\\";
        case '\n': return "\\n";
        case '\r': return "\\r";
        case '\t': return "\\t";
        default: break;
    }
    auto const byte = static_cast<unsigned char>(c);
    bool const plain = byte >= 0x20 && byte != 0x7F && c != '<';
    return plain ? std::string(1, c) : fmt::format("\\u{:04x}", byte);
}

std::string json_value(Cell const& cell) {
    return std::visit(Overloaded{
                          [](std::monostate) -> std::string { return "null"; },
                          [](std::string_view text) { return json_string(text); },
                          [](double number) { return std::isfinite(number) ? shortest(number) : "null"; },
                          [](std::int64_t count) { return fmt::format("{}", count); },
                          [](bool flag) -> std::string { return flag ? "true" : "false"; },
                          [](Amount amount) { return decimal(amount); },
                      },
                      cell);
}

template <class Row>
std::string json_row(Row const& row) {
    std::string out = "{";
    for_each_cell(row, [&](std::string_view name, Cell const& cell) {
        if (out.size() > 1) out += ", ";
        out += json_string(name) + ": " + json_value(cell);
    });
    return out + "}";
}

template <class Row>
std::string json_table(std::vector<Row> const& rows) {
    if (rows.empty()) return "[]";
    std::string out = "[";
    for (Row const& row : rows) out += (out.size() > 1 ? ",\n  " : "\n  ") + json_row(row);
    return out + "\n]";
}

template <class Row>
std::string json_table(Row const& row) {
    return json_row(row);
}

}  // namespace

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (char c : valid_utf8(text)) out += escaped(c);
    return out + "\"";
}

std::string to_json(Result const& result) {
    std::string out = "{\n";
    auto const add = [&](std::string_view name, std::string const& value) {
        if (out.size() > 2) out += ",\n";
        out += json_string(name) + ": " + value;
    };
    add("schema", json_string("runrate/result/1"));
    add("runrate_version", json_string(version()));
    add("command", json_string(result.command));
    add("seed", fmt::format("{}", result.seed));
    add("worlds", fmt::format("{}", result.worlds));
    add("price_draws", fmt::format("{}", result.price_draws));
    add("status", json_string(result.status == Status::complete ? "complete" : "partial"));
    add("currency", json_string(result.currency));
    for_each_table(result, [&](std::string_view name, auto const& table) { add(name, json_table(table)); });
    return out + "\n}\n";
}

}  // namespace runrate
