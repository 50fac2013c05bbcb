#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "run_cli.h"

namespace runrate {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string file_of(std::string const& name, std::string const& text) {
    auto const path = std::filesystem::path{testing::TempDir()} / name;
    std::ofstream{path} << text;
    return path.string();
}

std::string book(std::string const& rows) { return "schema: runrate/prices/1\ncurrency: USD\nmodels:\n" + rows; }

std::string const row = "from: 2026-01-01, as_of: 2026-01-01, source: x, ";

TEST(Prices, NamesTheVendorThatWasMeant) {
    auto const file = file_of("vendors.yaml", book("  corp/a: {prices: [{" + row + "input: $1/M tokens}]}\n"));
    auto const result = run_cli({"prices", "list", file, "--vendor", "crop"});
    EXPECT_EQ(result.code, Exit::bad_input);
    EXPECT_THAT(result.err, HasSubstr("no model of 'crop' (did you mean 'corp'?)"));
}

TEST(Prices, HelpOnImportsAsksForNothing) {
    auto const result = run_cli({"prices", "import", "--help"});
    EXPECT_EQ(result.code, Exit::ok);
    EXPECT_THAT(result.out, HasSubstr("--as-of"));
}

TEST(Init, KeepsAFileThatIsThere) {
    auto const file = file_of("mine.yaml", "my own work\n");
    auto const result = run_cli({"init", "--out", file});
    EXPECT_EQ(result.code, Exit::bad_input);
    EXPECT_THAT(result.err, HasSubstr("is there already"));
    std::ifstream in{file};
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>{in}, {}), "my own work\n");
}

TEST(Prices, ListsEveryRowWithItsTerms) {
    auto const file =
        file_of("list.yaml", book("  v/a: {prices: [{" + row +
                                  "input: $1/M tokens, output: $2.50/M tokens, batch: 0.5x, regions: {us: 1.1x}}]}\n"
                                  "  w/b: {prices: [{" +
                                  row + "input: $1/M tokens}]}\n"));
    auto const all = run_cli({"prices", "list", file});
    EXPECT_EQ(all.code, Exit::ok);
    EXPECT_EQ(all.out,
              "model  from        input  output  cache_read  as_of       terms\n"
              "v/a    2026-01-01     $1    $2.5              2026-01-01  batch, us 1.1x\n"
              "w/b    2026-01-01     $1      $0              2026-01-01\n");
    auto const csv = run_cli({"prices", "list", file, "--format", "csv", "--vendor", "v"});
    EXPECT_EQ(
        csv.out,
        "model,from,input,output,cache_read,as_of,terms\nv/a,2026-01-01,$1,$2.5,,2026-01-01,\"batch, us 1.1x\"\n");
}

TEST(Prices, ListsTheNewestShippedBookUnlessOneIsNamed) {
    auto const ran = run_cli({"prices", "list"});
    EXPECT_EQ(ran.code, Exit::ok);
    EXPECT_THAT(ran.out, HasSubstr("anthropic/claude-sonnet-4-5"));
    EXPECT_THAT(run_cli({"prices", "list", "articles.yaml"}).out, HasSubstr("article/strong"));
}

TEST(Prices, ShowsAModelAsItStandsInABook) {
    auto const shown = run_cli({"prices", "show", "anthropic/claude-sonnet-4-5"});
    EXPECT_THAT(shown.out, StartsWith("schema: runrate/prices/1\n"));
    auto const again = run_cli({"prices", "show", "anthropic/claude-sonnet-4-5", file_of("shown.yaml", shown.out)});
    EXPECT_EQ(again.out, shown.out) << again.err;
    auto const unknown = run_cli({"prices", "show", "openai/gpt5"});
    EXPECT_EQ(unknown.code, Exit::bad_input);
    EXPECT_EQ(unknown.err, "runrate: no price book prices 'openai/gpt5' (did you mean 'openai/gpt-5'?)\n");
}

