// Any bytes are a trace or an error, by every reader; what is billed adds up.

#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <string>

#include "core/diagnostics.h"
#include "replay/replay.h"
#include "scenario/sections.h"

namespace {

using namespace runrate;

PriceBook const& prices() {
    static PriceBook const book = [] {
        Diagnostics log;
        PriceBook read;
        read_price_book(
            "book.yaml",
            "schema: runrate/prices/1\ncurrency: USD\nmodels:\n  v/m:\n    cache: {kind: automatic, minimum: "
            "600 tokens, step: 128 tokens}\n    prices: [{from: 2026-01-01, as_of: 2026-01-01, source: x, "
            "input: $1/M tokens, output: $2/M tokens, above: [{prompt: 2000 tokens, input: $3/M tokens, "
            "output: $4/M tokens}], batch: 0.5x, hours: [{from: \"22:00\", to: \"02:00\", price: 0.5x}]}]\n",
            log, read);
        return read;
    }();
    return book;
}

void check(Replayed const& r) {
    for (auto const& option : r.options) {
        std::int64_t prompt = 0, output = 0, nano = 0;
        for (auto const& line : option.lines) {
            bool const generated = line.meter == Meter::output || line.meter == Meter::reasoning;
            if (counts_tokens(line.meter)) (generated ? output : prompt) += line.quantity;
            nano += line.amount.count();
        }
        std::int64_t unpriced = 0;
        for (auto const& row : option.unpriced) unpriced += row.count.requests;
        auto const& t = r.trace;
        bool const whole =
            prompt == option.billed.prompt && output == option.billed.output && nano == option.total.count() &&
            option.billed.requests + unpriced + t.failed.requests + t.from_gateway.requests == t.all.requests;
        if (!whole) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::istringstream in{std::string(reinterpret_cast<char const*>(data) + 1, size - 1)};
    TraceSettings how;
    auto const kind = data[0] % 5;  // 4: recognised
    if (kind < 4) how.format = static_cast<TraceFormat>(kind);
    if (how.format == TraceFormat::csv)
        how.columns =
            parse_columns("time=t,input=in,output=out,cache_read=old,cache_write=new,reasoning=r,model=m,lane=l");
    ReplaySettings settings;
    settings.options = {"v/m", std::string{logged_option}};
    settings.skip_bad = data[0] % 2 == 0;
    settings.cache_blocks = 5;
    if (data[0] % 16 > 7) settings.day = TracePrices{};
    try {
        Trace trace{ByteSource{"-", in}, how};
        check(replay(trace, prices(), settings));
    } catch (InputError const&) {
    } catch (std::overflow_error const&) {}
    return 0;
}
