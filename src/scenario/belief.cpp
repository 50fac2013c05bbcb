#include "scenario/belief.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "core/overloaded.h"
#include "stat/elementary.h"
#include "yaml/node.h"

namespace runrate {
namespace {

constexpr double z95 = 1.6448536269514722;  // standard normal quantile of 95 %

struct Ends {
    double mu, sigma;
};

/// The normal whose 5th and 95th percentiles are the ends.
Ends between(double low, double high) { return {(low + high) / 2, (high - low) / (2 * z95)}; }

struct Settled {
    Distribution law;
    std::string name;
};

char const* const names_uniform = "write {uniform: {low: ..., high: ...}} for a range that includes its ends";

/// The law of a range by what it measures, or why it has none.
std::variant<Settled, std::string> law_of(double low, double high, Unit unit, bool share) {
    if (low == high) return Settled{Constant{low}, "constant"};
    if (share) {
        if (low <= 0 || high >= 1)
            return fmt::format("a share's range must lie strictly between 0% and 100% ({})", names_uniform);
        auto const n = between(real::logit(low), real::logit(high));
        return Settled{LogitNormal{n.mu, n.sigma}, "logit-normal"};
    }
    if (unit == Unit::change_per_month || unit == Unit::change_per_year) {
        if (low <= -1) return fmt::format("a change must be above -100% ({})", names_uniform);
        auto const n = between(real::log1p(low), real::log1p(high));
        return Settled{RelativeNormal{n.mu, n.sigma}, "normal on ln(1 + x)"};
    }
    if (low <= 0) return fmt::format("a range of a positive quantity must begin above 0 ({})", names_uniform);
    auto const n = between(real::log(low), real::log(high));
    return Settled{Lognormal{n.mu, n.sigma}, "lognormal"};
}

/// `-134.2%`, `-1963`.
std::string shown(double number, Unit unit) {
    bool const share = unit == Unit::percent || unit == Unit::change_per_month || unit == Unit::change_per_year;
    return share ? fmt::format("{:.4g}%", 100 * number) : fmt::format("{:.4g}", number);
}

double middle(BeliefTable::Stated const& stated) {
    return std::visit(Overloaded{[](Range const& r) { return (r.low.number + r.high.number) / 2; },
                                 [](Distribution const& d) { return quantile(d, 0.5); }},
                      stated);
}

std::string law_name(Distribution const& law) {
    return std::visit(
        Overloaded{
            [](Constant) { return "constant"; }, [](Uniform) { return "uniform"; }, [](Normal) { return "normal"; },
            [](Lognormal) { return "lognormal"; }, [](LogitNormal) { return "logit-normal"; },
            [](RelativeNormal) { return "normal on ln(1 + x)"; }, [](Exponential) { return "exponential"; },
            [](Gamma) { return "gamma"; }, [](Weibull) { return "weibull"; }, [](Pareto) { return "pareto"; },
            [](Geometric) { return "geometric"; }, [](Triangular) { return "triangular"; }, [](Pert) { return "pert"; },
            [](Empirical const&) { return "samples"; }, [](Mixture const&) { return "mixture"; }},
        law);
}

/// `staff` of `options.api.staff`; empty outside options.
std::string_view key_in_option(std::string_view path) {
    constexpr std::string_view options = "options.";
    if (!path.starts_with(options)) return {};
    auto const dot = path.find('.', options.size());
    return dot == std::string_view::npos ? std::string_view{} : path.substr(dot);
}

}  // namespace

std::size_t BeliefTable::add(std::string name, Stated stated, Unit unit, Cursor const& at) {
    Entry entry{.belief = {}, .stated = std::move(stated), .path = at.path(), .text = {}, .uses = {}};
    entry.belief.name = std::move(name);
    entry.belief.unit = unit;
    entry.belief.at = at.node().at;
    entries_.push_back(std::move(entry));
    return entries_.size() - 1;
}

void BeliefTable::declare(std::string name, Stated stated, Unit unit, Cursor const& at, bool share,
                          std::optional<std::string> source) {
    auto const index = add(std::move(name), std::move(stated), unit, at);
    entries_[index].declared = true;
    entries_[index].share = share;
    entries_[index].belief.source = std::move(source);
}

std::optional<BeliefId> BeliefTable::find(std::string const& name) const {
    auto const at = std::find_if(entries_.begin(), entries_.end(),
                                 [&](Entry const& e) { return e.declared && e.belief.name == name; });
    if (at == entries_.end()) return std::nullopt;
    return BeliefId{static_cast<std::size_t>(at - entries_.begin())};
}

bool BeliefTable::broken(std::string const& name) const {
    return std::find(broken_.begin(), broken_.end(), name) != broken_.end();
}

Unit BeliefTable::unit_of(BeliefId id) const { return entries_[id.index()].belief.unit; }

std::vector<std::string> BeliefTable::names() const {
    std::vector<std::string> names;
    for (auto const& e : entries_) {
        if (e.declared) names.push_back(e.belief.name);
    }
    return names;
}

Number BeliefTable::add_use(std::size_t index, Dimension const& dimension, Reach reach, Cursor const& at) {
    auto& entry = entries_[index];
    if (!dimension.accepts(entry.belief.unit)) {
        auto const unit = spelling(entry.belief.unit);
        at.error(fmt::format("expected {}, found one in {}", dimension.wanted, unit.empty() ? "plain numbers" : unit));
        return Number{middle(entry.stated)};
    }
    if (reach == Reach::behaviour) entry.belief.reaches_behaviour = true;
    entry.uses.push_back({&dimension, at.node().at, at.path()});
    return Number{BeliefId{index}, middle(entry.stated)};
}

Number BeliefTable::use(std::string const& name, Dimension const& dimension, Reach reach, Cursor const& at,
                        double fallback) {
    if (auto const id = find(name)) return add_use(id->index(), dimension, reach, at);
    if (broken(name)) return Number{fallback};
    auto const near = nearest(name, names());
    at.error(near.empty() ? fmt::format("unknown belief '{}' (declare it under 'beliefs')", name)
                          : fmt::format("unknown belief '{}' (did you mean '{}'?)", name, near));
    return Number{fallback};
}

std::size_t BeliefTable::add_in_place(Stated stated, Unit unit, Cursor const& at) {
    auto const text = emit_yaml(at.node());
    auto const key = key_in_option(at.path());
    for (std::size_t i = 0; i < entries_.size() && !key.empty(); ++i) {
        if (!entries_[i].declared && entries_[i].text == text && key_in_option(entries_[i].path) == key) return i;
    }
    auto const index = add(at.path(), std::move(stated), unit, at);
    entries_[index].text = text;
    return index;
}

Number BeliefTable::use_range(Range const& range, Dimension const& dimension, Reach reach, Cursor const& at) {
    return add_use(add_in_place(range, range.low.unit, at), dimension, reach, at);
}

Number BeliefTable::use_law(Distribution law, Unit unit, Dimension const& dimension, Reach reach, Cursor const& at) {
    return add_use(add_in_place(std::move(law), unit, at), dimension, reach, at);
}

void BeliefTable::settle(Entry& entry, Diagnostics& log) {
    auto& belief = entry.belief;
    if (auto const* law = std::get_if<Distribution>(&entry.stated)) {
        belief.law = *law;
        belief.law_name = law_name(*law);
        return;
    }
    auto const& range = std::get<Range>(entry.stated);
    auto const share_use =
        std::find_if(entry.uses.begin(), entry.uses.end(), [](Use const& u) { return u.dimension->high <= 1; });
    bool const per_year = belief.unit == Unit::change_per_year && share_use != entry.uses.end();
    bool const share = per_year || (belief.unit == Unit::percent && (entry.share || share_use != entry.uses.end()));
    auto const settled = law_of(range.low.number, range.high.number, belief.unit, share);
    if (auto const* fault = std::get_if<std::string>(&settled)) {
        log.error(belief.at, *fault, entry.path);
        return;
    }
    belief.law = std::get<Settled>(settled).law;
    belief.law_name = std::get<Settled>(settled).name;
    for (auto const& use : entry.uses) {
        bool const spread_use = belief.unit == Unit::percent && use.dimension->high > 1;
        if (share && spread_use) {
            log.error(
                use.at,
                fmt::format("belief '{}' is used as a share elsewhere (a spread needs one of its own)", belief.name),
                use.path);
        }
    }
}

void BeliefTable::check_uses(Entry const& entry, Diagnostics& log) {
    for (auto const& use : entry.uses) {
        for (double p : {0x1p-53, 1 - 0x1p-53}) {
            double const extreme = quantile(entry.belief.law, p);
            if (auto const fault = use.dimension->fault(extreme); fault && !use.dimension->whole) {
                log.error(use.at,
                          fmt::format("belief '{}' can be {} here, but {} (bound it with triangular, pert or uniform)",
                                      entry.belief.name, shown(extreme, entry.belief.unit), *fault),
                          use.path);
            }
        }
    }
}

std::vector<Belief> BeliefTable::settle(Diagnostics& log) {
    std::vector<Belief> beliefs;
    for (auto& entry : entries_) {
        settle(entry, log);
        if (!log.has_errors()) check_uses(entry, log);
        if (entry.uses.empty() && !log.has_errors()) {  // else its use may stand where a mistake is
            log.warning(entry.belief.at,
                        fmt::format("belief '{}' is used nowhere (it changes nothing)", entry.belief.name), entry.path);
        }
        beliefs.push_back(entry.belief);
    }
    return beliefs;
}

}  // namespace runrate
