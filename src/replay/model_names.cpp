#include "replay/model_names.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "replay/fields.h"

namespace runrate {
namespace {

struct Alias {
    std::string_view logged, vendor;
};
/// Vendors as litellm calls them, where the books have another name.
constexpr std::array aliases{Alias{"gemini", "google"},          Alias{"vertex_ai", "google"},
                             Alias{"azure", "openai"},           Alias{"text-completion-openai", "openai"},
                             Alias{"fireworks_ai", "fireworks"}, Alias{"together_ai", "together"},
                             Alias{"cohere_chat", "cohere"},     Alias{"bedrock", "aws"}};

std::string_view vendor_of(std::string_view logged) {
    auto const at = std::find_if(aliases.begin(), aliases.end(), [&](Alias const& a) { return a.logged == logged; });
    return at == aliases.end() ? logged : at->vendor;
}

std::string_view behind_slash(std::string_view name) {
    auto const slash = name.rfind('/');
    return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

}  // namespace

std::string_view without_date(std::string_view model) {
    auto const ends = [&](std::size_t length) {
        return model.size() > length ? model.substr(model.size() - length) : "";
    };
    auto const compact = ends(9), spelled = ends(11);
    if (!compact.empty() && (compact[0] == '-' || compact[0] == '@') && compact.substr(1, 2) == "20" &&
        all_digits(compact.substr(1)))
        return model.substr(0, model.size() - 9);
    if (!spelled.empty() && spelled[0] == '-' && spelled[5] == '-' && spelled[8] == '-' &&
        all_digits(spelled.substr(1, 4)) && all_digits(spelled.substr(6, 2)) && all_digits(spelled.substr(9)))
        return model.substr(0, model.size() - 11);
    return model;
}

ModelNames::ModelNames(PriceBook const& book) : book_{book} {
    for (auto const& [id, prices] : book.models) by_tail_.emplace(behind_slash(id), &prices);
}

Matched ModelNames::find_form(std::string_view model, std::string_view vendor) const {
    auto const priced = [&](std::string const& id) {
        auto const at = book_.models.find(id);
        return at == book_.models.end() ? nullptr : &at->second;
    };
    if (auto const* prices = priced(std::string{model})) return {prices, Match::exact};
    auto const tail = behind_slash(model);
    if (vendor.empty() && tail.size() < model.size()) vendor = model.substr(0, model.find('/'));
    if (auto const* prices = priced(fmt::format("{}/{}", vendor_of(vendor), tail))) return {prices, Match::vendor};
    auto const [from, to] = by_tail_.equal_range(tail);
    if (from == to) return {};
    if (std::next(from) != to) return {nullptr, Match::ambiguous};
    return {from->second, Match::suffix};
}

Matched ModelNames::find(std::string_view model, std::string_view vendor) const {
    if (model.empty()) return {};
    auto const whole = find_form(model, vendor);
    auto const undated = without_date(model);
    return whole.how == Match::none && undated != model ? find_form(undated, vendor) : whole;
}

}  // namespace runrate
