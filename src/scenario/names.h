#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runrate {

/// Names to dense ids, in the order of their first mention.
template <class NameId>
class Names {
public:
    NameId intern(std::string_view name) {
        if (auto const known = find(name)) return *known;
        all_.emplace_back(name);
        return NameId{all_.size() - 1};
    }

    [[nodiscard]] std::optional<NameId> find(std::string_view name) const {
        auto const at = std::find(all_.begin(), all_.end(), name);
        if (at == all_.end()) return std::nullopt;
        return NameId{static_cast<std::size_t>(at - all_.begin())};
    }

    [[nodiscard]] std::vector<std::string> const& all() const { return all_; }

private:
    std::vector<std::string> all_;
};

}  // namespace runrate
