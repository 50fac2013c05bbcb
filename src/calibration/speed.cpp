#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "calibration/calibration_file.h"
#include "hardware/precision.h"
#include "montecarlo/parallel.h"

namespace runrate {
namespace {

/// Spread of a world around the prediction: scale of Student's t with 4 degrees of freedom, of step times and of the
/// request side of TTFT (calibration study, section 6; of a model that no row covers as our own fits leave it, which is
/// more).
struct Spread {
    double speed, front;
};
constexpr std::array<Spread, 4> spreads{{{0.08, 0.25}, {0.14, 0.30}, {0.17, 0.35}, {0.30, 0.45}}};
/// Engines change between versions and configurations, always.
constexpr Spread of_versions{0.05, 0.10};

double in_quadrature(double a, double b) { return std::sqrt(a * a + b * b); }

bool same_family(CalibratedEngine const& e, Replica const& r, std::string const& engine) {
    return e.model == r.model.name && e.gpu == r.gpu.name && e.precision == r.precision && e.engine == engine;
}

/// The one that most rows say something of: the same engine may stand in several configurations.
template <class Engines, class Test>
CalibratedEngine const* best_of(Engines const& engines, Test const& test) {
    CalibratedEngine const* best = nullptr;
    for (auto const& e : engines)
        if (test(e) && (best == nullptr || e.rows > best->rows)) best = &e;
    return best;
}

/// Figures of a calibration's columns in the order of another design; of columns that it lacks, the prior's.
std::vector<double> by_column(Calibration const& c, Design const& design, std::vector<double> const& known,
                              double Design::Column::*of_prior) {
    Design const own{c.names};
    std::vector<double> figures;
    for (auto const& column : design.columns()) {
        auto const same = [&](Design::Column const& o) {
            return o.parameter == column.parameter && o.covariate == column.covariate;
        };
        auto const at = std::find_if(own.columns().begin(), own.columns().end(), same);
        auto const j = static_cast<std::size_t>(at - own.columns().begin());
        figures.push_back(at == own.columns().end() ? column.*of_prior : known[j]);
    }
    return figures;
}

/// What no row covers of a replica, in the order of its name.
std::vector<std::string> unseen_parts(Calibration const& c, Replica const& r, std::string const& engine) {
    std::vector<std::string> parts;
    auto const look_for = [&](char const* part, auto const& test) {
        if (best_of(c.combinations, test) == nullptr) parts.emplace_back(part);
    };
    look_for("model", [&](auto const& e) { return e.model == r.model.name; });
    look_for("GPU", [&](auto const& e) { return e.gpu == r.gpu.name; });
    look_for("precision", [&](auto const& e) { return e.precision == r.precision; });
    look_for("engine", [&](auto const& e) { return e.engine == engine; });
    return parts;
}

std::string counted(std::size_t rows) { return fmt::format("{} row{}", rows, rows == 1 ? "" : "s"); }

/// How well the rows that it was fitted to are met.
std::string fitted_within(EngineSpeed const& speed) {
    if (speed.tpot) return fmt::format(" (their TPOT met within {:.2g}% at the median)", 100 * speed.tpot->median);
    if (speed.ttft) return fmt::format(" (their TTFT met within {:.2g}% at the median)", 100 * speed.ttft->median);
    return "";
}

std::string origin_of(Calibration const& c, EngineSpeed const& speed, std::size_t rows,
                      std::vector<std::string> const& unseen) {
    switch (speed.evidence) {
        case Evidence::covered:
            return fmt::format("{}: measured as it is, {}{}", c.name, counted(rows), fitted_within(speed));
        case Evidence::parallelism:
            return fmt::format("{}: measured with other parallelism, {}", c.name, counted(rows));
        case Evidence::parts: return fmt::format("{}: transferred, its parts were measured with others", c.name);
        case Evidence::unseen: break;
    }
    return fmt::format("{}: transferred, the {} {} never measured", c.name, fmt::join(unseen, " and the "),
                       unseen.size() == 1 ? "was" : "were");
}

}  // namespace

std::vector<double> sds_for(Calibration const& c, Design const& design) {
    return by_column(c, design, c.sds, &Design::Column::log_sd);
}

Eigen::VectorXd coefficients_for(Calibration const& c, Design const& design) {
    auto const values = by_column(c, design, c.coefficients, &Design::Column::median);
    return Eigen::Map<Eigen::VectorXd const>{values.data(), static_cast<Eigen::Index>(values.size())};
}

EngineSpeed speed_of(Calibration const& c, Replica const& r, std::string const& engine) {
    Combination subject;
    subject.replica = r;
    subject.engine = engine;
    Design const design{c.names};
    auto const pooled = clamped(design.parameters(subject, coefficients_for(c, design)));
    EngineSpeed speed;
    std::size_t rows = 0;
    auto const unseen = unseen_parts(c, r, engine);
    auto const* covered = best_of(c.combinations, [&](CalibratedEngine const& e) {
        return same_family(e, r, engine) && e.parallel == r.parallel;
    });
    auto const* family = best_of(c.families, [&](CalibratedEngine const& e) { return same_family(e, r, engine); });
    if (covered != nullptr) {
        speed = {from_logs(covered->parameters), Evidence::covered, 0, 0, covered->tpot, covered->ttft, ""};
        rows = covered->rows;
    } else if (family != nullptr) {
        speed = {from_logs(pooled + family->parameters), Evidence::parallelism, 0, 0, {}, {}, ""};
        rows = family->rows;
    } else {
        speed = {from_logs(pooled), unseen.empty() ? Evidence::parts : Evidence::unseen, 0, 0, {}, {}, ""};
    }
    auto const& spread = spreads[static_cast<std::size_t>(speed.evidence)];
    speed.speed_log_sd = in_quadrature(spread.speed, of_versions.speed);
    speed.front_log_sd = in_quadrature(spread.front, of_versions.front);
    speed.origin = origin_of(c, speed, rows, unseen);
    return speed;
}

namespace {

PredictedBy predict_with(std::function<EngineSpeed(Combination const&)> const& known, StudySet const& set,
                         Work const& work) {
    RowMask const all(set.rows.size(), 1);
    PredictedBy out{{}, std::vector<Evidence>(set.combinations.size())};
    std::vector<std::vector<Prediction>> parts(set.combinations.size());
    for_each_index(static_cast<std::uint32_t>(parts.size()), work.threads, [&](std::uint32_t i) {
        auto const& c = set.combinations[i];
        auto const speed = known(c);
        out.evidence[i] = speed.evidence;
        parts[i] = predict(set, c, to_logs(speed.parameters), all);
    });
    for (auto& part : parts) std::move(part.begin(), part.end(), std::back_inserter(out.predictions));
    return out;
}

}  // namespace

PredictedBy predict_by(Calibration const& calibration, StudySet const& set, Work const& work) {
    return predict_with([&](Combination const& c) { return speed_of(calibration, c.replica, c.engine); }, set, work);
}

PredictedBy predict_by(EngineSpeed const& speed, StudySet const& set, Work const& work) {
    return predict_with([&](Combination const&) { return speed; }, set, work);
}

}  // namespace runrate
