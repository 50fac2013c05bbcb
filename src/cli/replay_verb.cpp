#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/replay_tables.h"
#include "cli/trace_arguments.h"
#include "cli/verbs.h"
#include "runrate/price_book.h"
#include "scenario/books.h"
#include "scenario/files.h"
#include "units/unit.h"

namespace runrate {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

constexpr char const* formats_text =
    "traces (gzip or not; - is standard input), recognised by what they begin with:\n"
    "  azure     CSV: TIMESTAMP,ContextTokens,GeneratedTokens\n"
    "  mooncake  JSON lines: timestamp (ms), input_length, output_length, hash_ids of chained blocks\n"
    "  litellm   spend logs: JSON lines, the API's array, or the table as CSV\n"
    "  csv       any other, by --columns: time, input (whole prompt) or fresh (without cached tokens),\n"
    "            output (reasoning included), cache_read, cache_write, cache_write_1h, reasoning, model, lane\n";

po::options_description replay_options() {
    po::options_description options{"options"};
    auto const text = [] { return po::value<std::string>(); };
    options.add_options()(
        "option", po::value<Words>()->composing()->value_name("MODEL"),
        "vendor/model of the price books, or 'logged': the model that each row names; may be repeated")(
        "at", text()->default_value("newest"), "prices of this day, 'trace': of each row's day, or 'newest'")(
        "lane", text(), "batch, flex, priority or standard, where the log says none")(
        "region", text()->default_value(""), "where it is served, for models with regional prices")(
        "format-in", text(), "azure, mooncake, litellm or csv, instead of recognising it")(
        "columns", text()->value_name("MAP"), "columns of a CSV: time=ts,input=prompt,output=completion,...")(
        "time-unit", text()->default_value("s"), "of times that are numbers, with --columns: s, ms, us or ns")(
        "tier", text()->value_name("NAME"),
        "hold the trace against the limits that the options' vendors publish for it, such as 'tier 4'")(
        "retries", text()->default_value("2"), "of what a limit refuses, before it is refused for good")(
        "skip-bad", "count rows that cannot be read and leave them out, instead of refusing the trace")(
        "cache-blocks", text()->default_value("1000000"), "blocks that a prefix cache holds at most")(
        "cache-lifetime", text(), "in place of the vendors': a duration such as '5 min', or 'none'")(
        "block-tokens", text()->default_value("512"), "tokens of a block of hash_ids")(
        "no-cache", "do not look hash_ids up in a prefix cache")(
        "book", po::value<Words>()->composing()->value_name("BOOK"),
        "price book instead of the newest shipped one; may be repeated")(
        "prices", po::value<Words>()->composing()->value_name("FOLDER"),
        "look for price books there too, before the shipped ones")("format", text()->default_value("table"),
                                                                   "table, json, csv or markdown")(
        "table", text()->default_value("lines"), "which table of --format csv")(
        "out", text()->default_value(""), "write there instead of standard output");
    return options;
}

PriceDay price_day(std::string const& text) {
    if (text == "newest") return NewestPrices{};
    if (text == "trace") return TracePrices{};
    auto const day = parse_date(text);
    if (!day)
        throw UsageError(fmt::format("--at takes a day such as 2026-07-25, 'trace' or 'newest' (found '{}')", text));
    return *day;
}

/// A duration; nothing within for `none`.
std::optional<std::chrono::nanoseconds> lifetime(std::string const& text) {
    if (text == "none") return std::nullopt;
    auto const value = parse_value(text);
    auto const* duration = std::get_if<Value>(&value);
    constexpr double longest_s = 366.0 * 86400;
    if (!duration || duration->unit != Unit::seconds || !(duration->number > 0 && duration->number <= longest_s))
        throw UsageError(fmt::format(
            "--cache-lifetime takes a duration up to a year such as '5 min', or 'none' (found '{}')", text));
    return std::chrono::nanoseconds{static_cast<std::int64_t>(duration->number * 1e9)};
}

std::string tier_name(std::string const& text) {
    if (text.empty()) throw UsageError("--tier takes the name of a tier such as 'tier 4' (found '')");
    return text;
}

ReplaySettings settings_of(po::variables_map const& v) {
    ReplaySettings settings;
    if (v.count("option") == 0)
        throw UsageError("no option given (--option vendor/model of the price books, or --option logged)");
    settings.options = v["option"].as<Words>();
    auto sorted = settings.options;
    std::sort(sorted.begin(), sorted.end());
    auto const twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) throw UsageError(fmt::format("--option {} stands twice", *twice));
    settings.day = price_day(v["at"].as<std::string>());
    if (v.count("lane") > 0)
        settings.lane = static_cast<Lane>(parse_word(lane_names, "lane", v["lane"].as<std::string>()));
    settings.region = v["region"].as<std::string>();
    settings.caches = v.count("no-cache") == 0;
    settings.cache_blocks = static_cast<std::size_t>(at_least_one("cache-blocks", v, 1'000'000'000));
    settings.block = Tokens{at_least_one("block-tokens", v, 1'000'000)};
    if (v.count("cache-lifetime") > 0) settings.cache_lifetime = lifetime(v["cache-lifetime"].as<std::string>());
    settings.skip_bad = v.count("skip-bad") > 0;
    if (v.count("tier") > 0) settings.tier = tier_name(v["tier"].as<std::string>());
    settings.retries = static_cast<int>(parse_count("retries", v["retries"].as<std::string>(), 100));
    return settings;
}

/// What would be ignored is refused.
void check_combination(po::variables_map const& v, Trace const& trace, ReplaySettings const& settings) {
    auto const refuse = [&](char const* name, char const* why) { refuse_ignored(v, name, why); };
    if (v["format"].as<std::string>() != "csv") refuse("table", "names a table of --format csv");
    if (trace.format() != TraceFormat::mooncake) {
        for (auto const* name : {"cache-blocks", "cache-lifetime", "block-tokens", "no-cache"})
            refuse(name, "is for traces with hash_ids");
    }
    if (settings.tier.empty()) refuse("retries", "is of what --tier refuses");
    if (settings.lane == Lane::batch) refuse("tier", "holds no batches back: they ask nothing of limits per minute");
    if (!settings.caches) {
        for (auto const* name : {"cache-blocks", "cache-lifetime", "block-tokens"}) refuse(name, "needs a cache");
    }
}

/// The price books, and what identifies each of them.
struct Books {
    std::shared_ptr<PriceBook const> book;
    Words names;
    FlatTable inputs{"inputs", {"path", "sha256", "kind"}, {}};
};

Books books(po::variables_map const& v, Surroundings const& around) {
    std::vector<fs::path> folders;
    if (v.count("prices") > 0) {
        for (auto const& folder : v["prices"].as<Words>()) folders.emplace_back(folder);
    }
    folders.insert(folders.end(), around.price_folders.begin(), around.price_folders.end());
    Books read;
    if (v.count("book") > 0) read.names = v["book"].as<Words>();
    if (read.names.empty()) {
        auto const newest = newest_shipped(folders);
        if (!newest) throw UsageError("no price book is installed (name one with --book)");
        read.names.push_back(*newest);
    }
    std::vector<fs::path> files;
    for (auto const& name : read.names) files.push_back(find_book(name, "", folders).value_or(name));
    read.book = load_price_books(files);
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::string fault;
        auto const bytes = read_bounded(files[i], largest_book, fault);
        read.inputs.rows.push_back({read.names[i], bytes ? FlatCell{sha256(*bytes)} : FlatCell{}, "price book"});
    }
    return read;
}

/// What gives the same result again, without the files that it is written to.
std::string command_line(po::variables_map const& v) {
    constexpr std::array names{"option",       "at",        "lane",     "region",       "format-in",
                               "columns",      "time-unit", "skip-bad", "cache-blocks", "cache-lifetime",
                               "block-tokens", "no-cache",  "tier",     "retries",      "book"};
    return "replay " + shell_word(v["files"].as<Words>().front()) + given_options(v, names);
}

std::string render(Replayed const& result, ReplaySettings const& settings, po::variables_map const& v,
                   Books const& read, Surroundings const& around) {
    auto const format = v["format"].as<std::string>();
    auto const book_names = fmt::format("{}", fmt::join(read.names, ", "));
    if (format == "table") {
        bool const to_terminal = around.out_is_terminal && v["out"].as<std::string>().empty();
        auto const width = to_terminal ? std::clamp(around.width, 60, 140) : 100;
        return replay_screen(result, settings, book_names, static_cast<std::size_t>(width));
    }
    if (format == "markdown") return replay_markdown(result, settings, book_names);
    auto tables = replay_tables(result, settings);
    tables.insert(tables.begin(), read.inputs);
    if (format == "json") return to_json("runrate/replay/1", command_line(v), tables);
    auto const& name = v["table"].as<std::string>();
    return to_csv(*std::find_if(tables.begin(), tables.end(), [&](FlatTable const& t) { return t.name == name; }));
}

void check_output(po::variables_map const& v) {
    constexpr std::array<std::string_view, 4> formats{"table", "json", "csv", "markdown"};
    parse_word(formats, "format", v["format"].as<std::string>());
    constexpr std::array<std::string_view, 13> tables{"inputs",   "trace",   "options", "meters",   "lines",
                                                      "minutes",  "cache",   "limits",  "refusals", "models",
                                                      "unpriced", "skipped", "notes"};
    parse_word(tables, "table", v["table"].as<std::string>());
}

}  // namespace

