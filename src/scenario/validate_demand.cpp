#include <algorithm>

#include <fmt/format.h>

#include "scenario/validate.h"

namespace runrate {
namespace {

/// The place of a key path, or as far as it goes.
Cursor place(Cursor at, std::initializer_list<std::string> path) {
    for (auto const& key : path) {
        if (auto const child = at.find(key)) at = *child;
    }
    return at;
}

void check_caps(Scenario const& s, Cursor const& root) {
    std::vector<std::string> names;
    for (auto const& option : s.options) names.push_back(option.name);
    for (auto const& feature : s.features) {
        if (!feature.cap || feature.cap->degrade_to.empty()) continue;
        auto const& to = feature.cap->degrade_to;
        if (std::find(names.begin(), names.end(), to) == names.end())
            place(root, {"features", feature.name, "cap", "then"})
                .error(fmt::format("unknown option '{}'{}", to, suggestion(to, names, "known")));
    }
}

/// Someone must be compared, and who is not must serve some purpose.
void check_compared(Scenario const& s, Cursor const& root) {
    bool const any = std::any_of(s.options.begin(), s.options.end(), [](Option const& o) { return !o.only_fallback; });
    if (!any) root.find("options")->error("every option is only a fallback (leave 'role' out of one that is compared)");
    for (auto const& option : s.options) {
        bool const used = std::any_of(s.features.begin(), s.features.end(),
                                      [&](Feature const& f) { return f.cap && f.cap->degrade_to == option.name; });
        if (option.only_fallback && !used)
            place(root, {"options", option.name, "role"}).error("no cap degrades to this option (it changes nothing)");
    }
}

void check_provisioned(Scenario const& s, Cursor const& root) {
    std::vector<std::string> asked;
    for (auto const& target : s.targets) asked.push_back(target.name);
    for (auto const& plan : s.plans) {
        std::vector<std::string> seen;
        auto const at = place(root, {"plan", plan.option.empty() ? plan.vendor : plan.option, "provisioned"});
        for (auto const& spec : plan.provisioned) {
            if (std::find(asked.begin(), asked.end(), spec.model) == asked.end())
                at.error(fmt::format("no option asks '{}'{}", spec.model, suggestion(spec.model, asked, "asked")));
            if (std::find(seen.begin(), seen.end(), spec.model) != seen.end())
                at.error(fmt::format("'{}' is provisioned twice (state all its units at once)", spec.model));
            seen.push_back(spec.model);
        }
    }
}

}  // namespace

void validate_demand(Scenario const& s, Cursor const& root) {
    check_caps(s, root);
    check_compared(s, root);
    check_provisioned(s, root);
}

}  // namespace runrate
