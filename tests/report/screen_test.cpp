#include <algorithm>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>

#include "core/contract.h"
#include "report/example_breakeven.h"
#include "report/figures.h"
#include "report/selection.h"
#include "report/table.h"
#include "report/utf8.h"

namespace runrate {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines(std::string const& text) {
    std::istringstream in{text};
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

/// The lines between a title and the next empty line.
std::string block(std::string const& screen, std::string const& title) {
    auto const from = screen.find(title);
    return from == std::string::npos ? "" : screen.substr(from, screen.find("\n\n", from) - from + 1);
}

/// One option, one month, two lines: a screen small enough to read whole.
Result small_result() {
    auto r = example::result();
    r.options.resize(1);
    auto const other = [](auto const& row) { return row.option != "api" || row.scale != 1 || row.period != "2026-01"; };
    std::erase_if(r.cost, other);
    std::erase_if(r.cost_lines, [&](CostLineRow const& row) { return other(row) || row.group == "tokens"; });
    std::erase_if(r.usage, [](auto const&) { return true; });
    auto& total = r.cost[0];
    total.mean = Amount{2'490'487'272}, total.se = Amount{10'000'000};
    total.p5 = Amount{2'001'000'000}, total.p50 = Amount{2'450'000'000}, total.p95 = Amount{3'104'000'000};
    total.sd_worlds = Amount{310'000'000}, total.sd_within = Amount{80'000'000};
    r.tokens.clear(), r.nonlinearity.clear(), r.unit_costs.clear(), r.gates.clear(), r.warnings.clear();
    return r;
}

TEST(Screen, SaysFromWhichVolumeOnAnotherOptionIsCheaper) {
    auto r = small_result();
    for (auto const* quality : {"as_bought", "adjusted"}) r.breakeven.push_back(example::breakeven(quality));
    r.breakeven_curve.push_back(example::curve_point("as_bought", 1, 0.34));
    EXPECT_EQ(block(to_screen(r), "Breakeven"),
              R"(Breakeven: multiples of 2026-12 from 0.1x to 300x, its mix of features
own against api, as bought: cheaper in half of the worlds from 148k sessions a month on (33.0B
  tokens), in 80% at no volume; P(cheaper) 34% at 1x; at 1x cheaper for good from 2026-07 on; as
  dear as api at 1x with GPUs at $1.90/h; a wrong choice costs, per year at 1x: own $1.00 on
  average, api $2.50k
)") << "failures that change nothing are no second paragraph";
    r.breakeven[1].safe50_sessions = std::nullopt, r.breakeven[1].p_never = 0.9;
    EXPECT_THAT(to_screen(r),
                HasSubstr("own against api, with what failed sessions cost: cheaper in half of the worlds "
                          "at no volume"));
}

TEST(Screen, ADiscountStandsWhereItsSizePutsIt) {
    auto r = small_result();
    auto discount = r.cost_lines.front();
    discount.group = "contracts", discount.line = "acme discount", discount.mean = Amount{-1'000'000'000};
    r.cost_lines.push_back(discount);
    auto const screen = to_screen(r);
    auto const shown = lines(block(screen, "What it consists of"));
    ASSERT_GT(shown.size(), 3U);
    EXPECT_THAT(shown[2], HasSubstr("staff"));
    EXPECT_THAT(shown[3], HasSubstr("contracts: acme discount"));
}

TEST(Screen, ASmallOneWhole) {
    EXPECT_EQ(to_screen(small_result()), R"(Support assistant
13 months from 2026-01 (calendar months); 256 worlds x 16 price draws, seed 1; accrual view in USD

Cost: median [P5 .. P95], mean ± 95% interval (k thousand, M million; 10x: 10 times the customers)
             api
2026-01  1x  $2.45k [$2.00k .. $3.10k] $2.49k ±0.95%

What it consists of: 2026-01 at 1x customers, mean and share
                           api
people: staff              $1.38k 55%
retrieval: rerank            $812 33%
software: observability      $300 12%
retrieval: embedder input   $3.14  0%

How far to trust it
Prices: oldest of 2: openai/gpt-5-mini input, 2025-08-07 (147 days before start); 1 extrapolated.
Monte Carlo error: at most 0.40% of any total (api at 1x, 2026-01); --worlds reduces it.
P5 to P95 hold 2 beliefs (sd $310 of api at 1x) and chance (sd $80.0), not model error.
Quality: every option states its success; a success also pays for the sessions that failed.
Not modelled: own GPUs, outages of vendors, network fees and storage outside of caches, taxes, and
  a change of models or prompts on the way.
)");
}

TEST(Screen, FitsAboutOneScreenAndItsWidth) {
    EXPECT_LE(lines(to_screen(example::result())).size(), 58u);
    for (std::size_t const width : {60u, 80u, 100u, 140u}) {
        for (auto const& line : lines(to_screen(example::result(), {.width = width, .by_tag = "team"}))) {
            EXPECT_LE(display_width(line), width) << line;
        }
    }
}

TEST(Screen, ANarrowerTerminalIsTakenAsSixtyColumns) {
    EXPECT_EQ(to_screen(example::result(), {.width = 20}), to_screen(example::result(), {.width = 60}));
}

TEST(Screen, AnswersForEveryHeadlinePeriodScaleAndOption) {
    auto const costs = block(to_screen(example::result()), "Cost: ");
    auto const result = example::result();
    for (auto const* period : {"2026-12", "2026-Q4", "FY2027"}) {
        for (auto const* option : {"api", "api-small"}) {
            for (double const scale : {1.0, 10.0, 100.0}) {
                auto const* const row = find_total(result, option, scale, period);
                ASSERT_NE(row, nullptr);
                auto const range = "[" + money(*row->p5, "USD") + " .. " + money(*row->p95, "USD") + "]";
                EXPECT_THAT(costs, HasSubstr(money(*row->p50, "USD") + " ")) << period << option << scale;
                EXPECT_THAT(costs, HasSubstr(range));
            }
        }
    }
}

TEST(Screen, TheHalfWidthIsThatOfTheMeansInterval) {
    // se is 0.4 % of the mean; t of 7 degrees of freedom is 2.365.
    EXPECT_THAT(to_screen(example::result()), HasSubstr("±0.95%"));
    auto partial = example::result();
    partial.status = Status::partial;
    EXPECT_THAT(to_screen(partial), HasSubstr("±0.40%"));
    EXPECT_THAT(to_screen(partial), HasSubstr("PARTIAL"));
    EXPECT_THAT(to_screen(partial), HasSubstr("mean ± standard error"));
}

TEST(Screen, SharesShownAddToAHundred) {
    auto const screen = to_screen(example::result(), {.by_tag = "team"});
    for (auto const* title : {"What it consists of", "By team"}) {
        int first = 0, second = 0;
        std::regex const shares{R"((-?\d+)%.* (-?\d+)%)"};
        for (auto const& line : lines(block(screen, title))) {
            std::smatch found;
            if (!std::regex_search(line, found, shares)) continue;
            first += std::stoi(found[1]);
            second += std::stoi(found[2]);
        }
        EXPECT_EQ(first, 100) << title;
        EXPECT_EQ(second, 100) << title;
    }
}

TEST(Screen, OnePeriodAskedForIsTheOnlyOne) {
    auto const screen = to_screen(example::result(), {.period = "2027-Q1"});
    EXPECT_THAT(block(screen, "Cost: "), HasSubstr("\n1 month "));  // one of its three is inside the horizon
    EXPECT_THAT(block(screen, "Cost: "), Not(HasSubstr("FY2027")));
    EXPECT_THAT(screen, HasSubstr("What it consists of: 2027-Q1 at 10x customers"));
    EXPECT_THROW(to_screen(example::result(), {.period = "2099-01"}), ContractError);
}

TEST(Screen, SaysWhatToThinkOfItsFigures) {
    auto const screen = to_screen(example::result());
    EXPECT_THAT(screen, HasSubstr("Equal quality is assumed: api-small"));
    EXPECT_THAT(screen, HasSubstr("147 days before start"));
    EXPECT_THAT(screen, HasSubstr("not model error"));
    EXPECT_THAT(screen, HasSubstr("Not modelled: own GPUs"));
    EXPECT_THAT(screen, HasSubstr("Gate breach: P95 of api at 10x"));
    EXPECT_THAT(screen, HasSubstr("warning price.backdated: openai/gpt-5-mini is priced"));
    EXPECT_THAT(screen, HasSubstr("[1 more in --format json]"));
    EXPECT_THAT(screen, HasSubstr("api: 10x -$18.5k (-9.9%); 100x -$200k (-11%: minimum -$166k, cache -$34.1k)"));
}

TEST(Screen, SaysHowLikelyABudgetIsExceeded) {
    auto result = example::result();
    result.plan = {{"api", "budget", "250000", "USD", "FY2027", "FY2027", "given"},
                   {"api-small", "budget", "250000", "USD", "FY2027", "FY2027", "given"}};
    for (auto& row : result.cost) {
        if (row.period == "FY2027") row.p_over_budget = row.option == "api" ? 0.25 : 0.0;
    }
    EXPECT_THAT(to_screen(result, {.width = 200}),
                HasSubstr("\nChance to exceed the budget of 250000 USD in FY2027: api 1x 25%, 10x 25%, 100x 25%; "
                          "api-small 1x 0%, 10x 0%, 100x 0%\n"));
}

TEST(Screen, ShowsTheMarginOfASuccessAtEveryScale) {
    auto const units = block(to_screen(example::result()), "Per unit: ");
    EXPECT_THAT(units, HasSubstr("\nsupport-chat\n"));
    EXPECT_THAT(units, HasSubstr("\n    margin at 1x, 10x, 100x "));
}

TEST(Screen, IsColouredOnlyWhenAsked) {
    auto const plain = to_screen(example::result());
    EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
    auto const coloured = to_screen(example::result(), {.color = true});
    EXPECT_THAT(coloured, HasSubstr("\x1b[31mGate breach"));
    EXPECT_EQ(std::regex_replace(coloured, std::regex{"\x1b\\[[0-9]+m"}, ""), plain);
}

TEST(Screen, AResultOfNothingIsStillAScreen) { EXPECT_THAT(to_screen(Result{}), HasSubstr("How far to trust it")); }

}  // namespace
}  // namespace runrate
