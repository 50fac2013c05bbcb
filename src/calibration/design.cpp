#include "calibration/design.h"

#include <algorithm>

#include "hardware/step_terms.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

bool blackwell(Combination const& c) { return c.replica.gpu.generation == GpuGeneration::blackwell; }
bool amd(Combination const& c) {
    return c.replica.gpu.generation == GpuGeneration::cdna3 || c.replica.gpu.generation == GpuGeneration::cdna4;
}
double log2_of(double x) { return real::log(x) / 0.6931471805599453; }

double covariate_value(Combination const& c, std::string const& name) {
    auto const& r = c.replica;
    auto const computes_in = compute_format(r.gpu, r.precision);
    if (name == "one") return 1;
    if (name == "blackwell") return blackwell(c) ? 1 : 0;
    if (name == "amd") return amd(c) ? 1 : 0;
    if (name == "fp4") return computes_in == Precision::fp4 ? 1 : 0;
    if (name == "bf16") return computes_in == Precision::bf16 ? 1 : 0;
    if (name == "widened") return computes_in == Precision::bf16 && r.precision != Precision::bf16 ? 1 : 0;
    if (name == "moe") return r.model.experts ? 1 : 0;
    if (name == "mla") return r.model.latent ? 1 : 0;
    if (name == "log2 gpus") return log2_of(r.parallel.tensor * r.parallel.data);
    if (name == "log layers") return real::log(r.model.layers / 64.0);
    return name == "engine " + c.engine || name == "model " + r.model.name ? 1 : 0;
}

Design::Names names_of(std::vector<Combination> const& combinations) {
    Design::Names names;
    for (auto const& c : combinations) {
        names.engines.push_back(c.engine);
        names.models.push_back(c.replica.model.name);
    }
    return names;
}

void sort_once(std::vector<std::string>& names) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

Design::Design(std::vector<Combination> const& combinations) : Design(names_of(combinations)) {}

Design::Design(Names names) : names_{std::move(names)} {
    sort_once(names_.engines);
    sort_once(names_.models);
    using P = StepParameter;
    for (std::size_t i = 0; i < parameter_count; ++i) {
        auto const p = static_cast<StepParameter>(i);
        columns_.push_back({p, "one", log_median(p), prior(p).log_sd});
    }
    for (auto const* name : {"blackwell", "amd", "fp4", "bf16", "widened", "moe", "mla"}) add(P::compute, name, 0.4);
    for (auto const* name : {"blackwell", "amd", "moe", "log2 gpus"}) add(P::memory, name, 0.2);
    for (auto const* name : {"blackwell", "amd", "mla"}) add(P::kv, name, 0.4);
    for (auto const* name : {"blackwell", "amd", "mla"}) add(P::attention, name, 0.4);
    for (auto const* name : {"blackwell", "amd"}) add(P::collective, name, 0.4);
    add(P::collective, "log2 gpus", 0.15);
    for (auto const* name : {"blackwell", "amd"}) add(P::link, name, 0.4);
    // Launches grow with the layers.
    columns_.push_back({P::step, "log layers", 1, 0.1});
    for (auto const* name : {"moe", "blackwell", "amd"}) add(P::step, name, 0.5);
    for (auto const& engine : names_.engines) {
        add(P::step, "engine " + engine, 0.5);
        add(P::sequence, "engine " + engine, 0.8);
        add(P::request, "engine " + engine, 0.8);
        add(P::prompt_token, "engine " + engine, 1.0);
        add(P::stream, "engine " + engine, 1.5);
    }
    for (auto const& model : names_.models) {
        add(P::step, "model " + model, 0.2);
        add(P::memory, "model " + model, 0.1);
    }
}

void Design::add(StepParameter p, std::string covariate, double log_sd) {
    columns_.push_back({p, std::move(covariate), 0, log_sd});
}

Eigen::VectorXd Design::values(Combination const& c) const {
    Eigen::VectorXd x(static_cast<Eigen::Index>(columns_.size()));
    for (std::size_t j = 0; j < columns_.size(); ++j)
        x[static_cast<Eigen::Index>(j)] = covariate_value(c, columns_[j].covariate);
    return x;
}

Eigen::VectorXd Design::prior_medians() const {
    Eigen::VectorXd m(static_cast<Eigen::Index>(columns_.size()));
    for (std::size_t j = 0; j < columns_.size(); ++j) m[static_cast<Eigen::Index>(j)] = columns_[j].median;
    return m;
}

LogParameters Design::parameters(Combination const& c, Eigen::VectorXd const& coefficients) const {
    auto const x = values(c);
    LogParameters logs = LogParameters::Zero();
    for (std::size_t j = 0; j < columns_.size(); ++j) {
        auto const k = static_cast<Eigen::Index>(j);
        logs[static_cast<Eigen::Index>(columns_[j].parameter)] += x[k] * coefficients[k];
    }
    return logs;
}

}  // namespace runrate
