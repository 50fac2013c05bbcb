#pragma once

#include "calibration/combination.h"
#include "catalogue/catalogue.h"

namespace runrate {

/// `tp8 ep8`: degrees of parallelism; that of tensors always.
std::string parallel_text(Parallelism const&);

/// An engine without rows.
Combination combination_of(Replica replica, std::string const& engine);

/// Puts rows to the engines that they were measured on. Rows whose model, GPU or engine the catalogue lacks, or that
/// do not say enough, are added to `skipped` with the reason; see manner_of().
/// \param configured  what the rows' engine is where they do not say otherwise; nullptr: as the catalogue has it
StudySet make_study_set(std::vector<Measurement> const&, Catalogue const&, std::vector<SkippedRow>& skipped,
                        Replica const* configured = nullptr);

}  // namespace runrate
