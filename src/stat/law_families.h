#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "stat/law.h"

namespace runrate {

/// What a law is stated by, in one world. \pre one of the sets that accepted() names, all finite
class Stated {
public:
    explicit Stated(std::vector<std::pair<Parameter, double>> values) : values_{std::move(values)} {}

    [[nodiscard]] std::optional<double> find(Parameter) const;
    [[nodiscard]] bool has(Parameter p) const { return find(p).has_value(); }

    /// \pre has(p)
    [[nodiscard]] double operator[](Parameter) const;

private:
    std::vector<std::pair<Parameter, double>> values_;
};

using Resolved = std::variant<Distribution, std::string>;

/// The law of `family`, or why there is none. \pre family is neither empirical nor mixture
Resolved resolve(Family, Stated const&, int from);

}  // namespace runrate
