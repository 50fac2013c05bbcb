// Any bytes are a price collection or an error; what is imported reads back as it is written.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "billing/import.h"
#include "core/diagnostics.h"
#include "scenario/sections.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace runrate;
    if (size == 0) return 0;
    std::string const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const format = data[0] % 2 == 0 ? PriceFormat::genai_prices : PriceFormat::litellm;
    try {
        ImportTerms const terms{Date{std::chrono::days{20000}}, "fuzz", {}};
        auto const imported = import_prices(format, "fuzz.json", bytes, terms);
        Diagnostics log;
        PriceBook book;
        read_price_book("book.yaml", to_yaml(imported.book), log, book);
        if (!log.has_errors() && book.models != imported.book.models) std::abort();
    } catch (InputError const&) {}
    return 0;
}