Exit replay_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    auto const parsed = parse_arguments("runrate replay TRACE --option MODEL [--option MODEL ...] [options]",
                                        replay_options(), arguments, around, Positional::files);
    if (!parsed) return around.out << "\n" << formats_text, Exit::ok;
    auto const& v = *parsed;
    auto const files = v.count("files") > 0 ? v["files"].as<Words>() : Words{};
    if (files.size() != 1) throw UsageError("one trace is replayed (runrate replay TRACE --option vendor/model)");
    check_output(v);
    auto const settings = settings_of(v);
    auto const how = trace_settings(v);
    auto const read = books(v, around);
    Trace trace{ByteSource{files[0], around.in}, how};
    check_combination(v, trace, settings);
    ProgressBar bar{around.err, around.err_is_terminal, around.width};
    std::uint64_t asked = 0;
    auto const stop = [&] {
        bar.show(fmt::format("{:.1f} million rows", static_cast<double>(++asked * rows_between_stops) * 1e-6));
        return around.stop && around.stop();
    };
    auto const result = [&] {
        try {
            return replay(trace, *read.book, settings, stop);
        } catch (std::invalid_argument const& e) { throw UsageError(e.what()); }
    }();
    bar.clear();
    deliver(v["out"].as<std::string>(), render(result, settings, v, read, around), around);
    return Exit::ok;
}

}  // namespace runrate
