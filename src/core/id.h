#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace runrate {

/// A dense index that knows what it counts, so that a role cannot be passed where a target is asked for.
template <class Tag>
class Id {
public:
    constexpr Id() = default;
    constexpr explicit Id(std::size_t index) : index_{static_cast<std::uint32_t>(index)} {}

    [[nodiscard]] constexpr std::size_t index() const { return index_; }

    friend constexpr auto operator<=>(Id, Id) = default;

private:
    std::uint32_t index_ = 0;
};

using BeliefId = Id<struct BeliefTag>;      ///< into the beliefs of a scenario
using RoleId = Id<struct RoleTag>;          ///< into the roles that workflows name
using TargetId = Id<struct TargetTag>;      ///< into the API models and pools that options name
using FeatureId = Id<struct FeatureTag>;    ///< into the features of a scenario
using WorkflowId = Id<struct WorkflowTag>;  ///< into the workflows of a scenario
using OptionId = Id<struct OptionTag>;      ///< into the options of a scenario

}  // namespace runrate
