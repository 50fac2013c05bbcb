// Any bytes are benchmarks or an error; what is kept is finite and positive, and rules only take rows away.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "benchmark/read.h"
#include "benchmark/rules.h"
#include "core/diagnostics.h"

namespace {

using namespace runrate;

bool possible(std::optional<double> const& value) { return !value || (std::isfinite(*value) && *value > 0); }

bool possible(Measurement const& m) {
    bool const loaded =
        m.protocol == Protocol::saturated || m.protocol == Protocol::request_log || m.concurrency > 0 || m.request_rate;
    return loaded && m.prompt_tokens >= 1 && m.output_tokens >= 1 && possible(m.ttft_s) && possible(m.tpot_s) &&
           possible(m.e2e_s) && possible(m.output_tokens_per_s) && possible(m.request_rate);
}

void check(Benchmarks read) {
    for (auto const& m : read.rows)
        if (!possible(m)) std::abort();
    for (auto const& s : read.skipped)
        if (s.rule.empty() || s.where.empty()) std::abort();
    auto const before = read.rows.size();
    apply_general_rules(read, [](Setup const&) { return std::optional{SetupFacts{8e9, 1e15}}; });
    if (read.rows.size() > before) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::istringstream in{std::string(reinterpret_cast<char const*>(data), size)};
    try {
        check(read_benchmarks(ByteSource{"-", in}));
    } catch (InputError const&) {}
    return 0;
}
