#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "benchmark/csv_table.h"
#include "benchmark/details.h"
#include "benchmark/request_means.h"
#include "benchmark/row.h"

namespace runrate {
namespace {

namespace fs = std::filesystem;

bool recognises(CsvTable const& table) {
    bool const named =
        table.has_all({"arrival_s", "output_tokens", "first_token_s", "finished_s"}) && (table.has("prompt_tokens"));
    return named || table.has_all({"input_toks", "output_toks", "arrival_s", "first_token_s", "last_token_s"});
}

/// A request, or the rule by which it cannot be one.
char const* fault_of(LoggedRequest const& r) {
    for (double const time : {r.arrival_s, r.first_token_s, r.finished_s})
        if (!std::isfinite(time) || std::abs(time) > 1e11) return "a number is not finite";
    if (r.prompt_tokens < 1 || r.output_tokens < 1) return "no tokens";
    if (r.first_token_s < r.arrival_s) return "the first token comes before the request";
    if (r.finished_s < r.first_token_s) return "TTFT is above E2E";
    return nullptr;
}

LoggedRequest request_of(CsvTable& table) {
    auto const count = [&](std::initializer_list<std::string_view> columns) {
        auto const n = table.number(columns);
        return n && *n < 1e9 ? whole(*n) : 0;
    };
    return {table.number("arrival_s").value_or(std::nan("")), count({"prompt_tokens", "input_toks"}),
            count({"output_tokens", "output_toks"}), table.number("first_token_s").value_or(std::nan("")),
            table.number({"finished_s", "last_token_s"}).value_or(std::nan(""))};
}

void set_means(Measurement& row) {
    RequestMeans means;
    for (auto const& r : row.log) means.add(r);
    row.requests = static_cast<std::int64_t>(row.log.size());
    row.prompt_tokens = means.prompt_tokens();
    row.output_tokens = means.output_tokens();
    row.ttft_s = means.ttft_s();
    row.e2e_s = means.e2e_s();
    if (means.tpot_s() > 0) row.tpot_s = means.tpot_s();
    row.output_tokens_per_s = means.output_tokens_per_s();
}

/// The engine's arguments, which vLLM's offline logs keep in NAME_meta.json beside NAME_requests.csv.
void take_meta(fs::path const& requests, Measurement& row) {
    auto const file = requests.filename().string();
    auto const at = file.rfind("_requests.csv");
    if (at == std::string::npos) return;
    auto const path = requests.parent_path() / (file.substr(0, at) + "_meta.json");
    std::error_code failed;
    if (auto const size = fs::file_size(path, failed); failed || size > (1U << 20)) return;
    std::ostringstream content;
    content << std::ifstream{path, std::ios::binary}.rdbuf();
    auto const bytes = content.str();
    auto const documents = json_documents({path.string(), bytes, path});
    if (documents.empty()) return;
    auto const& meta = documents[0].value;
    auto const& engine = below(meta, {"engine_kwargs"});
    row.setup.model = text_of(meta, "model");
    row.setup.gpu = first_text(meta, {"gpu"});
    row.setup.engine = "vllm";
    row.setup.engine_version = text_of(meta, "vllm_version");
    row.setup.precision =
        weights_precision(first_text(engine, {"quantization"}), row.setup.model, first_text(engine, {"dtype"}));
    row.setup.parallel =
        parallelism({number(engine, "tensor_parallel_size")}, {number(engine, "pipeline_parallel_size")},
                    {number(engine, "data_parallel_size")}, {});
    if (auto const most = number(engine, "max_num_seqs"); most && *most >= 1 && *most <= 1e6)
        row.setup.max_sequences = static_cast<int>(*most);
    if (auto const most = whole(number(engine, "max_num_batched_tokens").value_or(0)); most > 0)
        row.setup.token_budget = most;
    row.date = iso_date(text_of(meta, "started_at"));
}

void read(CsvTable& table, BenchmarkText const& text, Benchmarks& into) {
    Measurement row;
    row.where = text.name;
    row.protocol = Protocol::request_log;
    std::vector<LoggedRequest> log;
    while (table.next()) {
        auto const request = request_of(table);
        auto const* const fault = table.unreadable().empty() ? fault_of(request) : "a cell is unreadable";
        if (fault == nullptr) {
            log.push_back(request);
        } else {
            into.skipped.push_back({table.where(), fault, table.unreadable()});
        }
    }
    set_log(std::move(log), row);
    if (!text.path.empty()) take_meta(text.path, row);
    if (row.log.empty()) {
        into.skipped.push_back({row.where, "no request", ""});
        return;
    }
    set_means(row);
    keep_row(std::move(row), into);
}

}  // namespace

CsvFormat const request_log_format{"a log of requests", recognises, read};

}  // namespace runrate
