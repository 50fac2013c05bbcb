#pragma once

#include "calibration/combination.h"
#include "catalogue/catalogue.h"

namespace runrate {

/// Puts rows to the engines that they were measured on. Rows whose model, GPU or engine the catalogue lacks, or that
/// do not say enough, are added to `skipped` with the reason. An engine of another generation or harness, `vllm-aic`,
/// schedules as what stands before its first hyphen where the catalogue has no entry of its own.
StudySet make_study_set(std::vector<Measurement> const&, Catalogue const&, std::vector<SkippedRow>& skipped);

}  // namespace runrate
