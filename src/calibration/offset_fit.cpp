#include "calibration/offset_fit.h"

#include <algorithm>
#include <map>

#include <Eigen/Cholesky>

#include "calibration/loss.h"
#include "montecarlo/parallel.h"

namespace runrate {
namespace {

constexpr int most_iterations = 8;
constexpr auto width = static_cast<Eigen::Index>(parameter_count);

/// The unknowns of one family: what it adds, then what each of its groups adds.
class FamilyProblem {
public:
    FamilyProblem(StudySet const& set, std::vector<std::size_t> members, std::vector<LogParameters> const& pooled,
                  RowMask const& mask)
        : set_{set}, members_{std::move(members)}, pooled_{pooled}, mask_{mask} {}

    void solve() {
        at_ = Eigen::VectorXd::Zero(size());
        double now = objective(at_);
        for (int i = 0; i < most_iterations; ++i) {
            auto const n = normal(at_);
            Eigen::VectorXd const step = -n.matrix.ldlt().solve(n.gradient);
            double best = now;
            for (double share = 1; share > 0.05; share /= 2) {
                Eigen::VectorXd const moved = at_ + share * step;
                best = objective(moved);
                if (!(best < now)) continue;
                at_ = moved;
                break;
            }
            if (now - best < 1e-3 * now) break;
            now = best;
        }
        auto const n = normal(at_);
        covariance_ = n.matrix.ldlt().solve(Eigen::MatrixXd::Identity(size(), size()));
    }

    void write(std::vector<OffsetFit>& fits) const {
        for (std::size_t k = 0; k < members_.size(); ++k) {
            auto& fit = fits[members_[k]];
            fit.parameters = clamped(parameters(at_, k));
            fit.of_family = clamped(pooled_[members_[k]] + at_.head<width>());
            auto const g = group(k);
            fit.covariance = covariance_.topLeftCorner<width, width>() + covariance_.block<width, width>(g, g) +
                             covariance_.block<width, width>(0, g) + covariance_.block<width, width>(g, 0);
        }
    }

private:
    struct Normal {
        Eigen::MatrixXd matrix;
        Eigen::VectorXd gradient;
    };

    [[nodiscard]] Eigen::Index size() const { return width * static_cast<Eigen::Index>(members_.size() + 1); }
    [[nodiscard]] static Eigen::Index group(std::size_t k) { return width * static_cast<Eigen::Index>(k + 1); }
    [[nodiscard]] LogParameters parameters(Eigen::VectorXd const& at, std::size_t k) const {
        return pooled_[members_[k]] + at.head<width>() + at.segment<width>(group(k));
    }
    [[nodiscard]] static double precision(Eigen::Index i) {
        auto const& p = prior(static_cast<std::size_t>(i % width));
        double const sd = i < width ? p.family_sd : p.group_sd;
        return 1 / (sd * sd);
    }

    [[nodiscard]] double objective(Eigen::VectorXd const& at) const {
        double sum = 0;
        for (Eigen::Index i = 0; i < size(); ++i) sum += precision(i) * at[i] * at[i];
        for (std::size_t k = 0; k < members_.size(); ++k)
            sum += total_loss(residuals_of(set_, set_.combinations[members_[k]], parameters(at, k), mask_));
        return sum;
    }

    [[nodiscard]] Normal normal(Eigen::VectorXd const& at) const {
        Normal n{Eigen::MatrixXd::Zero(size(), size()), Eigen::VectorXd::Zero(size())};
        for (Eigen::Index i = 0; i < size(); ++i) {
            n.matrix(i, i) = precision(i);
            n.gradient[i] = precision(i) * at[i];
        }
        for (std::size_t k = 0; k < members_.size(); ++k) {
            auto const part = weighted(linearise(set_, set_.combinations[members_[k]], parameters(at, k), mask_));
            auto const g = group(k);
            for (auto const row : {Eigen::Index{0}, g}) {
                n.gradient.segment<width>(row) += part.gradient;
                for (auto const column : {Eigen::Index{0}, g}) n.matrix.block<width, width>(row, column) += part.matrix;
            }
        }
        return n;
    }

    StudySet const& set_;
    std::vector<std::size_t> members_;
    std::vector<LogParameters> const& pooled_;
    RowMask const& mask_;
    Eigen::VectorXd at_;
    Eigen::MatrixXd covariance_;
};

std::vector<std::vector<std::size_t>> families(StudySet const& set) {
    std::map<std::string, std::vector<std::size_t>> by_name;
    for (std::size_t i = 0; i < set.combinations.size(); ++i) by_name[set.combinations[i].family].push_back(i);
    std::vector<std::vector<std::size_t>> all;
    for (auto& [name, members] : by_name) all.push_back(std::move(members));
    return all;
}

}  // namespace

std::vector<OffsetFit> fit_offsets(StudySet const& set, std::vector<LogParameters> const& pooled, RowMask const& mask,
                                   RowMask const& wanted, Work const& work) {
    work.say("families");
    std::vector<OffsetFit> fits(set.combinations.size());
    for (std::size_t i = 0; i < fits.size(); ++i)
        fits[i] = {pooled[i], pooled[i], decltype(OffsetFit::covariance)::Zero()};
    auto const any = [&](std::size_t member, RowMask const& rows) {
        auto const& own = set.combinations[member].rows;
        return std::any_of(own.begin(), own.end(), [&](std::size_t row) { return rows[row] != 0; });
    };
    auto all = families(set);
    std::erase_if(all, [&](std::vector<std::size_t> const& family) {
        auto const has = [&](RowMask const& rows) {
            return std::any_of(family.begin(), family.end(), [&](std::size_t i) { return any(i, rows); });
        };
        return !has(mask) || !has(wanted);
    });
    for_each_index(static_cast<std::uint32_t>(all.size()), work.threads, [&](std::uint32_t i) {
        FamilyProblem problem{set, all[i], pooled, mask};
        problem.solve();
        problem.write(fits);
    });
    return fits;
}

}  // namespace runrate
