#include "replay/csv_row.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace runrate {
namespace {

std::string& named(ColumnMap& map, Column c) { return map[static_cast<std::size_t>(c)]; }

void check(ColumnMap const& map) {
    auto const has = [&](Column c) { return !map[static_cast<std::size_t>(c)].empty(); };
    if (has(Column::input) == has(Column::fresh))
        throw std::invalid_argument("either 'input' (the whole prompt) or 'fresh' (without cached tokens) is needed");
    if (!has(Column::output)) throw std::invalid_argument("'output' is needed");
}

}  // namespace

ColumnMap parse_columns(std::string_view text) {
    ColumnMap map;
    while (!text.empty()) {
        auto const end = std::min(text.find(','), text.size());
        auto const part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        auto const equals = std::min(part.find('='), part.size());
        auto const kind = part.substr(0, equals);
        auto const at = std::find(column_names.begin(), column_names.end(), kind);
        if (at == column_names.end())
            throw std::invalid_argument(
                fmt::format("unknown column '{}' ({})", shown(kind), fmt::join(column_names, ", ")));
        auto& header = map[static_cast<std::size_t>(at - column_names.begin())];
        if (!header.empty()) throw std::invalid_argument(fmt::format("'{}' stands twice", kind));
        header = part.substr(std::min(equals + 1, part.size()));
        if (header.empty()) throw std::invalid_argument(fmt::format("'{}' names no column ({}=HEADER)", kind, kind));
    }
    check(map);
    return map;
}

ColumnMap azure_columns() {
    ColumnMap map;
    named(map, Column::time) = "TIMESTAMP";
    named(map, Column::input) = "ContextTokens";
    named(map, Column::output) = "GeneratedTokens";
    return map;
}

ColumnMap request_list_columns() {
    ColumnMap map;
    named(map, Column::time) = "arrival_s";
    named(map, Column::input) = "prompt_tokens";
    named(map, Column::output) = "output_tokens";
    return map;
}

void CsvRow::read_header(std::vector<std::string_view> const& names, std::optional<RowFault>& fault) {
    for (std::size_t i = 0; i < map_.size(); ++i) {
        if (map_[i].empty()) continue;
        auto const at = std::find(names.begin(), names.end(), map_[i]);
        if (at == names.end()) return void(fault = RowFault{fmt::format("lacks the column '{}'", shown(map_[i])), ""});
        if (std::find(at + 1, names.end(), map_[i]) != names.end())
            return void(fault = RowFault{fmt::format("has the column '{}' twice", shown(map_[i])), ""});
        at_[i] = static_cast<std::size_t>(at - names.begin());
    }
}

std::optional<std::string_view> CsvRow::cell(Column c, std::vector<std::string_view> const& cells) const {
    auto const at = at_[static_cast<std::size_t>(c)];
    return at ? std::optional{cells[*at]} : std::nullopt;
}

/// A count; an empty cell of a part is none of it.
Tokens CsvRow::tokens(Column c, std::vector<std::string_view> const& cells, std::optional<RowFault>& fault) const {
    auto const text = cell(c, cells);
    bool const whole = c == Column::input || c == Column::fresh || c == Column::output;
    if (!text || fault || (text->empty() && !whole)) return Tokens{};
    return read_tokens(name(c), *text, fault);
}

void CsvRow::read_time(std::string_view text, TraceRequest& request, std::optional<RowFault>& fault) {
    auto const date = parse_time(text);
    if (!dated_) dated_ = date.has_value();
    if (*dated_ && !date)
        fault = RowFault{fmt::format("'{}' is no time", name(Column::time)), fmt::format("found '{}'", shown(text))};
    request.time = *dated_ ? date : times_.read(name(Column::time), text, fault);
}

void CsvRow::read_lane(std::string_view text, TraceRequest& request, std::optional<RowFault>& fault) const {
    auto const at = std::find(lane_names.begin(), lane_names.end(), text);
    if (at == lane_names.end())
        return void(fault =
                        RowFault{fmt::format("'{}' is no lane ({})", name(Column::lane), fmt::join(lane_names, ", ")),
                                 fmt::format("found '{}'", shown(text))});
    request.lane = static_cast<Lane>(at - lane_names.begin());
}

void CsvRow::read(std::vector<std::string_view> const& cells, TraceRequest& request, std::optional<RowFault>& fault) {
    if (auto const text = cell(Column::time, cells)) read_time(*text, request, fault);
    request.cache_read = tokens(Column::cache_read, cells, fault);
    request.cache_write = tokens(Column::cache_write, cells, fault);
    request.cache_write_1h = tokens(Column::cache_write_1h, cells, fault);
    request.prompt = tokens(Column::input, cells, fault);
    if (at_[static_cast<std::size_t>(Column::fresh)])
        request.prompt =
            tokens(Column::fresh, cells, fault) + request.cache_read + request.cache_write + request.cache_write_1h;
    request.output = tokens(Column::output, cells, fault);
    request.reasoning = tokens(Column::reasoning, cells, fault);
    if (auto const text = cell(Column::model, cells)) request.model = text->substr(0, 200);
    auto const lane = cell(Column::lane, cells);
    if (lane && !lane->empty() && !fault) read_lane(*lane, request, fault);
}

}  // namespace runrate
