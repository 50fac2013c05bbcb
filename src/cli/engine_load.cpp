#include "cli/engine_load.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/verbs.h"
#include "core/diagnostics.h"
#include "core/overloaded.h"
#include "engine/drive.h"
#include "stat/law.h"
#include "units/unit.h"

namespace runrate {
namespace {

constexpr std::int64_t most_of_request = 1 << 26;  ///< tokens that the engine takes
constexpr std::chrono::hours longest{90 * 24};
constexpr EngineTime tick_of_trace = std::chrono::nanoseconds{1};

std::optional<double> tokens_of(std::string_view text) {
    auto const value = parse_value(text);
    auto const* number = std::get_if<Value>(&value);
    bool const tokens = number && (number->unit == Unit::none || number->unit == Unit::tokens);
    if (!tokens || !(number->number >= 1 && number->number <= most_of_request)) return std::nullopt;
    return number->number;
}

Stream stream_of(DrawnLoad const& load, std::int64_t n, std::uint32_t step) {
    return Stream{
        {.seed = load.seed, .purpose = Purpose::engine_load, .item = static_cast<std::uint64_t>(n), .step = step}};
}

std::int64_t drawn_tokens(Sampler const& law, double u) {
    return std::min(whole_tokens(law.constant().value_or(law.at(u))), most_of_request);
}

EngineSource at_a_rate(DrawnLoad const& load) {
    return [&load, gaps = load.gaps(), sent = std::int64_t{0}, at = EngineTime{}](EngineRequest& r) mutable {
        if (sent == load.requests) return false;
        auto const gap = from_seconds(drawn_gap(load, gaps, sent));
        if (gap > latest_arrival - at)
            throw UsageError(fmt::format(
                "{} requests take more than 90 days to arrive (ask for fewer, or a higher --rate)", load.requests));
        r = drawn_request(load, sent++);
        r.arrival = at += gap;
        return true;
    };
}

}  // namespace

LengthLaw parse_length(char const* option, std::string const& text) {
    auto const fail = [&](std::string const& why) {
        throw UsageError(
            fmt::format("--{} takes tokens such as 800, or the median and the 95th percentile of a "
                        "lognormal such as 800:2400 ({})",
                        option, why));
    };
    auto const colon = text.find(':');
    auto const median = tokens_of(text.substr(0, colon));
    if (!median) fail(fmt::format("found '{}'", text));
    if (colon == std::string::npos) return {text, Sampler{Constant{*median}}};
    auto const high = tokens_of(text.substr(colon + 1));
    if (!high) fail(fmt::format("found '{}'", text));
    LawSpec const spec{.family = Family::lognormal,
                       .parameters = {{Parameter::median, Number{*median}}, {Parameter::p95, Number{*high}}}};
    auto law = resolve(spec, {});
    if (auto const* why = std::get_if<std::string>(&law)) fail(*why);
    return {text, Sampler{std::get<Distribution>(std::move(law)), 1.0, static_cast<double>(most_of_request)}};
}

Sampler DrawnLoad::gaps() const {
    double const mean = 1 / *rate;
    if (cv == 0) return Sampler{Constant{mean}};
    if (cv == 1) return Sampler{Exponential{mean}};
    return Sampler{Gamma{1 / (cv * cv), mean * cv * cv}};
}

EngineRequest drawn_request(DrawnLoad const& load, std::int64_t n) {
    auto stream = stream_of(load, n, 1);
    auto const prompt = stream.uniform();
    return {.prompt_tokens = drawn_tokens(load.prompt.law, prompt),
            .output_tokens = drawn_tokens(load.output.law, stream.uniform())};
}

double drawn_gap(DrawnLoad const& load, Sampler const& gaps, std::int64_t n) {
    return gaps.at(stream_of(load, n, 0).uniform());
}

DrawnLoad const* closed_loop_of(EngineLoad const& load) {
    auto const* drawn = std::get_if<DrawnLoad>(&load);
    return drawn && !drawn->rate ? drawn : nullptr;
}

EngineSource source_of(EngineLoad& load) {
    if (auto const* drawn = std::get_if<DrawnLoad>(&load)) return at_a_rate(*drawn);
    return [&list = std::get<RequestList>(load)](EngineRequest& r) { return list.next(r); };
}

void RequestList::fail(std::string const& what) const {
    throw InputError(fmt::format("{}{}:{}: error: {}\n", faults_.text(), name(), row_.line, what));
}

/// What ends the reading says so after the mistakes before it.
RowRead RequestList::read(RowFault& fault) {
    try {
        return trace_.next(row_, fault);
    } catch (InputError const& e) { throw InputError(faults_.text() + e.what()); }
}

std::optional<RowFault> RequestList::wrong() const {
    if (!row_.time) return RowFault{"has no time of arrival", ""};
    if (row_.prompt.count() < 1) return RowFault{"has a prompt without tokens", ""};
    if (row_.output.count() < 1) return RowFault{"has an output without tokens", ""};
    auto const most = std::max(row_.prompt.count(), row_.output.count());
    if (most > most_of_request)
        return RowFault{fmt::format("has more than {} tokens", most_of_request), fmt::format("found {}", most)};
    auto const blocks = static_cast<std::int64_t>(row_.blocks.size());
    if (settings_.prefix_cache && blocks > 0 && (blocks - 1) * settings_.block_tokens >= row_.prompt.count())
        return RowFault{"has more hash_ids than its prompt has blocks",
                        fmt::format("{} of {} tokens, of a prompt of {}: see --block-tokens", blocks,
                                    settings_.block_tokens, row_.prompt.count())};
    return std::nullopt;
}

EngineTime RequestList::arrival() {
    auto const time = *row_.time;
    if (last_ && time < *last_)
        fail(fmt::format("arrives before the request of line {} (sort the list by arrival)", last_line_));
    last_ = time;
    last_line_ = row_.line;
    if (!zero_) zero_ = trace_.relative() ? TraceTime{} : time;
    auto const since = time - *zero_;
    if (since > longest)
        fail(fmt::format("arrives {:.1f} days after the start, beyond 90 (divide the list into shorter ones)",
                         std::chrono::duration<double, std::ratio<86400>>(since).count()));
    return tick_of_trace * since.count();
}

void RequestList::set_extents() {
    extents_.clear();
    auto left = row_.prompt.count();
    for (auto const block : row_.blocks) {
        extents_.push_back({block, std::min(left, settings_.block_tokens)});
        left -= extents_.back().tokens;
    }
}

bool RequestList::next(EngineRequest& request) {
    RowFault fault;
    for (;;) {
        auto const got = read(fault);
        if (got == RowRead::end) return faults_.check(), false;
        if (got == RowRead::row && row_.fate != Fate::served) {
            ++not_served_;
            continue;
        }
        auto const no = got == RowRead::fault ? std::optional{fault} : wrong();
        if (no) faults_.add(row_.line, *no, skipped_);
        if (no || !faults_.text().empty()) continue;  // a list that will be refused is only looked through
        request = {.arrival = arrival(), .prompt_tokens = row_.prompt.count(), .output_tokens = row_.output.count()};
        has_blocks_ |= !row_.blocks.empty();
        if (settings_.prefix_cache) set_extents();
        request.extents = extents_;
        return true;
    }
}

}  // namespace runrate
