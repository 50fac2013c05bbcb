#include "replay/trace.h"

#include <filesystem>
#include <fstream>
#include <iostream>

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>

#include "support.h"

namespace runrate {
namespace {

using namespace std::chrono_literals;

std::string zipped(std::string const& bytes) {
    std::ostringstream out;
    boost::iostreams::filtering_streambuf<boost::iostreams::output> chain;
    chain.push(boost::iostreams::gzip_compressor{});
    chain.push(out);
    chain.sputn(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    chain.reset();
    return out.str();
}

std::string mooncake(int rows) {
    std::string text;
    for (int i = 0; i < rows; ++i)
        text +=
            fmt::format("{{\"timestamp\": {}, \"input_length\": {}, \"output_length\": 3, \"hash_ids\": [{}, 7]}}\n",
                        3000 * i, 600 + i, i % 5);
    return text;
}

/// The totals of a trace as text.
std::string totals(std::string const& bytes, TraceSettings const& how = {}) {
    auto const t = replayed(bytes, tiered_book(), settings_for({"v/tiered"}), how).trace;
    return fmt::format("{} {} {} {}", trace_format_names[static_cast<std::size_t>(t.format)], t.all.requests,
                       t.all.prompt, t.all.output);
}

TEST(Trace, AzureIsRecognisedAndRead) {
    OpenTrace open{azure_header + "2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:04.0319600,3180,8\n"};
    TraceRequest request;
    RowFault fault;
    ASSERT_EQ(open.trace.next(request, fault), RowRead::row);
    EXPECT_EQ(open.trace.format(), TraceFormat::azure);
    EXPECT_EQ(request.line, 2);
    EXPECT_EQ(request.prompt, Tokens{4808});
    EXPECT_EQ(request.output, Tokens{10});
    EXPECT_EQ(*request.time, TraceTime{Date{std::chrono::year{2023} / 11 / 16}} + 18h + 17min + 3s + 979'960us);
    ASSERT_EQ(open.trace.next(request, fault), RowRead::row);
    ASSERT_EQ(open.trace.next(request, fault), RowRead::end);
}

TEST(Trace, LineEndsAByteOrderMarkAndEmptyLinesChangeNothing) {
    std::string const rows = "2023-11-16 18:17:03,100,10\n2023-11-16 18:17:04,200,8\n";
    EXPECT_EQ(totals(azure_header + rows), "azure 2 300 18");
    EXPECT_EQ(totals("\xEF\xBB\xBF" + azure_header + rows), "azure 2 300 18");
    EXPECT_EQ(totals("\xEF\xBB\xBFTIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03,100,10\r\n\r\n"
                     "2023-11-16 18:17:04,200,8"),
              "azure 2 300 18");
    EXPECT_EQ(totals("\n\n" + azure_header + rows), "azure 2 300 18");
    EXPECT_EQ(totals("\xEF\xBB\xBF" + mooncake(2)), "mooncake 2 1201 6");
}

TEST(Trace, GzipIsThePlainFileAlsoInMembers) {
    auto const plain = mooncake(5000);
    auto const half = plain.find('\n', plain.size() / 2) - 17;  // within a row
    EXPECT_EQ(totals(plain), "mooncake 5000 15497500 15000");
    EXPECT_EQ(totals(zipped(plain)), totals(plain));
    EXPECT_EQ(totals(zipped(plain.substr(0, half)) + zipped("") + zipped(plain.substr(half))), totals(plain));
}

TEST(Trace, ADamagedGzipIsAnErrorAndNothingIsBilled) {
    auto const whole = zipped(mooncake(5000));
    std::string const damaged = "<stdin>: error: its gzip is damaged or cut off (gzip -t says where)\n";
    for (std::size_t cut : {std::size_t{3}, std::size_t{12}, whole.size() / 2, whole.size() - 9, whole.size() - 1})
        EXPECT_EQ(refusal(whole.substr(0, cut)), damaged) << cut;
    auto broken = whole;
    broken[broken.size() - 6] = static_cast<char>(broken[broken.size() - 6] ^ 0x55);  // of the checksum
    EXPECT_EQ(refusal(broken), damaged);
    EXPECT_EQ(refusal(whole + "rest"), damaged);
}

TEST(Trace, AFileThatIsNoneSaysSo) {
    std::string const unknown =
        "<stdin>: error: is no trace that is known (azure, mooncake or litellm by --format-in; --columns for another "
        "CSV)\n";
    EXPECT_EQ(refusal(""), "<stdin>: error: is empty\n");
    EXPECT_EQ(refusal(" \n\r\n"), "<stdin>: error: is empty\n");
    EXPECT_EQ(refusal(zipped("")), "<stdin>: error: is empty\n");
    EXPECT_EQ(refusal("hello"), unknown);
    EXPECT_EQ(refusal("{\"a\": 1}\n"), unknown);
    EXPECT_EQ(refusal(std::string(100, '\0')), unknown);
    EXPECT_EQ(refusal(azure_header), "<stdin>: error: holds no request that can be read\n");
    EXPECT_EQ(refusal("[]"), "<stdin>: error: holds no request that can be read\n");
}

std::string refused_file(std::string const& path) {
    try {
        Trace{ByteSource{path, std::cin}, {}};
    } catch (InputError const& e) { return e.what(); }
    return "";
}

TEST(Trace, AFileThatCannotBeReadSaysSo) {
    EXPECT_EQ(refused_file("absent.csv"), "absent.csv: error: no such file\n");
    EXPECT_EQ(refused_file("/"), "/: error: is a folder (a trace is a file)\n");
}

TEST(Trace, MissingColumnsAreNamed) {
    TraceSettings how;
    how.format = TraceFormat::azure;
    EXPECT_EQ(refusal("TIMESTAMP,ContextTokens\n1,2\n", how), "<stdin>:1: error: lacks the column 'GeneratedTokens'\n");
    how = {};
    how.columns = parse_columns("input=in,output=out");
    EXPECT_EQ(refusal("in,in,out\n1,2,3\n", how), "<stdin>:1: error: has the column 'in' twice\n");
    EXPECT_EQ(refusal("in,out\n1\n", how), "<stdin>:2: error: has not the header's 2 columns (found 1)\n");
    how = {};
    how.format = TraceFormat::csv;
    EXPECT_EQ(refusal("in,out\n1\n", how),
              "<stdin>: error: --columns says which column is which (time=ts,input=prompt,output=completion)\n");
}

struct Wrong {
    std::string row, message;
};

TEST(Trace, EachWrongAzureRowHasItsMessage) {
    for (auto const& [text, message] : {
             Wrong{"2023-11-16 18:17:03,-5,10", "'ContextTokens' is negative (found -5)"},
             Wrong{"2023-11-16 18:17:03,12.5,10", "'ContextTokens' is no whole number (found '12.5')"},
             Wrong{"2023-11-16 18:17:03,,10", "'ContextTokens' is empty"},
             Wrong{"2023-11-16 18:17:03,7,1000000001",
                   "'GeneratedTokens' is beyond a billion tokens (found 1000000001)"},
             Wrong{"2023-11-16 18:17:03,7,99999999999999999999",
                   "'GeneratedTokens' is beyond a billion tokens (found '99999999999999999999')"},
             Wrong{"2023-11-16 18:17:03,7,nan", "'GeneratedTokens' is no whole number (found 'nan')"},
             Wrong{"2023-02-30 18:17:03,7,1", "'TIMESTAMP' is no time (found '2023-02-30 18:17:03')"},
             Wrong{"2023-11-16 18:17:03,7", "has not the header's 3 columns (found 2)"},
             Wrong{"2023-11-16 18:17:03,7,1,1", "has not the header's 3 columns (found 4)"},
             Wrong{"2023-11-16 18:17:03,\x1b[31m,1", "'ContextTokens' is no whole number (found '?[31m')"},
             Wrong{"2023-11-16 18:17:03,7\"7,1", "a quote inside a field that does not begin with one"},
             Wrong{"2023-11-16 18:17:03,\"7\"7,1", "text after a closing quote"},
             Wrong{"2023-11-16 18:17:03,\"7,1", "a quote is never closed"},
         })
        EXPECT_EQ(refusal(azure_header + "2023-11-16 18:17:03,1,1\n" + text + "\n"),
                  "<stdin>:3: error: " + message + "\n");
}

TEST(Trace, EachWrongMooncakeRowHasItsMessage) {
    for (auto const& [text, message] : {
             Wrong{R"({"timestamp": 1, "input_length": 5})", "lacks 'output_length'"},
             Wrong{R"({"input_length": 5, "output_length": 5})", "lacks 'timestamp'"},
             Wrong{R"({"timestamp": 1, "input_length": -5, "output_length": 5})",
                   "'input_length' is negative (found -5)"},
             Wrong{R"({"timestamp": -1, "input_length": 5, "output_length": 5})", "'timestamp' is negative (found -1)"},
             Wrong{R"({"timestamp": 1, "input_length": 5e3, "output_length": 5})", "'input_length' is no whole number"},
             Wrong{R"({"timestamp": 1, "input_length": 99999999999999999999999, "output_length": 5})",
                   "'input_length' is no whole number"},
             Wrong{R"({"timestamp": 99999999999999, "input_length": 5, "output_length": 5})",
                   "'timestamp' is beyond the year 2200 (found 99999999999999)"},
             Wrong{R"({"timestamp": 1700000000000, "input_length": 5, "output_length": 5})",
                   "'timestamp' is a date where the first counts from zero (found 1700000000000)"},
             Wrong{R"({"timestamp": 1, "input_length": 5, "output_length": 5, "hash_ids": 7})",
                   "'hash_ids' is no list"},
             Wrong{R"({"timestamp": 1, "input_length": 5, "output_length": 5, "hash_ids": [-7]})",
                   "a hash id is no whole number from 0"},
             Wrong{R"({"timestamp": 1, "input_length": 5, "output_length": 5, "hash_ids": [[7]]})",
                   "a hash id is no whole number from 0"},
             Wrong{R"({"timestamp": 0, "input_length": 5, "output_length": 5})",
                   "'timestamp' goes back (blocks are replayed in order of time)"},
             Wrong{R"({"timestamp": 1, "input_length")", "is no JSON (at byte 32)"},
             Wrong{"[1, 2]", "is no JSON object"},
             Wrong{"7", "is no JSON object"},
             Wrong{std::string(100, '[') + std::string(100, ']'), "is no JSON object"},
             Wrong{"{\"a\": " + std::string(100, '[') + std::string(100, ']') + "}", "is nested deeper than 64"},
         })
        EXPECT_EQ(refusal("{\"timestamp\": 1, \"input_length\": 5, \"output_length\": 5}\n" + text + "\n"),
                  "<stdin>:2: error: " + message + "\n");
}

TEST(Trace, TwentyMistakesAreReportedAndThenNoMoreIsRead) {
    std::string text = azure_header;
    for (int i = 0; i < 100; ++i) text += "2023-11-16 18:17:03,x,1\n";
    std::string expected;
    for (int i = 2; i < 22; ++i)
        expected += fmt::format("<stdin>:{}: error: 'ContextTokens' is no whole number (found 'x')\n", i);
    EXPECT_EQ(refusal(text),
              expected + "(further rows were not looked at; --skip-bad counts and leaves out such rows)\n");
}

TEST(Trace, RowsThatAreLeftOutAreCountedByWhatIsWrong) {
    auto settings = settings_for({"v/tiered"});
    settings.skip_bad = true;
    auto const r = replayed(azure_header +
                                "2023-11-16 18:17:03,x,1\n2023-11-16 18:17:03,5,1\n"
                                "2023-11-16 18:17:03,y,1\nbad\n2023-11-16 18:17:04,\"7,1\n2023-11-16 18:17:05,9,1\n",
                            tiered_book(), settings);
    EXPECT_EQ(r.trace.all.requests, 2) << "a lost quote costs its own line only";
    EXPECT_EQ(r.trace.all.prompt, 14);
    ASSERT_EQ(r.skipped.size(), 3u);
    auto const& first = r.skipped.at("'ContextTokens' is no whole number");
    EXPECT_EQ(first.rows, 2);
    EXPECT_EQ(first.first_line, 2);
    EXPECT_EQ(first.example, "'ContextTokens' is no whole number (found 'x')");
    EXPECT_EQ(r.skipped.at("a quote is never closed").first_line, 6);
    EXPECT_EQ(r.skipped.at("has not the header's 3 columns").rows, 1);
}

TEST(Trace, ARecordWithoutEndIsRefusedBeforeItFillsTheMemory) {
    std::string const endless = azure_header + "2023-11-16 18:17:03,\"" + std::string(18u << 20, 'x');
    EXPECT_EQ(refusal(endless),
              "<stdin>:2: error: a record is longer than 16 MiB (is a quote or a bracket never closed?)\n");
    EXPECT_EQ(refusal(azure_header + std::string(5000, ',') + "\n"), "<stdin>:2: error: more than 4096 columns\n");
}

TEST(Trace, ColumnsOfAnyCsvAreNamedByAMap) {
    TraceSettings how;
    how.columns =
        parse_columns("time=when,fresh=new,output=out,cache_read=old,cache_write=kept,reasoning=thought,lane=how");
    OpenTrace open{
        "out,\"the \"\"name\"\", of it\",when,new,old,kept,thought,how\n"
        "30,\"a, \"\"b\"\"\n2\",1700000000.25,10,20.0,5,12,batch\n"
        "30,,1700000001,10,,,,\n",
        how};
    TraceRequest request;
    RowFault fault;
    ASSERT_EQ(open.trace.next(request, fault), RowRead::row) << fault.text();
    EXPECT_EQ(request.prompt, Tokens{35});
    EXPECT_EQ(request.cache_read, Tokens{20});
    EXPECT_EQ(request.cache_write, Tokens{5});
    EXPECT_EQ(request.output, Tokens{30});
    EXPECT_EQ(request.reasoning, Tokens{12});
    EXPECT_EQ(request.lane, Lane::batch);
    EXPECT_EQ(request.time, TraceTime{1'700'000'000s + 250ms});
    ASSERT_EQ(open.trace.next(request, fault), RowRead::row) << fault.text();
    EXPECT_EQ(request.line, 4) << "the first row has two lines";
    EXPECT_EQ(request.prompt, Tokens{10});
    EXPECT_EQ(request.lane, std::nullopt);
    EXPECT_FALSE(open.trace.relative());
}

std::string map_fault(std::string const& text) {
    try {
        parse_columns(text);
    } catch (std::invalid_argument const& e) { return e.what(); }
    return "";
}

TEST(Trace, AWrongMapSaysWhatIsWrong) {
    EXPECT_EQ(map_fault("input=a,output=b,tiem=c"),
              "unknown column 'tiem' (time, input, fresh, cache_read, cache_write, cache_write_1h, output, reasoning, "
              "model, lane)");
    EXPECT_EQ(map_fault("input=a"), "'output' is needed");
    EXPECT_EQ(map_fault("output=a"), "either 'input' (the whole prompt) or 'fresh' (without cached tokens) is needed");
    EXPECT_EQ(map_fault("input=a,input=b"), "'input' stands twice");
    EXPECT_EQ(map_fault("input=,output=b"), "'input' names no column (input=HEADER)");
    EXPECT_EQ(map_fault("input"), "'input' names no column (input=HEADER)");
}

TEST(Trace, PartsAreNoMoreThanTheWhole) {
    TraceSettings how;
    how.columns = parse_columns("time=t,input=in,output=out,cache_read=old,reasoning=r,lane=lane");
    auto const said = [&](std::string const& text) { return refusal("t,in,out,old,r,lane\n" + text + "\n", how); };
    EXPECT_EQ(said("5,10,5,11,,"), "<stdin>:2: error: cached tokens are more than the prompt (11 of 10)\n");
    EXPECT_EQ(said("5,10,5,10,6,"), "<stdin>:2: error: reasoning is more than the output (6 of 5)\n");
    EXPECT_EQ(said("5,10,5,1,1,fast"),
              "<stdin>:2: error: 'lane' is no lane (standard, batch, flex, priority) (found 'fast')\n");
    EXPECT_EQ(said("soon,10,5,1,1,"), "<stdin>:2: error: 't' is no time (found 'soon')\n");
    EXPECT_EQ(said("-5,10,5,1,1,"), "<stdin>:2: error: 't' is negative (found '-5')\n");
    EXPECT_EQ(said("99999999999999999999,10,5,1,1,"),
              "<stdin>:2: error: 't' is beyond the year 2200 (found '99999999999999999999')\n");
    EXPECT_EQ(said("2026-01-01 00:00:00+26:00,10,5,1,1,"),
              "<stdin>:2: error: 't' is no time (found '2026-01-01 00:00:00+26:00')\n");
}

TEST(Trace, TimesHaveOffsets) {
    EXPECT_EQ(parse_time("2026-01-01T02:00:00+02:00"), parse_time("2026-01-01 00:00:00Z"));
    EXPECT_EQ(parse_time("2025-12-31T22:30:00.5-0130"), parse_time("2026-01-01 00:00:00.500"));
    EXPECT_EQ(parse_time("2026-01-01T02:00:00.123456789999+02"), *parse_time("2026-01-01 00:00:00") + 123'456'789ns);
    for (auto const* wrong : {"2026-01-01", "2026-01-01 24:00:00", "1969-12-31 00:00:00", "2026-01-01 00:00:00 Z",
                              "2026-01-01 00:00:00.", "2201-01-01 00:00:00", "2026-01-01 00:00:00+2"})
        EXPECT_EQ(parse_time(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace runrate
