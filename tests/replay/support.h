#pragma once

#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/diagnostics.h"
#include "replay/replay.h"
#include "scenario/sections.h"

namespace runrate {

/// A price book from the rows of its models.
inline PriceBook book_of(std::string const& models) {
    Diagnostics log;
    PriceBook book;
    read_price_book("book.yaml", "schema: runrate/prices/1\ncurrency: USD\nmodels:\n" + models, log, book);
    EXPECT_EQ(log.render(), "");
    return book;
}

inline std::string const row = "from: 2026-01-01, as_of: 2026-01-01, source: x, ";

/// $1 and $2 per million tokens; $3 and $5 for prompts above 4,000.
inline PriceBook const& tiered_book() {
    static PriceBook const book =
        book_of("  v/tiered: {prices: [{" + row +
                "input: $1/M tokens, output: $2/M tokens, above: [{prompt: 4000 tokens, input: $3/M tokens, output: "
                "$5/M tokens}]}]}\n");
    return book;
}

inline ReplaySettings settings_for(std::vector<std::string> options) {
    ReplaySettings settings;
    settings.options = std::move(options);
    return settings;
}

/// A trace with the stream that it reads.
struct OpenTrace {
    explicit OpenTrace(std::string const& bytes, TraceSettings const& how = {})
        : in{bytes}, trace{ByteSource{"-", in}, how} {}

    std::istringstream in;
    Trace trace;
};

inline Replayed replayed(std::string const& bytes, PriceBook const& book, ReplaySettings const& settings,
                         TraceSettings const& how = {}) {
    OpenTrace open{bytes, how};
    return replay(open.trace, book, settings);
}

/// What is said of a trace that cannot be billed; nothing where it can.
inline std::string refusal(std::string const& bytes, TraceSettings const& how = {}) {
    try {
        replayed(bytes, tiered_book(), settings_for({"v/tiered"}), how);
    } catch (InputError const& e) { return e.what(); }
    return "";
}

/// The path of a shared file; empty where RUNRATE_DATA is not set.
inline std::string data_path(std::string const& name) {
    auto const* const folder = std::getenv("RUNRATE_DATA");
    return folder ? std::string{folder} + "/traces/" + name : std::string{};
}

/// The quantity and the amount of a meter under an option, over all its lines.
inline std::pair<std::int64_t, std::int64_t> of_meter(OptionBill const& bill, Meter meter) {
    std::pair<std::int64_t, std::int64_t> sum{};
    for (auto const& line : bill.lines) {
        if (line.meter != meter) continue;
        sum.first += line.quantity;
        sum.second += line.amount.count();
    }
    return sum;
}

inline std::string const azure_header = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

}  // namespace runrate
