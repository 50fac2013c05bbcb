#include <fmt/format.h>

#include "core/diagnostics.h"
#include "runrate/price_book.h"
#include "scenario/files.h"
#include "scenario/sections.h"

namespace runrate {

std::shared_ptr<PriceBook const> load_price_books(std::vector<std::filesystem::path> const& files) {
    Diagnostics log;
    auto book = std::make_shared<PriceBook>();
    for (auto const& file : files) {
        std::string fault = "no such file";
        auto const bytes = read_bounded(file, largest_book, fault);
        if (bytes)
            read_price_book(file.string(), *bytes, log, *book);
        else
            log.error({log.add_source(file.string(), ""), 0, 0}, fmt::format("cannot read the price book ({})", fault));
    }
    if (log.has_errors()) throw InputError(log.render());
    return book;
}

}  // namespace runrate
