// Terms of price books that no list of the importers has.

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "billing/book_diff.h"
#include "billing/import.h"
#include "scenario/sections.h"

namespace runrate {
namespace {

PriceBook read(std::string const& text) {
    Diagnostics log;
    PriceBook book;
    read_price_book("book.yaml", text, log, book);
    EXPECT_FALSE(log.has_errors()) << log.render();
    return book;
}

PriceBook kept() {
    std::ifstream in{std::string{RUNRATE_SOURCE_DIR} + "/tests/scenario/books/kept.yaml"};
    std::ostringstream text;
    text << in.rdbuf();
    return read(text.str());
}

TEST(Book, HasStorageInTypedPrices) {
    auto const book = kept();
    EXPECT_EQ(book.models.at("acme/kept").rows[0].storage, StoragePrice{4'500'000});
    EXPECT_EQ(book.models.at("acme/asked").rows[0].storage, StoragePrice{500'000});
}

TEST(Book, HasTokenizersWithTheirSource) {
    auto const book = kept();
    TokenizerTerms const stated{1.3, "invented, 2026-01-01", Date{std::chrono::year{2026} / 1 / 1}};
    EXPECT_EQ(book.models.at("acme/kept").tokenizer, stated);
    EXPECT_EQ(book.models.at("acme/asked").tokenizer, (TokenizerTerms{0.9, "", {}}));
}

TEST(Book, IsWrittenAsItWasRead) { EXPECT_EQ(read(to_yaml(kept())).models, kept().models); }

TEST(Book, ComparesStorageAndTokenizers) {
    auto after = kept();
    after.models.at("acme/kept").tokenizer->factor = 1.2;
    after.models.at("acme/kept").rows[0].storage = StoragePrice{1'000'000};
    EXPECT_EQ(differences(kept(), after),
              (std::vector<std::string>{
                  "acme/kept: its tokenizer differs",
                  "acme/kept from 2025-01-01: storage $4.5/M tokens per hour -> $1/M tokens per hour"}));
}

}  // namespace
}  // namespace runrate
