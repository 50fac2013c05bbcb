#pragma once

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "expected.h"
#include "runrate/result.h"

namespace runrate {

/// A place in the tables of a result.
struct Place {
    std::string option;
    double scale = 1;
    std::string period, feature;
};

template <class Row>
bool at(Place const& p, Row const& row) {
    return row.option == p.option && row.scale == p.scale && row.period == p.period;
}

inline double dollars(Dollars const& amount) { return static_cast<double>(amount.value().millionths) * 1e-6; }

/// \throws std::out_of_range where the result has no such row, as all of these do
inline CostRow const& cost_at(Result const& r, Place const& p) {
    for (auto const& row : r.cost) {
        if (at(p, row) && row.view == "accrual") return row;
    }
    throw std::out_of_range("no cost of " + p.option + " in " + p.period);
}

inline UnitCostRow const& unit_at(Result const& r, Place const& p, std::string const& unit) {
    for (auto const& row : r.unit_costs) {
        if (at(p, row) && row.feature == p.feature && row.unit == unit) return row;
    }
    throw std::out_of_range("no unit '" + unit + "' of " + p.feature);
}

/// What one session, or one item of a job, costs.
inline UnitCostRow const& visit_at(Result const& r, Place const& p) {
    for (auto const& row : r.unit_costs) {
        if (at(p, row) && row.feature == p.feature && (row.unit == "session" || row.unit == "item")) return row;
    }
    throw std::out_of_range("no cost of a visit of " + p.feature);
}

/// Sum of a meter over roles and targets.
inline double usage_at(Result const& r, Place const& p, std::string const& meter) {
    double sum = 0;
    bool found = false;
    for (auto const& row : r.usage) {
        if (!at(p, row) || row.feature != p.feature || row.meter != meter) continue;
        sum += row.mean.value();
        found = true;
    }
    if (!found) throw std::out_of_range("no usage of " + meter + " by " + p.feature);
    return sum;
}

inline double tokens_at(Result const& r, Place const& p) {
    static constexpr std::array meters{"input", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning"};
    double sum = 0;
    for (auto const& row : r.usage) {
        bool const counted = std::find(meters.begin(), meters.end(), row.meter) != meters.end();
        if (at(p, row) && row.feature == p.feature && counted) sum += row.mean.value();
    }
    return sum;
}

inline double factor_at(Result const& r, Place const& p, std::string const& name) {
    for (auto const& row : r.ratios) {
        if (at(p, row) && row.name == name) return row.value;
    }
    throw std::out_of_range("no factor '" + name + "'");
}

inline double chain_at(Result const& r, Place const& p, std::string const& unit) {
    double product = 1;
    bool found = false;
    for (auto const& row : r.ratios) {
        bool const same = p.feature.empty() ? row.unit.ends_with(": " + unit) : row.unit == p.feature + ": " + unit;
        if (!at(p, row) || !same) continue;
        product *= row.value;
        found = true;
    }
    if (!found) throw std::out_of_range("no chain of ratios");
    return product;
}

/// The total, or the cost of a session where the place has a feature, over that of another option.
inline double ratio_at(Result const& r, Place const& p, std::string const& other) {
    Place const base{other, p.scale, p.period, p.feature};
    if (p.feature.empty()) return dollars(cost_at(r, p).mean) / dollars(cost_at(r, base).mean);
    return dollars(visit_at(r, p).mean) / dollars(visit_at(r, base).mean);
}

/// A figure of the breakeven of the place's option, as bought and as planned.
inline double breakeven_at(Result const& r, Place const& p, std::string const& name) {
    for (auto const& row : r.breakeven) {
        if (row.challenger != p.option || row.quality != "as_bought" || row.gpu_price_basis != "as planned") continue;
        if (name == "safe50_tokens") return row.safe50_tokens.value();
        if (name == "p_never") return row.p_never.value();
        if (name == "api_price") return dollars(row.api_price);
    }
    throw std::out_of_range("no breakeven of " + p.option + " with " + name);
}

inline double total_at(CostRow const& row, std::string const& which) {
    if (which == "p5") return dollars(row.p5);
    if (which == "p50") return dollars(row.p50);
    if (which == "p95") return dollars(row.p95);
    if (!which.empty()) throw std::out_of_range("no total:" + which);
    return dollars(row.mean);
}

struct Wanted {
    std::string kind, name;
    explicit Wanted(std::string const& what)
        : kind{what.substr(0, what.find(':'))}, name{kind == what ? "" : what.substr(kind.size() + 1)} {}
};

inline double figure(Result const& r, ExpectedRow const& row) {
    Place const p{row.option, row.scale, row.period, row.feature};
    auto const [kind, name] = Wanted{row.what};
    if (kind == "total") return total_at(cost_at(r, p), name);
    if (kind == "unit") return dollars(unit_at(r, p, name).mean);
    if (kind == "margin") return unit_at(r, p, name).margin.value();
    if (kind == "ratio") return ratio_at(r, p, name);
    if (kind == "usage") return usage_at(r, p, name);
    if (kind == "tokens") return tokens_at(r, p);
    if (kind == "factor") return factor_at(r, p, name);
    if (kind == "chain") return chain_at(r, p, name);
    if (kind == "breakeven") return breakeven_at(r, p, name);
    throw std::out_of_range("no figure is called " + row.what);
}

/// Standard error of a total, or of its ratio to that of an option that is known exactly.
inline double standard_error(Result const& r, ExpectedRow const& row) {
    Place const p{row.option, row.scale, row.period, row.feature};
    double const se = dollars(cost_at(r, p).se);
    auto const [kind, name] = Wanted{row.what};
    if (kind == "total") return se;
    auto const& base = cost_at(r, {name, p.scale, p.period, {}});
    if (kind != "ratio" || dollars(base.se) != 0) throw std::out_of_range("no standard error of " + row.what);
    return se / dollars(base.mean);
}

inline double quantile_half_width(Result const& r, ExpectedRow const& row) {
    auto const& cost = cost_at(r, {row.option, row.scale, row.period, row.feature});
    if (row.what == "total:p5") return dollars(cost.p5_half);
    if (row.what == "total:p95") return dollars(cost.p95_half);
    throw std::out_of_range("no half-width of " + row.what);
}

}  // namespace runrate
