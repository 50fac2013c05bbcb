#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "pricing/price_book.h"

namespace runrate {

/// How a logged name was found in the price books.
enum class Match : std::uint8_t {
    exact,      ///< it is an id of the books
    vendor,     ///< it is, with its vendor before it
    suffix,     ///< one id alone ends with it
    ambiguous,  ///< several ids do
    none,
};
inline constexpr std::array<std::string_view, 5> match_names{"exact", "vendor", "suffix", "ambiguous", "none"};

struct Matched {
    ModelPrices const* prices = nullptr;  ///< null: no book prices it
    Match how = Match::none;
};

/// Finds models by the names that gateways log. A name that is not found is tried again without the date at its end
/// (`gpt-5-2025-08-07`).
class ModelNames {
public:
    explicit ModelNames(PriceBook const&);

    /// \param vendor  as litellm names it (`vertex_ai`); may be empty
    [[nodiscard]] Matched find(std::string_view model, std::string_view vendor) const;

private:
    [[nodiscard]] Matched find_form(std::string_view model, std::string_view vendor) const;

    PriceBook const& book_;
    std::multimap<std::string, ModelPrices const*, std::less<>> by_tail_;  ///< what stands behind the vendor
};

/// The name without a date at its end; the name itself where there is none.
std::string_view without_date(std::string_view model);

}  // namespace runrate
