#include "replay/prefix_caches.h"

#include <algorithm>

#include "replay/ledger.h"

namespace runrate {

PrefixRule prefix_rule(CacheRule const& vendor, std::optional<std::optional<std::chrono::nanoseconds>> lifetime) {
    using namespace std::chrono_literals;
    if (vendor.kind == CacheRule::Kind::none) return {};
    auto const own = std::chrono::nanoseconds{static_cast<std::int64_t>(vendor.lifetime_s * 1e9)};
    PrefixRule rule{.on = true,
                    .explicit_ = vendor.kind == CacheRule::Kind::explicit_,
                    .minimum = vendor.minimum,
                    .step = std::max(vendor.step, Tokens{1}),
                    .lifetime = lifetime.value_or(own)};
    bool const hour = rule.explicit_ && rule.lifetime && *rule.lifetime >= 1h;
    if (vendor.charges_writes) rule.rest = hour ? Meter::cache_write_1h : Meter::cache_write_5m;
    return rule;
}

std::size_t PrefixCaches::add(PrefixRule const& rule) {
    auto const same = [&](Store const& s) { return s.lifetime == rule.lifetime && s.minimum == rule.minimum; };
    auto const at = std::find_if(stores_.begin(), stores_.end(), same);
    uses_.push_back({rule, static_cast<std::size_t>(at - stores_.begin())});
    if (rule.on && at == stores_.end())
        stores_.push_back({rule.lifetime, rule.minimum, BlockCache{most_blocks_, rule.lifetime}, {}, {}});
    return uses_.size() - 1;
}

void PrefixCaches::use(TraceRequest const& request) {
    for (auto& store : stores_) {
        store.hit = Tokens{};
        auto& counts = store.counts;
        add_to(counts.blocks, static_cast<std::int64_t>(request.blocks.size()));
        add_to(counts.tokens, request.prompt.count());
        if (request.prompt < store.minimum) continue;
        auto const hits =
            static_cast<std::int64_t>(store.cache.use(request.blocks, request.time.value_or(TraceTime{})));
        store.hit = std::min(block_ * hits, request.prompt);
        add_to(counts.hit_blocks, hits);
        add_to(counts.hit_tokens, store.hit.count());
        counts.pushed_out = store.cache.pushed_out();
    }
}

PromptSplit PrefixCaches::split(std::size_t option, Tokens prompt) const {
    auto const& [rule, store] = uses_[option];
    if (!rule.on || prompt < rule.minimum) return {.input = prompt};
    auto const hit = stores_[store].hit.count();
    Tokens read{hit / rule.step.count() * rule.step.count()};
    if (read < rule.minimum) read = Tokens{};
    auto const rest = prompt - read;
    if (rule.rest == Meter::cache_write_5m) return {.cache_read = read, .cache_write = rest};
    if (rule.rest == Meter::cache_write_1h) return {.cache_read = read, .cache_write_1h = rest};
    return {.input = rest, .cache_read = read};
}

std::optional<PrefixCounts> PrefixCaches::counts(std::size_t option) const {
    auto const& [rule, store] = uses_[option];
    return rule.on ? std::optional{stores_[store].counts} : std::nullopt;
}

}  // namespace runrate
