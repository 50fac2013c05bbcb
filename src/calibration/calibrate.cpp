#include "calibration/calibrate.h"

#include <algorithm>
#include <cmath>

namespace runrate {
namespace {

bool same_engine(CalibratedEngine const& a, CalibratedEngine const& b) {
    return a.model == b.model && a.gpu == b.gpu && a.precision == b.precision && a.engine == b.engine &&
           a.parallel == b.parallel;
}

/// Engines of the base that the fit does not know better.
void keep_others(std::vector<CalibratedEngine> const& base, std::vector<CalibratedEngine>& fitted) {
    for (auto const& e : base) {
        auto const known = [&](CalibratedEngine const& f) { return same_engine(e, f); };
        if (std::none_of(fitted.begin(), fitted.end(), known)) fitted.push_back(e);
    }
}

/// Of the data's names and the base's.
Design design_of(StudySet const& set, Calibration const* base) {
    Design own{set.combinations};
    if (!base) return own;
    auto names = own.names();
    names.engines.insert(names.engines.end(), base->names.engines.begin(), base->names.engines.end());
    names.models.insert(names.models.end(), base->names.models.begin(), base->names.models.end());
    return Design{names};
}

PooledFit pooled_of(StudySet const& set, Design const& design, Calibration const* base, RowMask const& all,
                    Work const& work) {
    if (!base) return fit_pooled(set, design, all, nullptr, work);
    PooledFit fit;
    fit.coefficients = coefficients_for(*base, design);
    return fit;
}

std::vector<Comparison> left_out_levels(StudySet const& set, std::vector<LogParameters> const& pooled,
                                        Work const& work) {
    std::vector<Comparison> all;
    for (auto const& fold : folds(set, LeaveOut::concurrency, 5)) {
        auto const held = compare(set, predict_with_offsets(set, pooled, without(fold), fold, work));
        all.insert(all.end(), held.begin(), held.end());
    }
    return all;
}

}  // namespace

Calibrated calibrate(StudySet const& set, Calibration const* base, Work const& work) {
    auto const design = design_of(set, base);
    RowMask const all(set.rows.size(), 1);
    auto const fit = pooled_of(set, design, base, all, work);
    auto const pooled = pooled_parameters(set, design, fit.coefficients);
    Calibrated c;
    c.pooled_fitted = base == nullptr;
    c.offsets = fit_offsets(set, pooled, all, all, work);
    c.in_sample = compare(set, predict_all(set, c.offsets, work));
    c.left_out = left_out_levels(set, pooled, work);
    c.calibration = to_calibration(set, design, fit, c.offsets, c.in_sample);
    if (!base) return c;
    keep_others(base->families, c.calibration.families);
    keep_others(base->combinations, c.calibration.combinations);
    c.calibration.sds = sds_for(*base, design);
    return c;
}

double decided_share(OffsetFit const& fit, StepParameter p) {
    auto const i = static_cast<Eigen::Index>(p);
    double const family = prior(p).family_sd, group = prior(p).group_sd;
    return std::max(0.0, 1 - std::sqrt(fit.covariance(i, i) / (family * family + group * group)));
}

}  // namespace runrate
