#include "cli/engine_support.h"

namespace runrate {
namespace {

std::string scenario() { return file_of("verify.yaml", first_scenario()); }

TEST(VerifyVerb, PrintsEachDayWithWhatIsProjectedAndWhatWasSimulated) {
    auto const ran = run_cli({"verify", scenario()});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("Mon 20"));
    EXPECT_THAT(ran.out, HasSubstr("prompt tokens"));
    EXPECT_THAT(ran.out, HasSubstr("projected"));
}

TEST(VerifyVerb, HasARowForEachFigureInJson) {
    auto const json = json_of(run_cli({"verify", scenario(), "--format", "json"}));
    EXPECT_EQ(json["schema"], "runrate/verify/1");
    ASSERT_FALSE(json["days"].empty());
    for (auto const& row : json["days"]) {
        EXPECT_TRUE(row["weekday"] == "Mon" || row["weekday"] == "Sun");
        EXPECT_FALSE(row["simulated"].is_null());
    }
}

TEST(VerifyVerb, SaysWhatIsWrong) {
    auto const said = [&](Words const& more) {
        auto const ran = run_cli(with({"verify", scenario()}, more));
        EXPECT_EQ(ran.code, Exit::bad_input);
        return ran.err;
    };
    EXPECT_THAT(said({"--month", "1999-01"}), HasSubstr("no month '1999-01' in the horizon"));
    EXPECT_THAT(said({"--option", "none"}), HasSubstr("no option 'none'"));
    EXPECT_THAT(said({"--scale", "1000000"}), HasSubstr("too many to run one by one (choose a lower --scale)"));
    EXPECT_THAT(said({"--format", "xml"}), HasSubstr("format"));
}

}  // namespace
}  // namespace runrate
