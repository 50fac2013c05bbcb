#include <cmath>
#include <map>

#include <fmt/format.h>

#include "calibration/calibration_file.h"
#include "calibration/leave_out.h"
#include "hardware/precision.h"
#include "yaml/plain.h"

namespace runrate {
namespace {

std::string error_text(char const* name, std::optional<ErrorSummary> const& e) {
    if (!e || e->rows == 0) return {};
    return fmt::format("    {}: [{}, {:.4f}, {:.4f}]\n", name, e->rows, e->median, e->p90);
}

std::string values_text(CalibratedEngine const& e) {
    std::string text;
    for (std::size_t i = 0; i < parameter_count; ++i) {
        auto const p = static_cast<StepParameter>(i);
        double const value = e.parallel ? in_unit(e.parameters, p) : e.parameters[static_cast<Eigen::Index>(i)];
        text += fmt::format("{}{}: {:.6g}", i > 0 ? ", " : "", prior(p).name, value);
    }
    return text;
}

std::string engine_text(CalibratedEngine const& e) {
    auto text = fmt::format("  - model: {}\n    gpu: {}\n    precision: {}\n    engine: {}\n", in_quotes(e.model),
                            in_quotes(e.gpu), name_of(e.precision), in_quotes(e.engine));
    if (e.parallel)
        text += fmt::format("    parallel: {{tensor: {}, pipeline: {}, data: {}, expert: {}}}\n", e.parallel->tensor,
                            e.parallel->pipeline, e.parallel->data, e.parallel->expert);
    text += fmt::format("    rows: {}\n    values: {{{}}}\n", e.rows, values_text(e));
    text += error_text("tpot", e.tpot) + error_text("ttft", e.ttft) + error_text("saturated", e.saturated);
    if (!e.covariance.empty()) {
        text += "    covariance: [";
        for (std::size_t i = 0; i < e.covariance.size(); ++i)
            text += fmt::format("{}{:.3g}", i > 0 ? ", " : "", e.covariance[i]);
        text += "]\n";
    }
    return text;
}

/// A list of YAML in blocks; an empty one would read as no value.
template <class Item, class Text>
std::string list_text(char const* key, std::vector<Item> const& items, Text text_of_item) {
    if (items.empty()) return fmt::format("{}: []\n", key);
    auto text = fmt::format("{}:\n", key);
    for (auto const& item : items) text += text_of_item(item);
    return text;
}

std::string names_text(char const* key, std::vector<std::string> const& names) {
    auto text = fmt::format("{}: [", key);
    for (std::size_t i = 0; i < names.size(); ++i) text += (i > 0 ? ", " : "") + in_quotes(names[i]);
    return text + "]\n";
}

std::vector<double> lower_triangle(decltype(OffsetFit::covariance) const& m) {
    std::vector<double> numbers;
    for (Eigen::Index i = 0; i < m.rows(); ++i)
        for (Eigen::Index j = 0; j <= i; ++j) numbers.push_back(m(i, j));
    return numbers;
}

std::optional<ErrorSummary> errors_of(StudySet const& set, std::size_t combination,
                                      std::vector<Comparison> const& comparisons, Figure figure) {
    std::vector<Comparison> own;
    for (auto const& c : comparisons)
        if (set.combination_of[c.row] == combination) own.push_back(c);
    auto const summary = summarise(own, figure);
    return summary.rows > 0 ? std::optional{summary} : std::nullopt;
}

CalibratedEngine named(Combination const& c) {
    CalibratedEngine e;
    e.model = c.replica.model.name;
    e.gpu = c.replica.gpu.name;
    e.engine = c.engine;
    e.precision = c.replica.precision;
    e.rows = c.rows.size();
    return e;
}

}  // namespace

Calibration to_calibration(StudySet const& set, Design const& design, PooledFit const& pooled,
                           std::vector<OffsetFit> const& offsets, std::vector<Comparison> const& in_sample) {
    Calibration c;
    c.names = design.names();
    for (Eigen::Index j = 0; j < pooled.coefficients.size(); ++j) {
        c.coefficients.push_back(pooled.coefficients[j]);
        c.sds.push_back(pooled.covariance.size() > 0 ? std::sqrt(pooled.covariance(j, j)) : 0);
    }
    auto const at_pooled = pooled_parameters(set, design, pooled.coefficients);
    std::map<std::string, std::size_t> families;
    for (std::size_t i = 0; i < set.combinations.size(); ++i) {
        auto const& combination = set.combinations[i];
        auto e = named(combination);
        auto const [at, fresh] = families.try_emplace(combination.family, c.families.size());
        if (fresh) {
            c.families.push_back(e);
            c.families.back().rows = 0;
            c.families.back().parameters = offsets[i].of_family - at_pooled[i];
        }
        c.families[at->second].rows += e.rows;
        e.parallel = combination.replica.parallel;
        e.parameters = offsets[i].parameters;
        e.covariance = lower_triangle(offsets[i].covariance);
        e.tpot = errors_of(set, i, in_sample, Figure::tpot);
        e.ttft = errors_of(set, i, in_sample, Figure::ttft);
        e.saturated = errors_of(set, i, in_sample, Figure::saturated);
        c.combinations.push_back(std::move(e));
    }
    return c;
}

std::string to_yaml(Calibration const& c) {
    auto text = fmt::format("schema: runrate/calibration/1\nname: {}\nas_of: {}\ncommand: {}\n", in_quotes(c.name),
                            in_quotes(c.as_of), in_quotes(c.command));
    text += list_text("sources", c.sources, [](std::string const& s) { return "  - " + in_quotes(s) + "\n"; });
    text += names_text("engines", c.names.engines) + names_text("models", c.names.models) + "pooled:\n";
    Design const design{c.names};
    for (std::size_t j = 0; j < design.columns().size(); ++j)
        text += fmt::format("  - {{parameter: {}, covariate: {}, value: {:.6g}, sd: {:.3g}}}\n",
                            prior(design.columns()[j].parameter).name, in_quotes(design.columns()[j].covariate),
                            c.coefficients[j], c.sds[j]);
    return text + list_text("families", c.families, engine_text) +
           list_text("combinations", c.combinations, engine_text);
}

}  // namespace runrate
