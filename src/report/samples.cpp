#include "report/samples.h"

#include <string>

#include "core/contract.h"
#include "report/csv.h"
#include "report/figures.h"

namespace runrate {
namespace {

template <class Values, class Text>
std::string csv_line(Values const& values, Text const& text) {
    std::string line;
    for (auto const& value : values) {
        if (&value != values.data()) line += ',';
        line += text(value);
    }
    return line + "\n";
}

}  // namespace

void write_samples(std::ostream& out, Samples const& samples) {
    out << csv_line(samples.columns, csv_text);
    for (auto const& row : samples.rows) {
        RUNRATE_EXPECT(row.size() == samples.columns.size());
        out << csv_line(row, shortest);
    }
}

}  // namespace runrate
