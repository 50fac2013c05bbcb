#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stat/distribution.h"

namespace runrate {

struct NamedLaw {
    std::string name;
    Distribution law;

    friend void PrintTo(NamedLaw const& named, std::ostream* out) { *out << named.name; }
};

/// Names the cases of a parametrised test.
inline std::string name_of(testing::TestParamInfo<NamedLaw> const& of) { return of.param.name; }

/// Every shape, ordinary and extreme, with a density everywhere inside its range.
inline std::vector<NamedLaw> smooth_laws() {
    return {
        {"uniform", Uniform{-2, 7}},
        {"normal", Normal{3, 2}},
        {"lognormal", Lognormal{5, 0.8}},
        {"wide_lognormal", Lognormal{2, 2.5}},
        {"logit_normal", LogitNormal{1.2, 0.9}},
        {"relative_normal", RelativeNormal{-0.1, 0.2}},
        {"exponential", Exponential{45}},
        {"gamma_of_cv_5", Gamma{0.04, 300}},
        {"gamma_of_cv_2", Gamma{0.25, 300}},
        {"gamma", Gamma{2.7, 40}},
        {"narrow_gamma", Gamma{900, 0.5}},
        {"normal_like_gamma", Gamma{2e5, 0.01}},
        {"weibull", Weibull{0.6, 20}},
        {"narrow_weibull", Weibull{9, 20}},
        {"pareto", Pareto{10, 2.5}},
        {"triangular", Triangular{1, 2, 6}},
        {"triangular_at_its_end", Triangular{1, 6, 6}},
        {"pert", Pert{10, 25, 80}},
        {"pert_at_its_end", Pert{0, 0, 1}},
        {"empirical", Empirical{{{0, 1}, {0.1, 2}, {0.5, 7}, {0.9, 30}, {1, 100}}}},
        {"mixture", Mixture{{{0.7, Lognormal{4, 0.5}}, {0.3, Gamma{4, 100}}}}},
        {"mixture_of_tails", Mixture{{{0.5, Normal{30, 8}}, {0.3, Pareto{10, 0.8}}, {0.2, Pert{1, 2, 9}}}}},
        {"mixture_with_a_gap", Mixture{{{0.9, Uniform{1, 2}}, {0.1, Normal{50, 1}}}}},
    };
}

/// Shapes whose draws take single values with positive probability.
inline std::vector<NamedLaw> atomic_laws() {
    return {
        {"constant", Constant{7}},
        {"geometric_from_0", Geometric{2.5, 0}},
        {"geometric_from_1", Geometric{10, 1}},
        {"long_geometric", Geometric{400, 1}},
        {"certain_geometric", Geometric{1, 1}},
        {"two_values", Mixture{{{0.9, Constant{1}}, {0.1, Constant{5}}}}},
        {"part_zero", Mixture{{{0.4, Constant{0}}, {0.6, Lognormal{4, 1}}}}},
        {"empirical_with_a_step", Empirical{{{0, 1}, {0.3, 4}, {0.6, 4}, {1, 9}}}},
        {"long_geometric_among_others", Mixture{{{0.6, Geometric{300, 1}}, {0.4, Lognormal{3, 1}}}}},
        {"nested", Mixture{{{0.5, Mixture{{{1, Constant{3}}, {1, Exponential{2}}}}}, {0.5, Geometric{4, 1}}}}},
    };
}

inline std::vector<NamedLaw> all_laws() {
    auto laws = smooth_laws();
    for (auto& law : atomic_laws()) laws.push_back(std::move(law));
    return laws;
}

}  // namespace runrate
