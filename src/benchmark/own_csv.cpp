#include "benchmark/csv_table.h"
#include "benchmark/details.h"
#include "benchmark/row.h"

namespace runrate {
namespace {

bool recognises(CsvTable const& table) {
    bool const load = table.has("concurrency") || table.has("request_rate");
    bool const measured = table.has("ttft_ms") || table.has("ttft_s") || table.has("tpot_ms") || table.has("tpot_s") ||
                          table.has("output_tokens_per_s");
    return load && table.has_all({"isl", "osl"}) && measured;
}

Setup setup_of(CsvTable& table) {
    Setup setup;
    setup.model = table.text("model");
    setup.gpu = table.text("gpu");
    setup.engine = table.text("engine");
    setup.engine_version = table.text("version");
    setup.precision = table.precision("precision");
    setup.parallel = parallelism({table.gpus("tp")}, {table.gpus("pp")}, {table.gpus("dp")}, {table.gpus("ep")});
    if (auto const kv = whole(table.number("kv_tokens").value_or(0)); kv > 0) setup.kv_tokens = kv;
    return setup;
}

std::optional<double> seconds(CsvTable& table, std::string_view in_ms, std::string_view in_s) {
    auto const said = table.number(in_s);
    return said ? said : from_ms(table.number(in_ms));
}

/// Where both stand in a row the concurrency decides.
void set_own_load(CsvTable& table, Measurement& row) {
    if (auto const concurrency = table.number("concurrency")) {
        row.concurrency = *concurrency;
        return;
    }
    row.request_rate = table.number("request_rate");
    if (row.request_rate) row.protocol = Protocol::open_loop;
}

void read(CsvTable& table, BenchmarkText const& /*text*/, Benchmarks& into) {
    while (table.next()) {
        Measurement row;
        row.where = table.where();
        row.setup = setup_of(table);
        set_own_load(table, row);
        row.prompt_tokens = table.number("isl").value_or(0);
        row.output_tokens = table.number("osl").value_or(0);
        row.shortest_share = table.number("shortest_share").value_or(1);
        row.requests = whole(table.number("requests").value_or(0));
        row.ttft_s = seconds(table, "ttft_ms", "ttft_s");
        row.tpot_s = seconds(table, "tpot_ms", "tpot_s");
        row.output_tokens_per_s = table.number("output_tokens_per_s");
        row.date = iso_date(table.text("date"));
        keep_readable(table, std::move(row), into);
    }
}

}  // namespace

CsvFormat const own_csv_format{"CSV with columns concurrency or request_rate, isl, osl, ttft_ms, tpot_ms", recognises,
                               read};

}  // namespace runrate
