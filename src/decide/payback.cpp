#include "decide/payback.h"

#include "core/contract.h"

namespace runrate {
namespace {

/// The earliest month by which at least half of the draws have come to theirs. \param come  draws whose month it is
std::optional<std::size_t> median_month(std::vector<std::size_t> const& come, std::size_t draws) {
    std::size_t so_far = 0;
    for (std::size_t m = 0; m < come.size(); ++m) {
        so_far += come[m];
        if (2 * so_far >= draws) return m;
    }
    return std::nullopt;
}

std::size_t draws_of(MonthlyDifferences const& d) {
    RUNRATE_EXPECT(!d.empty() && !d.front().empty());
    return d.front().size();
}

}  // namespace

std::optional<std::size_t> cheaper_for_good(MonthlyDifferences const& d) {
    std::vector<std::size_t> come(d.size(), 0);
    for (std::size_t k = 0; k < draws_of(d); ++k) {
        auto first = d.size();
        while (first > 0 && d[first - 1][k] <= 0) --first;
        if (first < d.size()) ++come[first];
    }
    return median_month(come, draws_of(d));
}

std::optional<std::size_t> paid_back(MonthlyDifferences const& payments) {
    std::vector<std::size_t> come(payments.size(), 0);
    for (std::size_t k = 0; k < draws_of(payments); ++k) {
        double sum = 0;
        std::size_t m = 0;
        while (m < payments.size() && !((sum += payments[m][k]) < 0)) ++m;
        if (m < payments.size()) ++come[m];
    }
    return median_month(come, draws_of(payments));
}

}  // namespace runrate
