#include "units/dates.h"

#include <fmt/format.h>

namespace runrate {

Shape<Month> month_shape() {
    return converted<Month, std::string>(text("a month such as 2026-01"), [](std::string const& t, Cursor const& at) {
        auto const month = parse_month(t);
        if (!month) at.error(fmt::format("'{}' is not a month (write 2026-01)", t));
        return month.value_or(Month{std::chrono::year{2026}, std::chrono::January});
    });
}

Shape<Date> date_shape() {
    return converted<Date, std::string>(text("a date such as 2026-06-15"), [](std::string const& t, Cursor const& at) {
        auto const date = parse_date(t);
        if (!date) at.error(fmt::format("'{}' is not a date (write 2026-06-15)", t));
        return date.value_or(Date{});
    });
}

}  // namespace runrate
