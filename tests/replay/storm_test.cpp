#include <algorithm>
#include <stdexcept>

#include "support.h"

namespace runrate {
namespace {

/// Chance enough to break files with.
class Storm {
public:
    std::size_t below(std::size_t n) {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::size_t>(state_ >> 33) % n;
    }

    /// The text with a few bytes changed, left out, put in, doubled or cut off.
    std::string over(std::string text) {
        using namespace std::string_view_literals;
        constexpr auto bytes = "\",{}[]:\\\n\r\0 -+.0123456789eEtx\xFF\xEF\x1f\x8b"sv;
        for (auto changes = 1 + below(4); changes > 0 && !text.empty(); --changes) {
            auto const at = below(text.size());
            switch (below(5)) {
                case 0: text[at] = bytes[below(bytes.size())]; break;
                case 1: text.erase(at, 1 + below(5)); break;
                case 2: text.insert(at, 1 + below(3), bytes[below(bytes.size())]); break;
                case 3: text.insert(at, text.substr(below(text.size()), below(40))); break;
                default: text.resize(text.size() - below(text.size() / 4 + 1)); break;
            }
        }
        return text;
    }

private:
    std::uint64_t state_ = 12345;
};

void check_sums(Replayed const& r, std::string const& text) {
    for (auto const& option : r.options) {
        std::int64_t prompt = 0, output = 0, nano = 0, requests = option.billed.requests;
        for (auto const& line : option.lines) {
            bool const generated = line.meter == Meter::output || line.meter == Meter::reasoning;
            if (counts_tokens(line.meter)) (generated ? output : prompt) += line.quantity;
            nano += line.amount.count();
        }
        if (option.limited) requests += option.limited->refusals.refused;
        for (auto const& row : option.unpriced) requests += row.count.requests;
        ASSERT_EQ(prompt, option.billed.prompt) << text;
        ASSERT_EQ(output, option.billed.output) << text;
        ASSERT_EQ(nano, option.total.count()) << text;
        ASSERT_EQ(requests + r.trace.failed.requests + r.trace.from_gateway.requests, r.trace.all.requests) << text;
    }
}

PriceBook const& limited_book() {
    static PriceBook const book = [] {
        auto limited = tiered_book();
        limited.limits = {{"v",
                           {{.name = "tier 1",
                             .as_of = {},
                             .source = "x",
                             .spend = {},
                             .limits = {{{"v/tiered"}, {.requests = 1, .input = 5000, .output = {}, .tokens = {}}}}}}}};
        return limited;
    }();
    return book;
}

/// Whatever becomes of a trace, it is billed to the last token or refused with a message.
void check_weather(std::string const& trace, TraceSettings const& how = {},
                   ReplaySettings settings = settings_for({"v/tiered", "logged"})) {
    Storm storm;
    int billed = 0, refused = 0;
    settings.cache_blocks = 3;
    for (int i = 0; i < 3000; ++i) {
        auto const text = storm.over(trace);
        settings.skip_bad = i % 2 == 0;
        try {
            check_sums(replayed(text, limited_book(), settings, how), text);
            ++billed;
        } catch (InputError const& e) {
            std::string_view const message = e.what();
            ASSERT_TRUE(message.starts_with("<stdin>:") && message.ends_with("\n")) << message;
            ASSERT_EQ(message.find_first_of(std::string_view{"\0\x1b\r", 3}), std::string_view::npos) << message;
            ++refused;
        }
    }
    EXPECT_GT(billed, 300);
    EXPECT_GT(refused, 300);
}

TEST(Storm, OverAzure) {
    check_weather(azure_header + "2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:04.0319600,3180,8\n");
}

TEST(Storm, OverLimits) {
    auto settings = settings_for({"v/tiered"});
    settings.tier = "tier 1";
    check_weather(azure_header + "2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:04.0319600,3180,8\n", {},
                  settings);
}

TEST(Storm, OverMooncake) {
    check_weather(
        "{\"timestamp\": 0, \"input_length\": 1200, \"output_length\": 5, \"hash_ids\": [0, 1, 2]}\n"
        "{\"timestamp\": 3000, \"input_length\": 1300, \"output_length\": 7, \"hash_ids\": [0, 1, 9]}\n");
}

std::string const spend =
    R"({"prompt_tokens": 1000, "completion_tokens": 30, "startTime": "2026-02-01T10:00:00Z", "model": "tiered",)"
    R"( "custom_llm_provider": "v", "spend": 0.01, "metadata": {"usage_object": {"service_tier": "default",)"
    R"( "prompt_tokens_details": {"cached_tokens": 640}}}})";

TEST(Storm, OverLitellm) {
    TraceSettings how;
    how.format = TraceFormat::litellm;
    check_weather(spend + "\n" + spend + "\n", how);
    check_weather("[" + spend + ",\n" + spend + "]\n", how);
}

TEST(Storm, OverAnyCsv) {
    TraceSettings how;
    how.columns = parse_columns("time=t,input=in,output=out,cache_read=old,model=m");
    check_weather("t,in,out,old,m\n1700000000.5,4000,10,\"30\",v/tiered\n1700000060,100,1,5,\"a \"\"b\"\"\"\n", how);
}

}  // namespace
}  // namespace runrate
