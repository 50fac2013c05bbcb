#include "calibration/calibration_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/shapes.h"
#include "core/bounded_file.h"
#include "units/known_number.h"

namespace runrate {
namespace {

using Named = std::vector<std::pair<std::string, double>>;

struct EngineText {
    std::string model, gpu, engine;
    Precision precision = Precision::bf16;
    std::optional<Parallelism> parallel;
    int rows = 0;
    Named values;
    std::vector<double> covariance;
    std::optional<std::vector<double>> tpot, ttft, saturated;
};

struct CoefficientText {
    std::string parameter, covariate;
    double value = 0, sd = 0;
};

struct FileText {
    std::string schema, name, as_of, command;
    std::vector<std::string> sources, engines, models;
    std::vector<CoefficientText> pooled;
    std::vector<EngineText> families, combinations;
};

Shape<double> plain_number() { return known_number(dimension::plain); }

Shape<EngineText> engine_text_shape() {
    using E = EngineText;
    return Table<E>("a calibrated engine")
        .required("model", &E::model, text("a name of the catalogue"), "model")
        .required("gpu", &E::gpu, text("a name of the catalogue"), "GPU")
        .required("precision", &E::precision, precision_shape(), "of the weights")
        .required("engine", &E::engine, text("an engine"), "class of the engine")
        .optional("parallel", &E::parallel, parallelism_shape(), "over GPUs")
        .required("rows", &E::rows, whole_number(0, 1'000'000'000), "measurements that say so")
        .required("values", &E::values, map_of(plain_number(), 1),
                  "parameters in their units; of a family, what it adds to their logarithms")
        .defaulted("covariance", &E::covariance, list_of(plain_number()), "[]",
                   "of the logarithms, lower triangle by rows")
        .optional("tpot", &E::tpot, list_of(plain_number(), 3), "rows, median and 90th percentile of errors")
        .optional("ttft", &E::ttft, list_of(plain_number(), 3), "the same of TTFT")
        .optional("saturated", &E::saturated, list_of(plain_number(), 3), "the same of saturated throughput")
        .shape();
}

Shape<CoefficientText> coefficient_shape() {
    using C = CoefficientText;
    return Table<C>("a pooled coefficient")
        .required("parameter", &C::parameter, text("a parameter"), "which it moves")
        .required("covariate", &C::covariate, text("a covariate"), "by what")
        .required("value", &C::value, plain_number(), "in logarithms")
        .required("sd", &C::sd, plain_number(), "what the data leave open")
        .shape();
}

std::optional<StepParameter> parameter_named(std::string_view name) {
    for (std::size_t i = 0; i < parameter_count; ++i)
        if (prior(i).name == name) return static_cast<StepParameter>(i);
    return std::nullopt;
}

/// Values by name in the parameters' order; \param in_units  not logarithms
LogParameters values_of(Named const& values, bool in_units, Cursor const& at) {
    LogParameters logs = LogParameters::Zero();
    if (in_units) logs = to_logs(StepParameters{});
    for (auto const& [name, value] : values) {
        auto const p = parameter_named(name);
        if (!p) {
            at.find("values")->find(name)->error(fmt::format("unknown parameter '{}'", name));
            continue;
        }
        auto const& bounds = prior(*p);
        double const slack = 1e-4 * bounds.high;  // of rounding in the file
        if (in_units && !(value >= bounds.low - slack && value <= bounds.high + slack)) {
            at.find("values")->find(name)->error(
                fmt::format("{} is from {} to {} {}", name, bounds.low, bounds.high, bounds.unit));
            continue;
        }
        auto const i = static_cast<Eigen::Index>(*p);
        logs[i] = in_units ? log_of_unit(*p, value) : value;
    }
    return logs;
}

std::optional<ErrorSummary> summary_of(std::optional<std::vector<double>> const& numbers) {
    if (!numbers || numbers->size() < 3 || !((*numbers)[0] >= 0 && (*numbers)[0] < 1e9)) return std::nullopt;
    return ErrorSummary{static_cast<std::size_t>((*numbers)[0]), (*numbers)[1], (*numbers)[2]};
}

CalibratedEngine engine_of(EngineText const& t, Cursor const& at) {
    CalibratedEngine e{t.model,         t.gpu,       t.engine,
                       t.precision,     t.parallel,  static_cast<std::size_t>(t.rows),
                       LogParameters{}, t.covariance};
    e.parameters = values_of(t.values, t.parallel.has_value(), at);
    e.tpot = summary_of(t.tpot);
    e.ttft = summary_of(t.ttft);
    e.saturated = summary_of(t.saturated);
    if (!t.covariance.empty() && t.covariance.size() != parameter_count * (parameter_count + 1) / 2)
        at.find("covariance")
            ->error(fmt::format("a lower triangle of {0} x {0} has {1} numbers", parameter_count,
                                parameter_count * (parameter_count + 1) / 2));
    return e;
}

/// The coefficients in the order of the file's design; those that the file lacks are at their prior.
void set_pooled(FileText const& t, Cursor const& root, Calibration& c) {
    Design const design{c.names};
    for (auto const& column : design.columns()) {
        c.coefficients.push_back(column.median);
        c.sds.push_back(column.log_sd);
    }
    for (std::size_t i = 0; i < t.pooled.size(); ++i) {
        auto const& given = t.pooled[i];
        auto const same = [&](Design::Column const& column) {
            return prior(column.parameter).name == given.parameter && column.covariate == given.covariate;
        };
        auto const at = std::find_if(design.columns().begin(), design.columns().end(), same);
        if (at == design.columns().end()) {
            root.find("pooled")->at(i).error(
                fmt::format("'{}' of '{}' is no coefficient of the model", given.covariate, given.parameter));
            continue;
        }
        auto const j = static_cast<std::size_t>(at - design.columns().begin());
        c.coefficients[j] = given.value;
        c.sds[j] = given.sd;
    }
}

Shape<FileText> file_shape() {
    using F = FileText;
    return Table<F>("a calibration")
        .required("schema", &F::schema, one_word_of<std::string>({{"runrate/calibration/1", "runrate/calibration/1"}}),
                  "format of this file")
        .required("name", &F::name, text("a name"), "what reports call it")
        .required("as_of", &F::as_of, text("a date"), "when it was fitted")
        .required("command", &F::command, text("a command"), "that made it")
        .defaulted("sources", &F::sources, list_of(text("a source")), "[]", "of the measurements")
        .required("engines", &F::engines, list_of(text("an engine"), 1), "classes of engines in the pooled set")
        .defaulted("models", &F::models, list_of(text("a model")), "[]", "models in the pooled set")
        .required("pooled", &F::pooled, list_of(coefficient_shape()), "coefficients of the pooled set")
        .defaulted("families", &F::families, list_of(engine_text_shape()), "[]", "what families add to it")
        .defaulted("combinations", &F::combinations, list_of(engine_text_shape()), "[]", "what was measured")
        .shape();
}

}  // namespace

Calibration read_calibration(std::string const& name, std::string const& bytes) {
    Diagnostics log;
    Node root = parse_yaml(log.add_source(name, bytes), bytes, log);
    if (log.has_errors()) throw InputError(log.render());
    Cursor const at{root, "", log};
    auto const t = file_shape().read(at);
    Calibration c{t.name, t.as_of, t.command, t.sources, {t.engines, t.models}, {}, {}, {}, {}};
    if (!log.has_errors()) {
        set_pooled(t, at, c);
        auto const engines = [&](char const* key, std::vector<EngineText> const& texts) {
            std::vector<CalibratedEngine> read;
            for (std::size_t i = 0; i < texts.size(); ++i) read.push_back(engine_of(texts[i], at.find(key)->at(i)));
            return read;
        };
        c.families = engines("families", t.families);
        c.combinations = engines("combinations", t.combinations);
    }
    if (log.has_errors()) throw InputError(log.render());
    return c;
}

Calibration load_calibration(std::filesystem::path const& path) {
    constexpr std::size_t largest = std::size_t{16} << 20;
    std::string fault;
    auto const bytes = read_bounded(path, largest, fault);
    if (!bytes) throw InputError(fmt::format("{}: error: {}\n", path.string(), fault));
    return read_calibration(path.string(), *bytes);
}

std::optional<std::filesystem::path> newest_calibration(std::vector<std::filesystem::path> const& folders) {
    for (auto const& folder : folders) {
        std::vector<std::filesystem::path> found;
        std::error_code failed;
        for (std::filesystem::directory_iterator at{folder / "fits", failed}, end; !failed && at != end;
             at.increment(failed))
            if (at->path().extension() == ".yaml") found.push_back(at->path());
        if (!found.empty()) return *std::max_element(found.begin(), found.end());
    }
    return std::nullopt;
}

}  // namespace runrate
