#include "cli/arguments.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <istream>
#include <iterator>
#include <ostream>

#include <fmt/format.h>
#include <boost/algorithm/string/replace.hpp>

#include "cli/benchmark_arguments.h"
#include "cli/verbs.h"
#include "hardware/precision.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

/// The smallest number of worlds that is at least `wanted` and eight groups of a power of two.
std::uint32_t next_worlds(std::uint32_t wanted) {
    std::uint32_t n = 64;
    while (n < wanted && n < 16384) n *= 2;
    return n;
}

/// Refuses to write what is read: the scenario, or one of the files.
void refuse_overwriting(po::variables_map const& v, char const* name) {
    if (v.count(name) == 0) return;
    auto const& written = v[name].as<std::string>();
    std::vector<std::string> inputs;
    if (v.count("files") > 0) inputs = v["files"].as<std::vector<std::string>>();
    if (v.count("scenario") > 0) inputs.push_back(v["scenario"].as<std::string>());
    for (auto const& read : inputs) {
        std::error_code none;
        if (!written.empty() && std::filesystem::equivalent(written, read, none))
            throw UsageError(fmt::format("--{} would overwrite {}, which is read", name, read));
    }
}

}  // namespace

std::optional<po::variables_map> parse_arguments(std::string const& usage, po::options_description const& options,
                                                 std::vector<std::string> const& arguments, Surroundings& around,
                                                 Positional kind) {
    po::options_description all = options;
    all.add_options()("help,h", "print this help");
    po::options_description hidden;
    if (kind == Positional::files)
        hidden.add_options()("files", po::value<std::vector<std::string>>());
    else
        hidden.add_options()("scenario", po::value<std::string>());
    po::options_description known;
    known.add(all).add(hidden);
    po::positional_options_description positional;
    kind == Positional::files ? positional.add("files", -1) : positional.add("scenario", 1);
    auto const style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::variables_map values;
    po::store(po::command_line_parser(arguments).options(known).positional(positional).style(style).run(), values);
    if (values.count("help") > 0) {
        around.out << "usage: " << usage << "\n\n" << all;
        return std::nullopt;
    }
    po::notify(values);
    for (auto const* written : {"out", "outcomes", "samples"}) refuse_overwriting(values, written);
    return values;
}

void add_scenario_options(po::options_description& options) {
    options.add_options()(
        "set", po::value<std::vector<std::string>>()->composing()->value_name("PATH=VALUE"),
        "change one value of the scenario, for instance features.chat.session.turns=12; may be repeated")(
        "prices", po::value<std::vector<std::string>>()->composing()->value_name("FOLDER"),
        "look for price books there too, before the shipped ones")(
        "catalogue", po::value<std::vector<std::string>>()->composing()->value_name("FOLDER"),
        "look for gpus.yaml, models.yaml, engines.yaml and fits/ of pools there first");
}

ScenarioSource source_argument(po::variables_map const& values, Surroundings& around) {
    if (values.count("scenario") == 0) throw UsageError("no scenario given (a YAML file, or - for standard input)");
    ScenarioSource source;
    source.file = values["scenario"].as<std::string>();
    if (source.file == "-") source.text.assign(std::istreambuf_iterator<char>{around.in}, {});
    if (values.count("set") > 0) source.sets = values["set"].as<std::vector<std::string>>();
    if (values.count("prices") > 0) {
        for (auto const& folder : values["prices"].as<std::vector<std::string>>())
            source.price_folders.emplace_back(folder);
    }
    for (auto const& folder : around.price_folders) source.price_folders.emplace_back(folder);
    source.calibration_folders = calibration_folders(values, around);
    return source;
}

LoadedScenario load_argument(po::variables_map const& values, Surroundings& around) {
    return load_scenario(source_argument(values, around));
}

void add_world_options(po::options_description& options, char const* worlds) {
    auto const text = [](char const* value) { return po::value<std::string>()->default_value(value); };
    options.add_options()("worlds", worlds ? text(worlds) : po::value<std::string>(),
                          worlds ? "64, 128, 256, ..." : "how many worlds: 64, 128, 256 (default), 512, ...")(
        "seed", text("1"), "equal seeds give equal bytes")("threads", text("0"),
                                                           "0: as many as the machine has; never changes the result");
}

