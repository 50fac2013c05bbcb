#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "calibration/offset_fit.h"
#include "calibration/pooled_fit.h"
#include "calibration/scores.h"
#include "calibration/speed.h"
#include "core/diagnostics.h"

namespace runrate {

/// What measurements say of one engine: a combination, or a family whose other parallelism was measured.
struct CalibratedEngine {
    std::string model, gpu, engine;
    Precision precision = Precision::bf16;
    std::optional<Parallelism> parallel{};  ///< left out: a family
    std::size_t rows = 0;
    LogParameters parameters = LogParameters::Zero();  ///< of a family: what it adds to the pooled set
    std::vector<double> covariance{};                  ///< of the logarithms, lower triangle by rows; combinations only
    std::optional<ErrorSummary> tpot{}, ttft{}, saturated{};
};

/// What a fit found, as `runrate/calibration/1` keeps it.
struct Calibration {
    std::string name, as_of, command;
    std::vector<std::string> sources;
    Design::Names names;                    ///< of the design
    std::vector<double> coefficients, sds;  ///< by column of the design
    std::vector<CalibratedEngine> families, combinations;
};

Calibration to_calibration(StudySet const&, Design const&, PooledFit const&, std::vector<OffsetFit> const&,
                           std::vector<Comparison> const& in_sample);

/// What a calibration predicts of every row, and what it knows of each combination.
struct PredictedBy {
    std::vector<Prediction> predictions;
    std::vector<Evidence> evidence;
};
PredictedBy predict_by(Calibration const&, StudySet const&, Work const& work);

/// The same where every row is of one engine that is known so well.
PredictedBy predict_by(EngineSpeed const&, StudySet const&, Work const& work);

/// The coefficients for another design, and how uncertain they are: of columns that the calibration lacks, the prior's.
Eigen::VectorXd coefficients_for(Calibration const&, Design const&);
std::vector<double> sds_for(Calibration const&, Design const&);

std::string to_yaml(Calibration const&);

/// \throws InputError with every mistake at its place
Calibration read_calibration(std::string const& name, std::string const& bytes);
Calibration load_calibration(std::filesystem::path const&);

/// The last calibration by name in `fits` of the first folder that has one.
std::optional<std::filesystem::path> newest_calibration(std::vector<std::filesystem::path> const& folders);

}  // namespace runrate
