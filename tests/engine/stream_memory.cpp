// Serves a list that is never held: a million requests from a generator, after a tenth of them has shown how much
// memory an engine takes. Fails where the rest takes more.

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <string>

#include "engine/build.h"
#include "stat/distribution.h"
#include "stat/stream.h"

namespace runrate {
namespace {

constexpr long allowed_kib = 2048;  ///< pages that the allocator did not give back, not a byte per request

long resident_kib() {
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;)
        if (word == "VmRSS:") {
            long kib = 0;
            status >> kib;
            return kib;
        }
    return 0;
}

/// KiB by which memory grew over the last nine tenths of the list.
long growth_kib(Replica const& replica, std::uint64_t requests) {
    Stream s{{.seed = 4}};
    std::uint64_t read = 0, written = 0;
    long early = 0, most = 0;
    double at = 0;
    std::array<Extent, 3> extents;
    auto const source = [&](EngineRequest& r) {
        if (read == requests) return false;
        if (read++ == requests / 10) early = resident_kib();
        if (read % 50'000 == 0) most = std::max(most, resident_kib());
        at += sample(Exponential{0.12}, s);
        auto const session = static_cast<std::int64_t>(read / 8);
        extents = {Extent{1, 400},
                   Extent{2 + static_cast<std::uint64_t>(session), 1 + static_cast<std::int64_t>(read % 8) * 120},
                   Extent{1'000'000'000 + read, 8}};  // shorter than a block, and of this request alone
        r = {.arrival = seconds(at),
             .prompt_tokens = 409 + extents[1].tokens,
             .output_tokens = 1 + static_cast<std::int64_t>(sample(Exponential{150}, s)),
             .extents = extents};
        return true;
    };
    auto const totals = serve(source, replica, {}, [&](EngineOutcome const&) { ++written; });
    std::printf("%llu served, %lld preemptions, %lld tokens cached: %ld KiB at first, %ld KiB more\n",
                static_cast<unsigned long long>(written), static_cast<long long>(totals.preemptions),
                static_cast<long long>(totals.cached_tokens), early, most - early);
    return written == requests ? most - early : allowed_kib + 1;
}

}  // namespace
}  // namespace runrate

int main() {
    auto r = runrate::small_replica();
    auto const plain = runrate::growth_kib(r, 1'000'000);
    r.prefix_cache = true;
    r.kv_tokens = 200'000;
    auto const with_prefixes = runrate::growth_kib(r, 1'000'000);
    r.kv_tokens = 12'000;
    auto const under_pressure = runrate::growth_kib(r, 300'000);
    return plain > runrate::allowed_kib || with_prefixes > runrate::allowed_kib ||
           under_pressure > runrate::allowed_kib;
}
