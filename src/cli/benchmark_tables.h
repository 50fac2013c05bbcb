#pragma once

#include <span>
#include <string_view>

#include <boost/program_options.hpp>

#include "calibration/calibrate.h"
#include "calibration/prepare.h"
#include "calibration/validation.h"
#include "cli/program.h"
#include "report/flat_table.h"

namespace runrate {

/// Four significant digits.
FlatCell rounded(double);

/// A share in percent, to two digits after the point.
FlatCell percent_cell(double share);

/// Rows that were not used, by the rule that caught them.
FlatTable skipped_table(std::vector<SkippedRow> const&);

/// Errors by figure and what was left out, beside the study's.
FlatTable errors_table(std::vector<ValidationRow> const&);

FlatTable coverage_table(std::vector<Coverage> const&);

/// Comparisons whose predictions rest on the same: `covered`, `family left out`.
struct Compared {
    std::string evidence;
    std::vector<Comparison> comparisons;
};

/// Errors of each combination, and what its predictions rest on.
FlatTable combinations_table(std::string name, StudySet const&, std::vector<Compared> const&);

/// Every row, predicted against measured: seconds, or output tokens and requests per second.
FlatTable rows_table(StudySet const&, std::vector<Compared> const&);

/// The rows that are predicted worst, with what may explain it.
FlatTable worst_table(StudySet const&, std::vector<Comparison> const&, std::size_t most);

/// `64 x 1024/256`: in flight or a second, prompt and output tokens of a row.
std::string load_of(Measurement const&);

/// The file of a row, without folders, and its line.
std::string place_of(Measurement const&);

/// Parameters of each combination, and how much the rows decided of them.
FlatTable parameters_table(StudySet const&, std::vector<OffsetFit> const&);

/// Tables with the titles that a screen gives them; without one they are for machines.
using TitledTables = std::vector<std::pair<std::string, FlatTable>>;

/// A screen of aligned columns under titles; empty tables are left out.
std::string to_text(TitledTables const&);

/// Before the work: whether --format and --table are words of the verb. \throws UsageError
void check_format(boost::program_options::variables_map const&, std::span<std::string_view const> tables);

/// Prints the tables as --format says: a screen, JSON, Markdown, or one of them as CSV, the first where none is named.
/// \param file  empty: standard output
void deliver_tables(std::string const& schema, std::string const& command, TitledTables const&,
                    boost::program_options::variables_map const&, std::string const& file, Surroundings&);

}  // namespace runrate
