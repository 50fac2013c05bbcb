#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "run_cli.h"
#include "runrate/version.h"

namespace runrate {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Program, SaysWhatItIsAndWhichVersion) {
    EXPECT_THAT(run_cli({"--help"}).out, HasSubstr("runrate run mine.yaml"));
    EXPECT_EQ(run_cli({"--version"}).out, std::string{"runrate "} + version() + "\n");
}

TEST(Program, AnUnknownVerbIsBadInputAndNamesTheNearest) {
    auto const ran = run_cli({"rnu", "x.yaml"});
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(ran.err, "runrate: unknown verb 'rnu' (did you mean 'run'?)\n");
}

TEST(Program, AnUnknownOptionIsBadInput) {
    auto const ran = run_cli({"run", "-", "--word", "3"}, first_scenario());
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_THAT(ran.err, HasSubstr("unrecognised option '--word'"));
}

TEST(Program, AMissingFileIsBadInput) {
    auto const ran = run_cli({"run", "absent.yaml"});
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_EQ(ran.err, "absent.yaml: error: no such file\n");
}

TEST(Program, WorldsThatAreNoPowerOfTwoNameTheNextNumber) {
    auto const ran = run_cli({"run", "-", "--worlds", "100"}, first_scenario());
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_EQ(ran.err, "runrate: --worlds takes 8 groups of a power of two (128 is the next; at most 16384)\n");
}

TEST(Program, UnknownFormatsTablesPeriodsTagsAndOptionsAreRefusedWithWhatIsKnown) {
    auto const refused = [](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"run", "-", "--worlds", "64"});
        auto const ran = run_cli(arguments, first_scenario());
        EXPECT_EQ(ran.code, Exit::bad_input);
        EXPECT_EQ(ran.out, "");
        return ran.err;
    };
    EXPECT_EQ(refused({"--format", "xml"}), "runrate: unknown format 'xml' (table, json, csv, markdown)\n");
    EXPECT_THAT(refused({"--table", "costs"}), HasSubstr("no table 'costs' (known: inputs, scenario, options"));
    EXPECT_THAT(refused({"--period", "2031-01"}), HasSubstr("no period '2031-01' in the result (known: 2026-09"));
    EXPECT_THAT(refused({"--by", "planet"}),
                HasSubstr("no by 'planet' in the result (known: environment, team, feature)"));
    EXPECT_THAT(refused({"--option", "huge"}), HasSubstr("no option 'huge' in the scenario"));
    EXPECT_THAT(refused({"--until", "2"}), HasSubstr("--until"));
}

TEST(Program, InitLintAndRunWorkTogether) {
    auto const lint = run_cli({"lint", "-"}, first_scenario());
    EXPECT_EQ(lint.code, Exit::ok) << lint.err;
    EXPECT_EQ(lint.out, "");
    auto const resolved = run_cli({"lint", "-", "--resolved"}, first_scenario());
    EXPECT_THAT(resolved.out, HasSubstr("gaps_cv: 1 # default"));
    auto const ran = run_cli({"run", "-", "--worlds", "64"}, first_scenario());
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("My chat feature"));
    EXPECT_THAT(ran.out, HasSubstr("How far to trust it"));
}

TEST(Program, EveryFormatIsWhatItSays) {
    auto const json = run_cli({"run", "-", "--worlds", "64", "--format", "json"}, first_scenario());
    auto const document = nlohmann::json::parse(json.out);
    EXPECT_EQ(document["schema"], "runrate/result/1");
    EXPECT_EQ(document["worlds"], 64);
    EXPECT_TRUE(document["breakeven"].is_array());
    auto const csv =
        run_cli({"run", "-", "--worlds", "64", "--format", "csv", "--table", "cost_lines"}, first_scenario());
    EXPECT_THAT(csv.out, StartsWith("option,scale,period,line,"));
    auto const markdown = run_cli({"run", "-", "--worlds", "64", "--format", "markdown"}, first_scenario());
    EXPECT_THAT(markdown.out, StartsWith("# My chat feature"));
}

/// Of `large` at 1x over the horizon.
nlohmann::json horizon_cost() {
    auto const json = run_cli({"run", "-", "--worlds", "64", "--format", "json"}, first_scenario()).out;
    auto const document = nlohmann::json::parse(json);
    for (auto const& row : document["cost"]) {
        if (row["option"] == "large" && row["scale"] == 1 && row["period"] == "horizon" && row["view"] == "accrual")
            return row;
    }
    throw std::runtime_error("no such row");
}

TEST(Program, AGateThatIsBreachedOrUndecidedSetsTheExitCode) {
    auto const with_bound = [](std::string const& percentile, double bound) {
        return run_cli({"run", "-", "--worlds", "64", "--set",
                        fmt::format("gates=[{{total: {{option: large, scale: 1, period: horizon{}}}, below: ${:.2f}}}]",
                                    percentile, bound)},
                       first_scenario())
            .code;
    };
    EXPECT_EQ(with_bound("", 1e6), Exit::ok);
    EXPECT_EQ(with_bound("", 10), Exit::gate_breached);
    auto const row = horizon_cost();
    EXPECT_EQ(with_bound("", row["mean"]), Exit::inconclusive);
    for (auto const* p : {"5", "95"}) {
        double const value = row[std::string{"p"} + p];
        double const half = row[fmt::format("p{}_half", p)];
        EXPECT_EQ(with_bound(fmt::format(", p: {}", p), value), Exit::inconclusive) << p;
        EXPECT_EQ(with_bound(fmt::format(", p: {}", p), value + 1.01 * half), Exit::ok) << p;
        EXPECT_EQ(with_bound(fmt::format(", p: {}", p), value - 1.01 * half), Exit::gate_breached) << p;
    }
    EXPECT_EQ(with_bound(", p: 50", row["p50"]), Exit::inconclusive);
    EXPECT_EQ(with_bound(", p: 50", row["p95"]), Exit::ok);
}

