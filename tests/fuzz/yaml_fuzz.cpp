#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/diagnostics.h"
#include "yaml/node.h"

/// Whatever the bytes, reading stays inside its limits and ends; and what reads without an error is written so that it
/// reads as the same tree.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    using namespace runrate;
    std::string const text(reinterpret_cast<char const*>(bytes), size);
    ReadLimits const limits{.bytes = 1 << 16, .nodes = 5'000, .depth = 32};
    Diagnostics log;
    auto const tree = parse_yaml(log.add_source("fuzz.yaml", text), text, log, limits);
    auto const rendered = log.render();
    if (log.has_errors()) return rendered.empty() ? (std::abort(), 1) : 0;
    for (int const flow_below : {0, 2, 100}) {
        auto const written = emit_yaml(tree, flow_below);
        Diagnostics second;
        auto const again = parse_yaml(second.add_source("written.yaml", written), written, second);
        if (second.has_errors() || !(again == tree)) std::abort();
    }
    return 0;
}
