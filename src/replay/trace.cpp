#include "replay/trace.h"

#include <fmt/format.h>

#include "core/diagnostics.h"
#include "core/overloaded.h"

namespace runrate {
namespace {

bool has(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

bool is_request_list(std::string_view beginning) {
    return has(beginning, "arrival_s") && has(beginning, "prompt_tokens") && has(beginning, "output_tokens");
}

/// What a file that begins so is; nothing where it is none that is known.
std::optional<TraceFormat> recognised(std::string_view beginning, TraceSettings const& settings) {
    if (settings.format) return settings.format;
    if (settings.columns) return TraceFormat::csv;
    bool const json = beginning.starts_with('{');
    if (beginning.starts_with('[')) return TraceFormat::litellm;
    if (json && has(beginning, "\"input_length\"")) return TraceFormat::mooncake;
    if (json && (has(beginning, "\"prompt_tokens\"") || has(beginning, "\"data\""))) return TraceFormat::litellm;
    if (json) return std::nullopt;
    if (has(beginning, "ContextTokens") && has(beginning, "GeneratedTokens")) return TraceFormat::azure;
    if (has(beginning, "prompt_tokens") && has(beginning, "startTime")) return TraceFormat::litellm;
    if (is_request_list(beginning)) return TraceFormat::csv;
    return std::nullopt;
}

bool is_page(std::string_view beginning) {
    return beginning.starts_with('{') && has(beginning.substr(0, 64), "\"data\"") &&
           beginning.find("\"data\"") == beginning.find_first_not_of(" \t\r\n", 1);
}

/// Parts of a prompt or an output that are more than the whole.
void check_parts(TraceRequest const& r, std::optional<RowFault>& fault) {
    auto const cached = r.cache_read + r.cache_write + r.cache_write_1h;
    if (cached > r.prompt)
        fault = RowFault{"cached tokens are more than the prompt",
                         fmt::format("{} of {}", cached.count(), r.prompt.count())};
    if (r.prompt > Tokens{most_tokens}) fault = RowFault{"the prompt is beyond a billion tokens", ""};
    if (r.reasoning > r.output)
        fault = RowFault{"reasoning is more than the output",
                         fmt::format("{} of {}", r.reasoning.count(), r.output.count())};
}

void clear(TraceRequest& r) {
    r.time.reset();
    r.prompt = r.cache_read = r.cache_write = r.cache_write_1h = r.output = r.reasoning = Tokens{};
    r.searches = 0;
    r.model.clear();
    r.vendor.clear();
    r.lane.reset();
    r.spend.reset();
    r.fate = Fate::served;
    r.blocks.clear();
}

}  // namespace

void Trace::fail(std::string_view message) const { throw InputError(fmt::format("{}: error: {}\n", name(), message)); }

Trace::Trace(ByteSource source, TraceSettings const& settings)
    : records_{std::move(source)}, format_{}, rows_{MooncakeRow{}} {
    auto const beginning = records_.beginning();
    if (beginning.empty()) fail("is empty");
    auto const format = recognised(beginning, settings);
    if (!format)
        fail("is no trace that is known (azure, mooncake or litellm by --format-in; --columns for another CSV)");
    format_ = *format;
    bool const json = beginning.starts_with('{') || beginning.starts_with('[');
    in_array_ = json && (beginning.starts_with('[') || is_page(beginning));
    if (format_ == TraceFormat::azure) rows_ = CsvRow{azure_columns(), std::chrono::seconds{1}};
    if (format_ == TraceFormat::csv) {
        bool const named = settings.columns.has_value();
        if (!named && !is_request_list(beginning))
            fail("--columns says which column is which (time=ts,input=prompt,output=completion)");
        rows_ = named ? CsvRow{*settings.columns, settings.time_unit}
                      : CsvRow{request_list_columns(), std::chrono::seconds{1}};
    }
    if (format_ == TraceFormat::litellm && json) rows_ = LitellmRow{};
    if (format_ == TraceFormat::litellm && !json) rows_ = LitellmTable{};
    if (is_table()) read_header();
}

void Trace::read_header() {
    std::optional<RowFault> fault;
    std::string header;
    while (header.empty()) {
        auto const record = records_.csv_record();
        if (!record) fail("is empty");
        header = *record;
    }
    split_csv(header, cells_, unquoted_, fault);
    columns_ = cells_.size();
    if (!fault) {
        if (auto* csv = std::get_if<CsvRow>(&rows_)) csv->read_header(cells_, fault);
        if (auto* table = std::get_if<LitellmTable>(&rows_)) table->row.read_header(cells_, fault);
    }
    if (fault) throw InputError(fmt::format("{}:{}: error: {}\n", name(), records_.line_number(), fault->text()));
}

std::optional<std::string_view> Trace::next_record() {
    if (in_array_) return records_.object_of_array();
    return is_table() ? records_.csv_record() : records_.line();
}

void Trace::parse(std::string_view record, TraceRequest& request, std::optional<RowFault>& fault) {
    if (is_table()) split_csv(record, cells_, unquoted_, fault);
    if (fault) {
        records_.retry_after_first_line();
        return;
    }
    if (is_table() && cells_.size() != columns_)
        return void(fault = RowFault{fmt::format("has not the header's {} columns", columns_),
                                     fmt::format("found {}", cells_.size())});
    std::visit(Overloaded{[&](CsvRow& row) { row.read(cells_, request, fault); },
                          [&](LitellmTable& table) { table.row.read_csv(cells_, request, fault); },
                          [&](LitellmRow& row) { row.read_json(record, request, fault); },
                          [&](MooncakeRow& row) { row.read(record, request, fault); }},
               rows_);
    if (!fault) check_parts(request, fault);
}

RowRead Trace::next(TraceRequest& request, RowFault& fault) {
    for (;;) {
        auto const record = next_record();
        if (!record) return RowRead::end;
        if (record->find_first_not_of(" \t") == std::string_view::npos) continue;  // an empty line
        clear(request);
        request.line = records_.line_number();
        std::optional<RowFault> wrong;
        parse(*record, request, wrong);
        if (!wrong) return RowRead::row;
        fault = std::move(*wrong);
        return RowRead::fault;
    }
}

bool Trace::relative() const {
    if (auto const* csv = std::get_if<CsvRow>(&rows_)) return csv->relative();
    if (auto const* mooncake = std::get_if<MooncakeRow>(&rows_)) return mooncake->relative();
    return false;
}

}  // namespace runrate
