#include "experiment/chosen.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace runrate {

std::vector<std::size_t> chosen_options(Scenario const& s, std::vector<std::string> const& names) {
    std::vector<std::size_t> chosen;
    for (std::size_t o = 0; o < s.options.size(); ++o) {
        bool const compared = names.empty() && !s.options[o].only_fallback;
        if (compared || std::find(names.begin(), names.end(), s.options[o].name) != names.end()) chosen.push_back(o);
    }
    for (auto const& name : names) {
        bool const known =
            std::any_of(s.options.begin(), s.options.end(), [&](Option const& o) { return o.name == name; });
        if (!known) throw std::invalid_argument(fmt::format("no option '{}' in the scenario", name));
    }
    return chosen;
}

}  // namespace runrate
