#include "cli/arguments.h"

#include <charconv>
#include <istream>
#include <iterator>
#include <ostream>

#include <fmt/format.h>

#include "cli/verbs.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

std::optional<double> number_of(std::string_view text) {
    double value = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<po::variables_map> parse_arguments(std::string const& usage, po::options_description const& options,
                                                 std::vector<std::string> const& arguments, Surroundings& around,
                                                 Positional kind) {
    po::options_description all = options;
    all.add_options()("help,h", "print this help");
    po::options_description hidden;
    hidden.add_options()("scenario", po::value<std::string>())("files", po::value<std::vector<std::string>>());
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
    return values;
}

void add_scenario_options(po::options_description& options) {
    options.add_options()(
        "set", po::value<std::vector<std::string>>()->composing()->value_name("PATH=VALUE"),
        "change one value of the scenario, for instance features.chat.session.turns=12; may be repeated")(
        "prices", po::value<std::vector<std::string>>()->composing()->value_name("FOLDER"),
        "look for price books there too, before the shipped ones");
}

LoadedScenario load_argument(po::variables_map const& values, Surroundings& around) {
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
    return load_scenario(source);
}

double parse_share(std::string const& name, std::string const& text, double most) {
    bool const percent = text.ends_with('%');
    auto const value = number_of(percent ? std::string_view{text}.substr(0, text.size() - 1) : std::string_view{text});
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

double parse_scale(std::string const& text) {
    auto const value =
        number_of(text.ends_with('x') ? std::string_view{text}.substr(0, text.size() - 1) : std::string_view{text});
    if (!value || !(*value > 0 && *value <= 1e9))
        throw UsageError(fmt::format("--scale takes a factor such as 10 (found '{}')", text));
    return *value;
}

}  // namespace runrate
