#include <algorithm>

#include "scenario/sections.h"

namespace runrate {
namespace {

struct Billed {
    bool errors = false, timeouts = true;
};

struct TargetText {
    std::optional<LawSpec> ttft_s, speed;
    Number errors{0}, timeouts{0};
    Billed billed;
    double timeout_s = 600;
    std::optional<RateLimits> limits;
};

Shape<Billed> billed_shape() {
    return Table<Billed>("{errors: no, timeouts: yes}")
        .defaulted("errors", &Billed::errors, yes_or_no(), "no", "whether refused and failed attempts are billed")
        .defaulted("timeouts", &Billed::timeouts, yes_or_no(), "yes",
                   "whether attempts that time out are billed in full")
        .shape();
}

}  // namespace

Shape<std::vector<std::pair<std::string, TargetTerms>>> targets_shape(Reading& reading) {
    auto const table =
        Table<TargetText>("how a target behaves")
            .defaulted("errors", &TargetText::errors, number(reading, dimension::share_below_one), "0%",
                       "share of attempts that fail (429, 5xx)")
            .defaulted("timeouts", &TargetText::timeouts, number(reading, dimension::share_below_one), "0%",
                       "share of attempts that time out")
            .defaulted("billed", &TargetText::billed, billed_shape(), "{}", "which failed attempts are billed")
            .defaulted("timeout", &TargetText::timeout_s, known_number(dimension::duration), "600 s",
                       "how long an attempt that times out takes")
            .optional("limits", &TargetText::limits, rate_limits_shape(),
                      "what may be asked per minute, of each model that the name stands for; instead of its tier's")
            .optional("ttft", &TargetText::ttft_s, law(reading, dimension::duration), "time to the first token")
            .optional("speed", &TargetText::speed, law(reading, dimension::speed), "output tokens per second")
            .check([](TargetText& t, Cursor const& at) {
                if (t.errors.value + t.timeouts.value <= 1) return;
                at.error("'errors' and 'timeouts' are shares of all attempts: together at most 100%");
            });
    auto const terms = converted<TargetTerms, TargetText>(table.shape(), [](TargetText const& t, Cursor const&) {
        return TargetTerms{t.ttft_s,        t.speed,           t.errors,    t.timeouts,
                           t.billed.errors, t.billed.timeouts, t.timeout_s, t.limits};
    });
    return map_of(terms);
}

TargetTerms const* terms_of(std::vector<std::pair<std::string, TargetTerms>> const& all, std::string const& target) {
    auto const named = [&](std::string const& pattern) -> TargetTerms const* {
        auto const at = std::find_if(all.begin(), all.end(), [&](auto const& entry) { return entry.first == pattern; });
        return at == all.end() ? nullptr : &at->second;
    };
    auto const vendor = target.substr(0, target.find('/'));
    for (auto const& pattern : {target, vendor + "/*", std::string{"*"}}) {
        if (auto const* terms = named(pattern)) return terms;
    }
    return nullptr;
}

}  // namespace runrate
