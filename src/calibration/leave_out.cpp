#include "calibration/leave_out.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/contract.h"
#include "montecarlo/parallel.h"
#include "stat/stream.h"

namespace runrate {
namespace {

std::string unit_of(StudySet const& set, LeaveOut what, std::size_t row) {
    auto const& c = set.combinations[set.combination_of[row]];
    switch (what) {
        case LeaveOut::combination: return c.name;
        case LeaveOut::family: return c.family;
        case LeaveOut::model: return c.replica.model.name;
        case LeaveOut::gpu: return c.replica.gpu.name;
        case LeaveOut::nothing:
        case LeaveOut::concurrency: break;
    }
    return {};
}

/// Whole units into `count` folds, shuffled so that neighbours in a table part.
std::vector<RowMask> folds_of_units(StudySet const& set, LeaveOut what, std::size_t count) {
    std::map<std::string, std::size_t> order;
    for (std::size_t row = 0; row < set.rows.size(); ++row) order.emplace(unit_of(set, what, row), 0);
    std::vector<std::pair<std::uint64_t, std::string>> shuffled;
    for (auto const& [name, unused] : order)
        shuffled.emplace_back(Stream{{.seed = 5, .purpose = Purpose::fold, .item = shuffled.size()}}.bits(), name);
    if (shuffled.size() < 2) return {};  // all rows: nothing would be left to fit
    std::sort(shuffled.begin(), shuffled.end());
    count = std::min(count, shuffled.size());
    for (std::size_t i = 0; i < shuffled.size(); ++i) order[shuffled[i].second] = i % count;
    std::vector<RowMask> masks(count, RowMask(set.rows.size(), 0));
    for (std::size_t row = 0; row < set.rows.size(); ++row) masks[order[unit_of(set, what, row)]][row] = 1;
    return masks;
}

/// Levels of one combination in turn, beginning elsewhere in each.
std::vector<RowMask> folds_of_levels(StudySet const& set, std::size_t count) {
    std::vector<RowMask> masks(count, RowMask(set.rows.size(), 0));
    for (std::size_t c = 0; c < set.combinations.size(); ++c) {
        std::set<double> levels;
        for (auto const row : set.combinations[c].rows)
            if (set.rows[row].protocol == Protocol::closed_loop) levels.insert(set.rows[row].concurrency);
        if (levels.size() < 3) continue;
        for (auto const row : set.combinations[c].rows) {
            if (set.rows[row].protocol != Protocol::closed_loop) continue;
            auto const level = std::distance(levels.begin(), levels.find(set.rows[row].concurrency));
            masks[(c + static_cast<std::size_t>(level)) % count][row] = 1;
        }
    }
    return masks;
}

void append_predictions(StudySet const& set, std::vector<LogParameters> const& parameters, RowMask const& mask,
                        Work const& work, std::vector<Prediction>& out) {
    std::vector<std::vector<Prediction>> parts(set.combinations.size());
    for_each_index(static_cast<std::uint32_t>(parts.size()), work.threads,
                   [&](std::uint32_t i) { parts[i] = predict(set, set.combinations[i], parameters[i], mask); });
    for (auto& part : parts)
        for (auto& p : part) out.push_back(std::move(p));
}

bool any_row(Combination const& c, RowMask const& mask) {
    return std::any_of(c.rows.begin(), c.rows.end(), [&](std::size_t row) { return mask[row] != 0; });
}

std::vector<LogParameters> best_parameters(StudySet const& set, std::vector<OffsetFit> const& fits,
                                           RowMask const& seen) {
    std::vector<LogParameters> logs;
    for (std::size_t i = 0; i < fits.size(); ++i)
        logs.push_back(any_row(set.combinations[i], seen) ? fits[i].parameters : fits[i].of_family);
    return logs;
}

}  // namespace

std::vector<RowMask> folds(StudySet const& set, LeaveOut what, std::size_t count) {
    RUNRATE_EXPECT(count > 0);
    if (what == LeaveOut::nothing) return {RowMask(set.rows.size(), 1)};
    if (what == LeaveOut::concurrency) return folds_of_levels(set, count);
    return folds_of_units(set, what, count);
}

RowMask without(RowMask const& fold) {
    RowMask rest(fold.size());
    std::transform(fold.begin(), fold.end(), rest.begin(), [](char left_out) { return left_out == 0 ? 1 : 0; });
    return rest;
}

std::vector<LogParameters> pooled_parameters(StudySet const& set, Design const& design, Eigen::VectorXd const& at) {
    std::vector<LogParameters> logs;
    for (auto const& c : set.combinations) logs.push_back(clamped(design.parameters(c, at)));
    return logs;
}

std::vector<Prediction> predict_with_offsets(StudySet const& set, std::vector<LogParameters> const& pooled,
                                             RowMask const& seen, RowMask const& wanted, Work const& work) {
    std::vector<Prediction> out;
    auto const offsets = fit_offsets(set, pooled, seen, wanted, work);
    append_predictions(set, best_parameters(set, offsets, seen), wanted, work, out);
    return out;
}

std::vector<Prediction> predict_left_out(StudySet const& set, Design const& design, RowMask const& fold,
                                         Eigen::VectorXd const& start, Work const& work) {
    auto const seen = without(fold);
    auto const fit = fit_pooled(set, design, seen, &start, work);
    return predict_with_offsets(set, pooled_parameters(set, design, fit.coefficients), seen, fold, work);
}

std::vector<Prediction> predict_all(StudySet const& set, std::vector<OffsetFit> const& fits, Work const& work) {
    RowMask const all(set.rows.size(), 1);
    std::vector<Prediction> out;
    append_predictions(set, best_parameters(set, fits, all), all, work, out);
    return out;
}

}  // namespace runrate