TEST(Prices, EveryShippedModelReadsBackAsItIsWritten) {
    auto const listed = run_cli({"prices", "list", "--format", "csv"}).out;
    std::istringstream lines{listed};
    std::string line, last;
    std::getline(lines, line);
    int models = 0;
    while (std::getline(lines, line)) {
        auto const model = line.substr(0, line.find(','));
        if (model == last) continue;
        last = model;
        auto const shown = run_cli({"prices", "show", model}).out;
        EXPECT_EQ(run_cli({"prices", "show", model, file_of("one.yaml", shown)}).out, shown);
        ++models;
    }
    EXPECT_GE(models, 43);
}

TEST(Prices, SaysWhatChangedFromOneBookToAnother) {
    auto const before = file_of("before.yaml", book("  v/a: {prices: [{" + row +
                                                    "input: $1/M tokens, output: $2/M tokens, batch: 0.5x}]}\n"
                                                    "  v/b: {prices: [{" +
                                                    row + "input: $1/M tokens}]}\n"));
    auto const after =
        file_of("after.yaml", book("  v/a: {prices: [{" + row +
                                   "input: $3/M tokens, output: $2/M tokens, cache_read: $0.1/M tokens},\n"
                                   "    {from: 2026-05-01, as_of: 2026-04-01, source: y, input: $2/M tokens}]}\n"
                                   "  v/c: {prices: [{" +
                                   row + "input: $1/M tokens}]}\n"));
    EXPECT_EQ(run_cli({"prices", "diff", before, after}).out,
              "v/a from 2026-01-01: cache_read is new: $0.1/M tokens\n"
              "v/a from 2026-01-01: input $1/M tokens -> $3/M tokens\n"
              "v/a from 2026-01-01: batch is gone: {input: $0.5/M tokens, output: $1/M tokens}\n"
              "v/a: a new row from 2026-05-01: from: 2026-05-01, as_of: 2026-04-01, source: \"y\", input: $2/M tokens, "
              "output: $0/M tokens\n"
              "v/c: new, from: 2026-01-01, as_of: 2026-01-01, source: \"x\", input: $1/M tokens, output: $0/M tokens\n"
              "v/b: gone\n");
    EXPECT_EQ(run_cli({"prices", "diff", before, before}).out, "no difference\n");
}

TEST(Prices, ImportWritesABookAndSaysWhatItCannotHold) {
    auto const file = file_of(
        "data.json",
        R"([{"id": "v", "models": [{"id": "m", "prices": {"input_mtok": 1, "output_mtok": 2, "input_audio_mtok": 9}}]}])");
    auto const ran =
        run_cli({"prices", "import", file, "--format", "genai-prices", "--as-of", "2026-07-25", "--source", "s"});
    EXPECT_EQ(ran.code, Exit::ok);
    EXPECT_EQ(
        ran.out,
        "schema: runrate/prices/1\ncurrency: USD\nmodels:\n  v/m:\n    prices:\n"
        "      - {from: 2026-07-25, as_of: 2026-07-25, source: \"s\", input: $1/M tokens, output: $2/M tokens}\n");
    EXPECT_EQ(ran.err, "v/m: input_audio_mtok = 9 (no field for it)\n");
    auto const wrong = run_cli({"prices", "import", file, "--format", "litellm", "--as-of", "2026-07-25"});
    EXPECT_EQ(wrong.code, Exit::bad_input);
    EXPECT_EQ(run_cli({"prices", "import", file, "--format", "litellm", "--as-of", "July"}).err,
              "runrate: --as-of takes the day of the snapshot, 2026-07-25 (found 'July')\n");
}

TEST(Prices, SaysWhatItCanDo) {
    EXPECT_EQ(run_cli({"prices"}).err, "runrate: prices can list, show, diff or import\n");
    EXPECT_EQ(run_cli({"prices", "lst"}).err, "runrate: prices can list, show, diff or import (found 'lst')\n");
    EXPECT_THAT(run_cli({"prices", "--help"}).out, StartsWith("usage: runrate prices list|show|diff|import"));
}

}  // namespace
}  // namespace runrate