void read_world_options(po::variables_map const& v, StudySettings& settings) {
    settings.seed = parse_count("seed", v["seed"].as<std::string>(), UINT64_MAX);
    settings.threads = static_cast<unsigned>(parse_count("threads", v["threads"].as<std::string>(), 1024));
    if (v.count("worlds") == 0) return;
    auto const wanted = static_cast<std::uint32_t>(parse_count("worlds", v["worlds"].as<std::string>(), 1 << 30));
    if (next_worlds(wanted) != wanted)
        throw UsageError(fmt::format("--worlds takes 8 groups of a power of two ({} is the next; at most 16384)",
                                     next_worlds(wanted)));
    settings.worlds = wanted;
}

double parse_share(std::string const& name, std::string const& text, double most) {
    bool const percent = text.ends_with('%');
    auto const value =
        parse_number(percent ? std::string_view{text}.substr(0, text.size() - 1) : std::string_view{text});
    double const share = value ? *value * (percent ? 0.01 : 1) : -1;
    if (!(share > 0 && share <= most))
        throw UsageError(fmt::format("--{} takes a share such as 2% (found '{}')", name, text));
    return share;
}

std::uint64_t parse_count(std::string const& name, std::string const& text, std::uint64_t most) {
    std::uint64_t value = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size() || value > most)
        throw UsageError(fmt::format("--{} takes a whole number from 0 to {} (found '{}')", name, most, text));
    return value;
}

std::int64_t at_least_one(char const* name, po::variables_map const& v, std::uint64_t most) {
    auto const n = parse_count(name, v[name].as<std::string>(), most);
    if (n == 0) throw UsageError(fmt::format("--{} takes a whole number from 1 to {} (found '0')", name, most));
    return static_cast<std::int64_t>(n);
}

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

double number_within(po::variables_map const& v, char const* name, double low, double high, char const* wanted) {
    auto const& text = v[name].as<std::string>();
    auto const number = parse_number(text);
    if (!number || !(*number >= low && *number <= high))
        throw UsageError(fmt::format("--{} takes {} (found '{}')", name, wanted, text));
    return *number;
}

std::size_t parse_word(std::span<std::string_view const> known, std::string const& what, std::string const& word) {
    auto const at = std::find(known.begin(), known.end(), word);
    if (at == known.end()) throw UsageError(fmt::format("unknown {} '{}' ({})", what, word, fmt::join(known, ", ")));
    return static_cast<std::size_t>(at - known.begin());
}

Precision parse_precision(std::string const& text) {
    std::vector<std::string_view> names;
    for (auto const& known : precision_names) names.push_back(known.first);
    return precision_names[parse_word(names, "precision", text)].second;
}

void refuse_ignored(po::variables_map const& v, char const* name, std::string_view why) {
    if (v.count(name) > 0 && !v[name].defaulted()) throw UsageError(fmt::format("--{} {} (leave it out)", name, why));
}

std::string shell_word(std::string const& word) {
    bool const plain = !word.empty() && word.find_first_of(" '\"\\$`*?&|;<>()#~!\t\n") == std::string::npos;
    return plain ? word : "'" + boost::replace_all_copy(word, "'", "'\\''") + "'";
}

std::string given_options(po::variables_map const& v, std::span<char const* const> names) {
    std::string text;
    for (auto const* name : names) {
        if (v.count(name) == 0 || v[name].defaulted()) continue;
        auto const& value = v[name].value();
        if (auto const* words = boost::any_cast<std::vector<std::string>>(&value)) {
            for (auto const& word : *words) text += fmt::format(" --{} {}", name, shell_word(word));
        } else {
            auto const& word = v[name].as<std::string>();
            text += fmt::format(" --{}{}", name, word.empty() ? "" : " " + shell_word(word));
        }
    }
    return text;
}

double parse_scale(std::string const& text) {
    auto const value =
        parse_number(text.ends_with('x') ? std::string_view{text}.substr(0, text.size() - 1) : std::string_view{text});
    if (!value || !(*value > 0 && *value <= 1e9))
        throw UsageError(fmt::format("--scale takes a factor such as 10 (found '{}')", text));
    return *value;
}

}  // namespace runrate
