#include "benchmark/read.h"

#include <algorithm>
#include <array>
#include <iostream>

#include <fmt/format.h>

#include "benchmark/csv_table.h"
#include "benchmark/json_text.h"
#include "core/diagnostics.h"

namespace runrate {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = std::size_t{1} << 30;  ///< of a file, decompressed
constexpr std::size_t most_files = 100'000;               ///< of a folder

constexpr std::array json_formats{&guidellm_format, &sglang_format, &vllm_format, &aiperf_format};
constexpr std::array csv_formats{&request_log_format, &own_csv_format,         &aiperf_csv_format, &silicon_format,
                                 &inferencex_format,  &trtllm_overview_format, &splitwise_format};

std::string_view content(std::string_view bytes) {
    auto const from = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    return from == std::string_view::npos ? std::string_view{} : bytes.substr(from);
}

bool looks_like_json(std::string_view bytes) {
    auto const text = content(bytes);
    return text.starts_with('{') || text.starts_with('[');
}

CsvFormat const* csv_format(BenchmarkText const& beginning) {
    CsvTable const table{beginning};
    auto const at =
        std::find_if(csv_formats.begin(), csv_formats.end(), [&](auto const* f) { return f->recognises(table); });
    return at == csv_formats.end() ? nullptr : *at;
}

bool read_json(BenchmarkText const& text, Benchmarks& into) {
    bool any = false;
    for (auto const& document : json_documents(text)) {
        auto const at = std::find_if(json_formats.begin(), json_formats.end(),
                                     [&](auto const* f) { return f->recognises(document); });
        if (at == json_formats.end()) continue;
        any = true;
        (*at)->read(document, into);
    }
    return any;
}

/// Everything, or nothing where the beginning is of no format. \throws InputError for a file without content
std::optional<std::string> whole_text(ByteSource& source, fs::path const& path) {
    constexpr std::size_t chunk = std::size_t{1} << 16;
    std::string bytes;
    for (std::size_t got = 1; got > 0;) {
        bytes.resize(bytes.size() + chunk);
        got = source.read(bytes.data() + bytes.size() - chunk, chunk);
        bytes.resize(bytes.size() - chunk + got);
        bool const beginning = bytes.size() == got;
        if (beginning && content(bytes).empty() && got < chunk) break;
        if (beginning && !looks_like_json(bytes) && csv_format({source.name(), bytes, path}) == nullptr)
            return std::nullopt;
        if (bytes.size() > most_bytes)
            throw InputError(fmt::format("{}: error: is larger than 1 GiB (leave out what it says of each request)\n",
                                         source.name()));
    }
    if (content(bytes).empty())
        throw InputError(fmt::format("{}: error: is empty (run the benchmark again)\n", source.name()));
    return bytes;
}

/// False where it is no benchmark that is known.
bool read_source(ByteSource source, fs::path const& path, Benchmarks& into) {
    auto const bytes = whole_text(source, path);
    if (!bytes) return false;
    BenchmarkText const text{source.name(), *bytes, path};
    auto const before = into.rows.size() + into.skipped.size();
    bool known = true;
    if (looks_like_json(*bytes)) {
        known = read_json(text, into);
    } else {
        CsvTable table{text};
        csv_format(text)->read(table, text, into);
    }
    if (known && into.rows.size() + into.skipped.size() == before)
        into.skipped.push_back({source.name(), "holds no rows", ""});
    return known;
}

[[noreturn]] void fail_unknown(std::string const& name) {
    throw InputError(
        fmt::format("{}: error: is no benchmark that is known (known: vllm bench serve, SGLang bench_serving,"
                    " guidellm, AIPerf, genai-perf, CSV with concurrency, isl, osl, ttft_ms, tpot_ms, and "
                    "logs of requests)\n",
                    name));
}

std::vector<fs::path> files_of(fs::path const& folder) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (fs::recursive_directory_iterator at{folder, failed}, end; !failed && at != end; at.increment(failed)) {
        if (!at->is_regular_file(failed)) continue;
        if (files.size() == most_files)
            throw InputError(fmt::format("{}: error: holds more than {} files (name a folder of benchmarks only)\n",
                                         folder.string(), most_files));
        files.push_back(at->path());
    }
    if (failed) throw InputError(fmt::format("{}: error: cannot be read ({})\n", folder.string(), failed.message()));
    std::sort(files.begin(), files.end());
    return files;
}

bool ends_with_replaced(fs::path const& file, std::string_view end, std::string_view other) {
    auto const name = file.filename().string();
    if (!name.ends_with(end)) return false;
    return fs::exists(file.parent_path() / (name.substr(0, name.size() - end.size()) + std::string{other}));
}

/// A broken file of a folder: the message without the file's name, which `where` says.
SkippedRow broken(std::string const& name, std::string message) {
    if (message.starts_with(name)) message.erase(0, name.size());
    while (message.ends_with('\n')) message.pop_back();
    auto const at = message.find("error: ");
    if (at != std::string::npos) message.erase(0, at + 7);
    return {name, "the file cannot be read", std::move(message)};
}

void read_one_of_folder(fs::path const& file, Benchmarks& into) {
    auto const name = file.string();
    if (ends_with_replaced(file, "_meta.json", "_requests.csv")) return;
    if (ends_with_replaced(file, "_perf.csv", "_perf.json") ||
        ends_with_replaced(file, "_aiperf.csv", "_aiperf.json")) {
        into.skipped.push_back({name, "the JSON beside it says the same and more", ""});
        return;
    }
    try {
        if (!read_source(ByteSource{name, std::cin}, file, into))
            into.skipped.push_back({name, unknown_benchmark_rule, ""});
    } catch (InputError const& e) { into.skipped.push_back(broken(name, e.what())); }
}

}  // namespace

Benchmarks read_benchmarks(fs::path const& path) {
    Benchmarks read;
    std::error_code failed;
    if (fs::is_directory(path, failed)) {
        for (auto const& file : files_of(path)) read_one_of_folder(file, read);
        auto const known = std::any_of(read.skipped.begin(), read.skipped.end(),
                                       [](auto const& s) { return s.rule != unknown_benchmark_rule; });
        if (read.rows.empty() && !known) fail_unknown(path.string());
        return read;
    }
    if (!read_source(ByteSource{path.string(), std::cin}, path, read)) fail_unknown(path.string());
    return read;
}

Benchmarks read_benchmarks(ByteSource source) {
    Benchmarks read;
    auto const name = source.name();
    if (!read_source(std::move(source), {}, read)) fail_unknown(name);
    return read;
}

}  // namespace runrate
