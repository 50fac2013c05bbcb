#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>

#include "support.h"

namespace runrate {
namespace {

std::string zipped(std::string const& bytes) {
    std::ostringstream out;
    boost::iostreams::filtering_streambuf<boost::iostreams::output> chain;
    chain.push(boost::iostreams::gzip_compressor{});
    chain.push(out);
    chain.sputn(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    chain.reset();
    return out.str();
}

TEST(BenchmarkFiles, GzipIsThePlainFile) { EXPECT_EQ(read_bytes(zipped(vllm_run)).rows.size(), 1U); }

TEST(BenchmarkFiles, BrokenOnesSayWhereAndWhatWouldDo) {
    EXPECT_EQ(refusal(""), "<stdin>: error: is empty (run the benchmark again)\n");
    EXPECT_EQ(refusal(" \n\n"), "<stdin>: error: is empty (run the benchmark again)\n");
    EXPECT_EQ(refusal("{\"date\": \"20250823\",\n \"model_id\": \"m"),
              "<stdin>:2:16: error: the JSON ends before it is complete (the file is cut off: write it again)\n");
    EXPECT_EQ(refusal("{\"a\": 1,\n \"b\": x}"),
              "<stdin>:2:7: error: this is not JSON (write the file again, or remove what is broken)\n");
    EXPECT_EQ(refusal(vllm_run + "\n{\"a\": 1,,}\n" + vllm_run),
              "<stdin>:8:9: error: this is not JSON (write the file again, or remove what is broken)\n");
    EXPECT_EQ(refusal("{\"a\": 1e999}"), "<stdin>:1: error: a number that no double can hold (remove it)\n");
    auto const gzip = zipped(vllm_run);
    EXPECT_EQ(refusal(gzip.substr(0, gzip.size() / 2)),
              "<stdin>: error: its gzip is damaged or cut off (gzip -t says where)\n");
}

TEST(BenchmarkFiles, OnesWithoutRowsAreSaidToHaveNone) {
    auto const read = read_bytes("concurrency,isl,osl,ttft_ms,tpot_ms\n");
    ASSERT_EQ(read.skipped.size(), 1U);
    EXPECT_EQ(read.skipped[0].rule, "holds no rows");
}

TEST(BenchmarkFiles, UnknownOnesSayWhatIsKnown) {
    std::string const message =
        "<stdin>: error: is no benchmark that is known (known: vllm bench serve, SGLang bench_serving, guidellm, "
        "AIPerf, "
        "genai-perf, CSV with concurrency, isl, osl, ttft_ms, tpot_ms, and logs of requests)\n";
    EXPECT_EQ(refusal("hello"), message);
    EXPECT_EQ(refusal("{}"), message);
    EXPECT_EQ(refusal("[1, [2], {\"experiments\": []}]"), message);
    EXPECT_EQ(refusal("time,tokens\n1,2\n"), message);
}

TEST(BenchmarkFiles, DeepBracketsAreNoHarm) {
    EXPECT_NE(refusal(std::string(1'000'000, '[')), "");
    EXPECT_NE(refusal(std::string(200'000, '[') + std::string(200'000, ']')), "");
}

TEST(BenchmarkFiles, MoreDocumentsThanRunsAreRefused) {
    std::string many;
    for (int i = 0; i < 1'000'002; ++i) many += "{}";
    EXPECT_EQ(refusal(many),
              "<stdin>: error: holds more values than benchmarks do (leave out what it says of each request)\n");
}

TEST(BenchmarkFiles, AMissingFileIsAnError) {
    EXPECT_THROW(read_benchmarks(std::filesystem::path{"no-such-file.json"}), InputError);
}

TEST(BenchmarkFolders, EveryKnownFileIsReadInOrderAndOthersCounted) {
    Folder const folder;
    folder.write("b.json", vllm_run);
    folder.write("a.csv", own_header + "16,1024,512,250,11.5,,m,g,fp8,4,vllm,1,2025-06-01\n");
    folder.write("c.json.gz", zipped(vllm_run));
    folder.write("notes.md", "# notes\n");
    folder.write("config.json", "{\"x\": 1}");
    folder.write("d/cut.json", vllm_run.substr(0, 100));
    folder.write("empty.json", "");
    auto const read = read_benchmarks(folder.path());
    ASSERT_EQ(read.rows.size(), 3U);
    EXPECT_EQ(read.rows[0].where, (folder.path() / "a.csv").string() + ":2");
    EXPECT_EQ(read.rows[2].where, (folder.path() / "c.json.gz").string());
    EXPECT_EQ(rules_of(read), std::string{unknown_benchmark_rule} +
                                  "\nthe file cannot be read\nthe file cannot be read\n" + unknown_benchmark_rule +
                                  "\n");
    EXPECT_EQ(read.skipped[1].where, (folder.path() / "d/cut.json").string());
    EXPECT_EQ(read.skipped[2].detail, "is empty (run the benchmark again)");
}

TEST(BenchmarkFolders, OneWithoutBenchmarksIsAnError) {
    Folder const folder;
    folder.write("notes.md", "# notes\n");
    EXPECT_THROW(read_benchmarks(folder.path()), InputError);
}

}  // namespace
}  // namespace runrate
