#include "replay/litellm_row.h"
#include "replay/model_names.h"

#include "support.h"

namespace runrate {
namespace {

using namespace std::chrono_literals;

/// A row as litellm's API gives it.
std::string const plain =
    R"({"request_id": "chatcmpl-1", "call_type": "acompletion", "api_key": "88dc", "spend": 0.0123, "total_tokens": 1300,)"
    R"( "prompt_tokens": 1000, "completion_tokens": 300, "startTime": "2026-02-01T10:00:00.250000Z", "endTime": "x",)"
    R"( "model": "gpt-5-2025-08-07", "model_group": "gpt-5", "custom_llm_provider": "openai", "user": null,)"
    R"( "cache_hit": "False", "status": "success", "request_tags": ["a", {"b": ["}"]}], "messages": {"x": "\"]}"},)"
    R"( "metadata": {"usage_object": {"prompt_tokens": 1000, "service_tier": "priority",)"
    R"( "prompt_tokens_details": {"cached_tokens": 640, "audio_tokens": null},)"
    R"( "completion_tokens_details": {"reasoning_tokens": 200}}, "user_api_key": "s"}})";

TraceRequest first_of(std::string const& bytes) {
    OpenTrace open{bytes};
    TraceRequest request;
    RowFault fault;
    EXPECT_EQ(open.trace.next(request, fault), RowRead::row) << fault.text();
    EXPECT_EQ(open.trace.format(), TraceFormat::litellm);
    return request;
}

void expect_plain(TraceRequest const& r) {
    EXPECT_EQ(r.prompt, Tokens{1000});
    EXPECT_EQ(r.cache_read, Tokens{640});
    EXPECT_EQ(r.cache_write, Tokens{0});
    EXPECT_EQ(r.output, Tokens{300});
    EXPECT_EQ(r.reasoning, Tokens{200});
    EXPECT_EQ(r.model, "gpt-5-2025-08-07");
    EXPECT_EQ(r.vendor, "openai");
    EXPECT_EQ(r.lane, Lane::priority);
    EXPECT_EQ(r.spend, Money{12'300'000});
    EXPECT_EQ(r.fate, Fate::served);
    EXPECT_EQ(r.time, parse_time("2026-02-01 10:00:00.25"));
}

TEST(Litellm, ReadsLinesArraysPagesAndTheTableAlike) {
    expect_plain(first_of(plain + "\n" + plain + "\n"));
    expect_plain(first_of("[" + plain + "," + plain + "]"));
    expect_plain(first_of("[\r\n  " + plain + "\r\n]\r\n"));
    expect_plain(first_of("{\"data\": [" + plain + "], \"total\": 1, \"pages\": [{\"]\": \"}\"}]}\n"));
    expect_plain(first_of(
        "request_id,call_type,spend,prompt_tokens,completion_tokens,startTime,model,custom_llm_provider,cache_hit,"
        "status,"
        "metadata\n"
        "chatcmpl-1,acompletion,0.0123,1000,300,2026-02-01 10:00:00.25,gpt-5-2025-08-07,openai,False,success,"
        "\"{\"\"usage_object\"\": {\"\"service_tier\"\": \"\"priority\"\", \"\"prompt_tokens_details\"\":\n"
        " {\"\"cached_tokens\"\": 640}, \"\"completion_tokens_details\"\": {\"\"reasoning_tokens\"\": 200}}}\"\n"));
}

/// The cached tokens of a row with these fields and this metadata: read, written, written for an hour.
std::vector<std::int64_t> cached(std::string const& fields, std::string const& metadata) {
    auto const r = first_of(R"([{"prompt_tokens": 1000, "completion_tokens": 1, "startTime": "2026-02-01T10:00:00Z",)" +
                            fields + R"( "metadata": )" + metadata + "}]");
    return {r.cache_read.count(), r.cache_write.count(), r.cache_write_1h.count()};
}

