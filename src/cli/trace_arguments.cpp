#include "cli/trace_arguments.h"

#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/verbs.h"

namespace runrate {

TraceSettings trace_settings(boost::program_options::variables_map const& v) {
    TraceSettings settings;
    if (v.count("columns") == 0) refuse_ignored(v, "time-unit", "is of times of --columns");
    if (v.count("format-in") > 0)
        settings.format =
            static_cast<TraceFormat>(parse_word(trace_format_names, "format", v["format-in"].as<std::string>()));
    if (v.count("columns") > 0) {
        if (settings.format && settings.format != TraceFormat::csv)
            throw UsageError("--columns names columns of --format-in csv (leave one of them out)");
        try {
            settings.columns = parse_columns(v["columns"].as<std::string>());
        } catch (std::invalid_argument const& e) { throw UsageError(fmt::format("--columns: {}", e.what())); }
    }
    constexpr std::array<std::string_view, 4> units{"ns", "us", "ms", "s"};
    std::int64_t nano = 1;
    for (auto i = parse_word(units, "time unit", v["time-unit"].as<std::string>()); i > 0; --i) nano *= 1000;
    settings.time_unit = std::chrono::nanoseconds{nano};
    return settings;
}

}  // namespace runrate