TEST(Program, AnInterruptedRunSaysSoAndNothingIsPrintedBeforeTwoGroups) {
    int asked = 0;
    auto const late = run_cli({"run", "-", "--threads", "1", "--worlds", "64", "--format", "json"}, first_scenario(),
                              [&] { return ++asked > 30; });
    EXPECT_EQ(late.code, Exit::interrupted);
    EXPECT_EQ(nlohmann::json::parse(late.out)["status"], "partial");
    auto const early = run_cli({"run", "-", "--worlds", "64"}, first_scenario(), [] { return true; });
    EXPECT_EQ(early.code, Exit::interrupted);
    EXPECT_EQ(early.out, "");
}

std::string bytes_of(std::filesystem::path const& path) {
    std::ifstream in{path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(Program, AFileIsWrittenWholeOrNotAtAll) {
    auto const folder = std::filesystem::path{testing::TempDir()} / "runrate_out";
    std::filesystem::create_directories(folder);
    auto const file = folder / "result.json";
    std::filesystem::remove(file);
    auto const ran =
        run_cli({"run", "-", "--worlds", "64", "--format", "json", "--out", file.string()}, first_scenario());
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_EQ(bytes_of(file), run_cli({"run", "-", "--worlds", "64", "--format", "json"}, first_scenario()).out);
    auto const before = bytes_of(file);
    EXPECT_EQ(run_cli({"run", "-", "--set", "calendar.months=zero", "--out", file.string()}, first_scenario()).code,
              Exit::bad_input);
    EXPECT_EQ(bytes_of(file), before);
    auto const nowhere =
        run_cli({"run", "-", "--worlds", "64", "--out", (folder / "no/such/folder.json").string()}, first_scenario());
    EXPECT_EQ(nowhere.code, Exit::failure);
    EXPECT_THAT(nowhere.err, HasSubstr("cannot be created"));
    std::size_t files = 0;
    for ([[maybe_unused]] auto const& entry : std::filesystem::directory_iterator{folder}) ++files;
    EXPECT_EQ(files, 1u) << "a temporary was left behind";
}

TEST(Program, ADeviceStaysADeviceAndALinkALink) {
    auto const folder = std::filesystem::path{testing::TempDir()} / "runrate_links";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    std::ofstream{folder / "target.json"} << "before";
    std::filesystem::create_symlink(folder / "target.json", folder / "link.json");
    auto const to = [](std::string const& file) {
        return run_cli({"run", "-", "--worlds", "64", "--format", "json", "--out", file}, first_scenario());
    };
    EXPECT_EQ(to((folder / "link.json").string()).code, Exit::ok);
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.json"));
    EXPECT_THAT(bytes_of(folder / "target.json"), StartsWith("{"));
    std::filesystem::create_symlink("/dev/null", folder / "device");
    EXPECT_EQ(to((folder / "device").string()).code, Exit::ok);
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(Program, RefusesWhatTheFormatWouldIgnore) {
    auto const said = [](std::vector<std::string> const& options) {
        std::vector<std::string> arguments{"run", "-"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        auto const ran = run_cli(arguments, first_scenario());
        EXPECT_EQ(ran.code, Exit::bad_input);
        return ran.err;
    };
    EXPECT_THAT(said({"--format", "json", "--by", "team"}), HasSubstr("--by shapes the screen"));
    EXPECT_THAT(said({"--format", "csv", "--period", "2026-12"}), HasSubstr("--period shapes the screen"));
    EXPECT_THAT(said({"--table", "cost_lines"}), HasSubstr("--table names a table of --format csv"));
    EXPECT_THAT(said({"--seed", "-1"}), HasSubstr("--seed takes a whole number from 0"));
    EXPECT_THAT(said({"--threads", "-1"}), HasSubstr("--threads takes a whole number from 0 to 1024 (found '-1')"));
}

TEST(Program, GatesOfWhatIsNotRunAreLeftOutAndOthersNamedOnStderr) {
    std::string const gates = "gates=[{total: {option: large, scale: 1}, below: $10}]";
    auto const without = run_cli({"run", "-", "--worlds", "64", "--scale", "10", "--set", gates}, first_scenario());
    EXPECT_EQ(without.code, Exit::ok) << without.err;
    auto const json = run_cli({"run", "-", "--worlds", "64", "--format", "json", "--set", gates}, first_scenario());
    EXPECT_EQ(json.code, Exit::gate_breached);
    EXPECT_THAT(json.err, HasSubstr("runrate: gate breach: total of large at 1x in horizon below 10 USD"));
}

TEST(Program, SamplesHaveAHeaderAndARowPerDraw) {
    auto const file = std::filesystem::path{testing::TempDir()} / "runrate_samples.csv";
    auto const ran = run_cli({"run", "-", "--worlds", "64", "--samples", file.string()}, first_scenario());
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    auto const text = bytes_of(file);
    EXPECT_THAT(text, StartsWith("group,world,price_draw,growth,answer,"));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 64 * 16);
}

TEST(Program, TheSchemaIsJson) {
    auto const schema = nlohmann::json::parse(run_cli({"schema"}).out);
    EXPECT_EQ(schema["title"], "runrate/scenario/1");
    EXPECT_TRUE(schema["properties"].contains("workflows"));
}

}  // namespace
}  // namespace runrate