TEST(Litellm, CachedTokensStandInOneOfSeveralPlaces) {
    using Counts = std::vector<std::int64_t>;
    std::string const usage = R"({"usage_object": {"cache_read_input_tokens": 5, "cache_creation_input_tokens": 7,)"
                              R"( "prompt_tokens_details": {"cached_tokens": 4, "cache_creation_tokens": 3}}})";
    EXPECT_EQ(cached("", usage), (Counts{5, 7, 0}));
    EXPECT_EQ(cached(R"("cache_read_input_tokens": 9, "cache_creation_input_tokens": null,)", usage),
              (Counts{9, 7, 0}));
    EXPECT_EQ(
        cached("", R"({"additional_usage_values": {"cache_read_input_tokens": 6, "cache_creation_input_tokens": 2}})"),
        (Counts{6, 2, 0}));
    EXPECT_EQ(
        cached("", R"({"usage_object": {"prompt_tokens_details": {"cached_tokens": 4, "cache_creation_tokens": 30,)"
                   R"( "cache_creation_token_details": {"ephemeral_1h_input_tokens": 20}}}})"),
        (Counts{4, 10, 20}));
    EXPECT_EQ(cached("", R"("{\"usage_object\": {\"cache_read_input_tokens\": 8}}")"), (Counts{8, 0, 0}))
        << "metadata as text";
    EXPECT_EQ(cached("", "null"), (Counts{0, 0, 0}));
}

TEST(Litellm, WhatFailedOrCameFromTheGatewayIsNotBilled) {
    auto const row_of = [](std::string const& fields) {
        return R"({"prompt_tokens": 1000, "completion_tokens": 10, "startTime": "2026-02-01T10:00:00Z", "model": "tiered")" +
               fields + "}\n";
    };
    auto const r = replayed(row_of("") + row_of(R"(, "status": "failure")") + row_of(R"(, "cache_hit": "True")") +
                                row_of(R"(, "cache_hit": true)") + row_of(R"(, "metadata": {"status": "failure"})"),
                            tiered_book(), settings_for({"v/tiered"}));
    EXPECT_EQ(r.trace.all.requests, 5);
    EXPECT_EQ(r.trace.failed.requests, 2);
    EXPECT_EQ(r.trace.from_gateway.requests, 2);
    EXPECT_EQ(r.options[0].billed.requests, 1);
    EXPECT_EQ(r.options[0].total, Money{1'020'000});
    ASSERT_EQ(r.peaks.size(), 3u);
    EXPECT_EQ(r.peaks[0].most, 3) << "a failed request counts towards limits, an answer of the gateway does not";
}

TEST(Litellm, EachWrongRowHasItsMessage) {
    auto const said = [](std::string const& object) { return refusal("[\n" + object + "\n]"); };
    std::string const at = "<stdin>:2: error: ";
    EXPECT_EQ(said(R"({"completion_tokens": 1, "startTime": "2026-02-01T10:00:00Z"})"), at + "lacks 'prompt_tokens'\n");
    EXPECT_EQ(said(R"({"prompt_tokens": 1, "startTime": "2026-02-01T10:00:00Z"})"), at + "lacks 'completion_tokens'\n");
    EXPECT_EQ(said(R"({"prompt_tokens": 1, "completion_tokens": 1})"), at + "lacks 'startTime'\n");
    EXPECT_EQ(said(R"({"prompt_tokens": 1, "completion_tokens": 1, "startTime": "now"})"),
              at + "'startTime' is no time (found 'now')\n");
    EXPECT_EQ(said(R"({"prompt_tokens": "1"})"), at + "'prompt_tokens' is no whole number\n");
    EXPECT_EQ(said(R"({"prompt_tokens": -1})"), at + "'prompt_tokens' is negative (found -1)\n");
    EXPECT_EQ(said(R"({"prompt_tokens": 18446744073709551615})"),
              at + "'prompt_tokens' is beyond a billion tokens (found 9223372036854775807)\n");
    EXPECT_EQ(said(R"({"prompt_tokens": 1.5})"), at + "'prompt_tokens' is no whole number (found '1.5')\n");
    EXPECT_EQ(said(R"({"model": 5})"), at + "'model' is no text\n");
    EXPECT_EQ(said(R"({"model": ")" + std::string(300, 'm') + R"("})"), at + "'model' is longer than 200 bytes\n");
    EXPECT_EQ(said(R"({"spend": 1e300})"), at + "'spend' is no amount of dollars\n");
    EXPECT_EQ(said(R"({"prompt_tokens": 1,})"), at + "is no JSON (at byte 21)\n");
    EXPECT_EQ(said(R"({"metadata": "{]"})"), at + "'metadata' is no JSON (at byte 2)\n");
    EXPECT_EQ(said("{\"a\": " + std::string(70, '[') + std::string(70, ']') + "}"), at + "is nested deeper than 64\n");
}

TEST(Litellm, AnArrayThatIsBrokenSaysWhere) {
    std::string const cut = " error: the array does not end (is the file cut off?)\n";
    EXPECT_EQ(refusal("[" + plain), "<stdin>:1:" + cut);
    EXPECT_EQ(refusal("[" + plain + ",\n"), "<stdin>:2:" + cut);
    EXPECT_EQ(refusal("[\n" + plain.substr(0, 100)), "<stdin>:2:" + cut);
    EXPECT_EQ(refusal("[1]"), "<stdin>:1: error: expected an object (a row of the array)\n");
    EXPECT_EQ(refusal("[" + plain + "\n" + plain + "]"),
              "<stdin>:2: error: expected ',' or ']' after an object of the array\n");
    EXPECT_EQ(refusal("[" + plain + "]\n[" + plain + "]"),
              "<stdin>:2: error: text stands after the end of the array (one array a file)\n");
    EXPECT_EQ(refusal("{\"data\": 5}"), "<stdin>:1: error: is no array of objects\n");
    EXPECT_EQ(refusal("{\"data\": [" + plain + "]"), "<stdin>:1:" + cut);
}

TEST(Litellm, NamesAreFoundByIdThenVendorThenEnding) {
    std::string const prices = ": {prices: [{" + row + "input: $1/M tokens}]}\n";
    auto const book = book_of("  openai/gpt-5" + prices + "  google/gemini-3" + prices + "  groq/oss" + prices +
                              "  fireworks/oss" + prices + "  anthropic/sonnet-4-5" + prices);
    ModelNames const names{book};
    auto const found = [&](std::string_view model, std::string_view vendor) {
        auto const m = names.find(model, vendor);
        return fmt::format("{} {}", match_names[static_cast<std::size_t>(m.how)], m.prices ? m.prices->id : "-");
    };
    EXPECT_EQ(found("openai/gpt-5", "azure"), "exact openai/gpt-5");
    EXPECT_EQ(found("gpt-5", "openai"), "vendor openai/gpt-5");
    EXPECT_EQ(found("gpt-5-2025-08-07", "azure"), "vendor openai/gpt-5");
    EXPECT_EQ(found("gemini/gemini-3", ""), "vendor google/gemini-3");
    EXPECT_EQ(found("gemini-3", "vertex_ai"), "vendor google/gemini-3");
    EXPECT_EQ(found("sonnet-4-5-20250929", "vertex_ai"), "suffix anthropic/sonnet-4-5");
    EXPECT_EQ(found("sonnet-4-5@20250929", "vertex_ai"), "suffix anthropic/sonnet-4-5");
    EXPECT_EQ(found("accounts/fireworks/models/oss", "fireworks_ai"), "vendor fireworks/oss");
    EXPECT_EQ(found("oss", "hosted"), "ambiguous -");
    EXPECT_EQ(found("gpt-5-mini", "openai"), "none -");
    EXPECT_EQ(found("pt-5", ""), "none -") << "an ending is a whole name";
    EXPECT_EQ(found("", "openai"), "none -");
}

}  // namespace
}  // namespace runrate
