#include <algorithm>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "units/dates.h"

namespace runrate {
namespace {

struct CompareText {
    std::optional<std::string> baseline;
    std::optional<std::vector<std::string>> challengers;
    std::optional<Month> reference;
    VolumeRange range;
};

VolumeRange range_of(std::string const& text, Cursor const& at) {
    constexpr double least = 1e-9, most = 1e9;
    auto const refuse = [&](std::string message) { return at.error(std::move(message)), VolumeRange{}; };
    if (!looks_like_range(text))
        return refuse(fmt::format("expected two volumes such as 0.1x to 300x, found '{}'", text));
    auto const range = parse_range(text);
    if (auto const* fault = std::get_if<std::string>(&range)) return refuse(*fault);
    auto const& [low, high] = std::get<Range>(range);
    if (low.unit != Unit::times && low.unit != Unit::none)
        return refuse(fmt::format("expected two volumes such as 0.1x to 300x, found '{}'", text));
    if (!(low.number < high.number)) return refuse(fmt::format("'{}' does not rise (write 0.1x to 300x)", text));
    if (!(low.number >= least && high.number <= most))
        return refuse(fmt::format("'{}' is not possible here (volumes are from 1e-9x to 1e9x)", text));
    return {low.number, high.number};
}

/// An option that is compared. \param at  where it is named
bool check_option(Scenario const& s, std::string const& name, Cursor const& at) {
    std::vector<std::string> known;
    for (auto const& option : s.options) {
        if (!option.only_fallback) known.push_back(option.name);
        if (option.only_fallback && option.name == name)
            return at.error(fmt::format("'{}' is only a fallback: it is not compared", name)), false;
    }
    bool const found = std::find(known.begin(), known.end(), name) != known.end();
    if (!found) at.error(fmt::format("unknown option '{}'{}", name, suggestion(name, known, "known")));
    return found;
}

void check_challengers(Scenario const& s, std::string const& baseline, Cursor const& at) {
    auto const& names = s.compare->challengers;
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto const here = at.at(i);
        if (!check_option(s, names[i], here)) continue;
        if (names[i] == baseline)
            here.error(fmt::format("'{}' is the baseline itself (name another option, or another baseline)", baseline));
        else if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
                 names.begin() + static_cast<std::ptrdiff_t>(i))
            here.error(fmt::format("'{}' is named twice", names[i]));
    }
}

}  // namespace

Shape<Compare> compare_shape() {
    auto const range = converted<VolumeRange, std::string>(text("two volumes such as 0.1x to 300x"), range_of);
    auto const table =
        Table<CompareText>("what is held against what")
            .optional("baseline", &CompareText::baseline, text("the name of an option"),
                      "option that others are held against; the first one without it")
            .optional("challengers", &CompareText::challengers, list_of(text("the name of an option"), 1),
                      "options that are held against it; all others without it")
            .optional("reference", &CompareText::reference, month_shape(),
                      "month whose mix of features volumes keep; the twelfth, or the last before it, without it")
            .defaulted("range", &CompareText::range, range, "0.1x to 300x", "of volumes, as multiples of that month's");
    return converted<Compare, CompareText>(table.shape(), [](CompareText const& t, Cursor const&) {
        return Compare{t.baseline.value_or(""), t.challengers.value_or(std::vector<std::string>{}), t.reference,
                       t.range};
    });
}

void check_compare(Scenario const& s, Cursor const& root) {
    auto const at = root.find("compare");
    if (!at || !s.compare) return;
    std::vector<std::string> compared;
    for (auto const& option : s.options)
        if (!option.only_fallback) compared.push_back(option.name);
    if (compared.size() < 2) return at->error("one option alone has nothing to be held against (leave 'compare' out)");
    auto const& stated = s.compare->baseline;
    if (!stated.empty()) check_option(s, stated, *at->find("baseline"));
    if (auto const challengers = at->find("challengers"))
        check_challengers(s, stated.empty() ? compared.front() : stated, *challengers);
    auto const& reference = s.compare->reference;
    if (reference && (*reference < s.calendar.start || *reference >= s.calendar.month(s.calendar.months)))
        at->find("reference")
            ->error(fmt::format("'{}' is outside of the horizon ({} to {})", to_string(*reference),
                                to_string(s.calendar.start), to_string(s.calendar.month(s.calendar.months - 1))));
}

}  // namespace runrate
