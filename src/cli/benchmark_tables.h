#pragma once

#include <boost/program_options.hpp>

#include "calibration/calibrate.h"
#include "calibration/prepare.h"
#include "calibration/validation.h"
#include "cli/program.h"
#include "report/flat_table.h"

namespace runrate {

/// A share in percent, to two digits after the point.
FlatCell percent_cell(double share);

/// Rows that were not used, by the rule that caught them.
FlatTable skipped_table(std::vector<SkippedRow> const&);

/// Errors by figure and what was left out, beside the study's.
FlatTable errors_table(std::vector<ValidationRow> const&);

FlatTable coverage_table(std::vector<Coverage> const&);

/// Errors of each combination, and what its speed rests on. \param evidence  by combination, may be empty
FlatTable combinations_table(StudySet const&, std::vector<Comparison> const&, std::vector<Evidence> const& evidence);

/// The rows that are predicted worst, with what may explain it.
FlatTable worst_table(StudySet const&, std::vector<Comparison> const&, std::size_t most);

/// Parameters of each combination, and how much the rows decided of them.
FlatTable parameters_table(StudySet const&, std::vector<OffsetFit> const&);

/// Tables with the titles that a screen gives them.
using TitledTables = std::vector<std::pair<std::string, FlatTable>>;

/// A screen of aligned columns under titles; empty tables are left out.
std::string to_text(TitledTables const&);

/// Prints the tables as --format says: a screen, JSON, Markdown, or one of them as CSV. \throws UsageError for formats
/// and tables that there are not
void deliver_tables(std::string const& schema, std::string const& command, TitledTables const&,
                    boost::program_options::variables_map const&, Surroundings&);

}  // namespace runrate
