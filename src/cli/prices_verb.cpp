#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <ostream>

#include <fmt/format.h>

#include "billing/book_diff.h"
#include "billing/book_text.h"
#include "billing/import.h"
#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "core/diagnostics.h"
#include "report/csv.h"
#include "runrate/price_book.h"
#include "scenario/books.h"
#include "scenario/files.h"

namespace runrate {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;
constexpr std::size_t largest_collection = std::size_t{64} << 20;

Words files_of(po::variables_map const& v) { return v.count("files") > 0 ? v["files"].as<Words>() : Words{}; }

/// Books by name or path, looked up like those of a scenario; without any, the newest shipped one.
std::shared_ptr<PriceBook const> books(Words names, Surroundings const& around) {
    std::vector<fs::path> const folders{around.price_folders.begin(), around.price_folders.end()};
    if (names.empty()) {
        auto const newest = newest_shipped(folders);
        if (!newest) throw UsageError("no price book is installed (name one)");
        names.push_back(*newest);
    }
    std::vector<fs::path> files;
    for (auto const& name : names) files.push_back(find_book(name, "", folders).value_or(name));
    return load_price_books(files);
}

/// What a row has besides its base prices: `above 200000, batch, us 1.1x`.
std::string terms_text(PriceRow const& row) {
    Words words;
    for (auto const& tier : row.standard.tiers) words.push_back(fmt::format("above {}", tier.above.count()));
    if (row.batch) words.emplace_back("batch");
    if (row.flex) words.emplace_back("flex");
    if (row.priority) words.emplace_back("priority");
    if (!row.hours.empty()) words.emplace_back("hours");
    for (auto const& [name, factor] : row.regions) words.push_back(fmt::format("{} {}x", name, factor));
    if (row.per_request) words.emplace_back("fee per request");
    if (row.per_search) words.emplace_back("fee per search");
    if (row.storage) words.emplace_back("storage");
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string per_million(std::optional<TokenPrice> price) {
    if (!price) return "";
    auto const text = usd_text(*price);
    return text.substr(0, text.find('/'));
}

using Line = std::array<std::string, 7>;
Line const list_header{"model", "from", "input", "output", "cache_read", "as_of", "terms"};

std::vector<Line> list_lines(PriceBook const& book, std::string const& vendor) {
    std::vector<Line> lines;
    for (auto const& [id, model] : book.models) {
        if (!vendor.empty() && !id.starts_with(vendor + "/")) continue;
        for (auto const& row : model.rows) {
            auto const& base = row.standard.base;
            lines.push_back({id, to_string(row.from), per_million(base.input), per_million(base.output),
                             per_million(base.cache_read), to_string(row.as_of), terms_text(row)});
        }
    }
    return lines;
}

Words vendors_of(PriceBook const& book) {
    Words vendors;
    for (auto const& [id, model] : book.models) {
        auto const vendor = id.substr(0, id.find('/'));
        if (vendors.empty() || vendors.back() != vendor) vendors.push_back(vendor);
    }
    return vendors;
}

std::string as_csv(std::vector<Line> const& lines) {
    std::string text;
    for (auto const& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) text += (i > 0 ? "," : "") + csv_text(line[i]);
        text += '\n';
    }
    return text;
}

std::string as_columns(std::vector<Line> const& lines) {
    std::array<std::size_t, 7> widths{};
    for (auto const& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    }
    std::string text;
    for (auto const& line : lines) {
        std::string row;
        for (std::size_t i = 0; i < line.size(); ++i) {
            bool const amount = i >= 2 && i <= 4;
            row += amount ? fmt::format("{:>{}}  ", line[i], widths[i]) : fmt::format("{:<{}}  ", line[i], widths[i]);
        }
        text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

/// Age against today is a note: data never depends on the clock.
void note_age(PriceBook const& book, Surroundings& around) {
    auto const today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    std::size_t old = 0;
    for (auto const& [id, model] : book.models) old += (today - model.rows.back().as_of).count() > 90 ? 1 : 0;
    if (old > 0)
        around.err << fmt::format("{} of {} models were last checked more than 90 days ago\n", old, book.models.size());
}

Exit list(Words const& arguments, Surroundings& around) {
    po::options_description options{"options"};
    options.add_options()("format", po::value<std::string>()->default_value("table"), "table or csv")(
        "vendor", po::value<std::string>()->default_value(""), "only models of this vendor");
    auto const v =
        parse_arguments("runrate prices list [BOOK ...] [options]", options, arguments, around, Positional::files);
    if (!v) return Exit::ok;
    auto const format = (*v)["format"].as<std::string>();
    if (format != "table" && format != "csv") throw UsageError(fmt::format("unknown format '{}' (table, csv)", format));
    auto const book = books(files_of(*v), around);
    auto const vendor = (*v)["vendor"].as<std::string>();
    auto lines = list_lines(*book, vendor);
    if (lines.empty())
        throw UsageError(fmt::format("no model of '{}'{}", vendor, suggestion(vendor, vendors_of(*book), "known")));
    lines.insert(lines.begin(), list_header);
    deliver("", format == "csv" ? as_csv(lines) : as_columns(lines), around);
    note_age(*book, around);
    return Exit::ok;
}

Exit show(Words const& arguments, Surroundings& around) {
    auto const v = parse_arguments("runrate prices show MODEL [BOOK ...]", po::options_description{"options"},
                                   arguments, around, Positional::files);
    if (!v) return Exit::ok;
    auto names = files_of(*v);
    if (names.empty()) throw UsageError("which model? (runrate prices show vendor/model)");
    auto const model = names.front();
    names.erase(names.begin());
    auto const book = books(names, around);
    auto const at = book->models.find(model);
    if (at == book->models.end()) {
        Words known;
        for (auto const& [id, prices] : book->models) known.push_back(id);
        auto const near = nearest(model, known);
        throw UsageError(fmt::format("no price book prices '{}'{}", model,
                                     near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near)));
    }
    PriceBook one;
    one.models.insert(*at);
    deliver("", to_yaml(one), around);
    return Exit::ok;
}

Exit diff(Words const& arguments, Surroundings& around) {
    auto const v = parse_arguments("runrate prices diff OLD NEW", po::options_description{"options"}, arguments, around,
                                   Positional::files);
    if (!v) return Exit::ok;
    auto const names = files_of(*v);
    if (names.size() != 2) throw UsageError("two books are compared (runrate prices diff OLD NEW)");
    std::string text;
    for (auto const& line : differences(*books({names[0]}, around), *books({names[1]}, around))) text += line + "\n";
    deliver("", text.empty() ? "no difference\n" : text, around);
    return Exit::ok;
}

ImportTerms import_terms(po::variables_map const& v, std::string const& file) {
    auto const text = v["as-of"].as<std::string>();
    auto const as_of = parse_date(text);
    if (!as_of) throw UsageError(fmt::format("--as-of takes the day of the snapshot, 2026-07-25 (found '{}')", text));
    ImportTerms terms{*as_of, v["source"].as<std::string>(), {}};
    if (terms.source.empty()) terms.source = fs::path{file}.filename().string() + " (" + text + ")";
    if (v.count("vendor") > 0) terms.vendors = v["vendor"].as<Words>();
    return terms;
}

PriceFormat price_format(std::string const& text) {
    if (text == "genai-prices") return PriceFormat::genai_prices;
    if (text == "litellm") return PriceFormat::litellm;
    throw UsageError(fmt::format("unknown format '{}' (genai-prices, litellm)", text));
}

Exit import(Words const& arguments, Surroundings& around) {
    po::options_description options{"options"};
    options.add_options()("format", po::value<std::string>()->required(), "genai-prices or litellm")(
        "as-of", po::value<std::string>()->required(), "day of the snapshot, 2026-07-25")(
        "source", po::value<std::string>()->default_value(""), "what each row names as its source")(
        "vendor", po::value<Words>()->composing(), "only this vendor; may be repeated")(
        "out", po::value<std::string>()->default_value(""), "write there instead of standard output");
    auto const v = parse_arguments("runrate prices import FILE --format F --as-of DATE [options]", options, arguments,
                                   around, Positional::files);
    if (!v) return Exit::ok;
    auto const names = files_of(*v);
    if (names.size() != 1) throw UsageError("one file is imported (runrate prices import FILE ...)");
    std::string fault;
    auto const bytes = read_bounded(names[0], largest_collection, fault);
    if (!bytes) throw InputError(fmt::format("{}: error: cannot read it ({})\n", names[0], fault));
    auto const imported =
        import_prices(price_format((*v)["format"].as<std::string>()), names[0], *bytes, import_terms(*v, names[0]));
    for (auto const& note : imported.notes) around.err << note << '\n';
    deliver((*v)["out"].as<std::string>(), to_yaml(imported.book), around);
    return Exit::ok;
}

}  // namespace

Exit prices_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    std::string const action = arguments.empty() ? "" : arguments[0];
    Words const rest{arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end()};
    if (action == "list") return list(rest, around);
    if (action == "show") return show(rest, around);
    if (action == "diff") return diff(rest, around);
    if (action == "import") return import(rest, around);
    if (action == "--help" || action == "-h") {
        around.out << "usage: runrate prices list|show|diff|import [options]\n\n"
                      "  list [BOOK ...]    every dated price, with what else a row has\n"
                      "  show MODEL         all that a book says of one model\n"
                      "  diff OLD NEW       what changed from one book to another\n"
                      "  import FILE        prices of genai-prices or litellm as a book of ours\n";
        return Exit::ok;
    }
    throw UsageError(fmt::format("prices can list, show, diff or import{}",
                                 action.empty() ? "" : fmt::format(" (found '{}')", action)));
}

}  // namespace runrate
