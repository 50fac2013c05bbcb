#include <gtest/gtest.h>

#include "yaml/shape.h"

namespace runrate {
namespace {

struct Step {
    std::string call;
    std::optional<int> times;
    bool cached = false;
    double share = 0;
    std::vector<std::string> tags;
    std::vector<Step> steps;
    std::vector<std::pair<std::string, int>> roles;
};

Shape<double> share() {
    return converted<double, std::string>(text("a share"), [](std::string, Cursor const&) { return 0.5; });
}

Shape<Step> step() {
    auto const inner = lazy<Step>("step", "a step", [] { return step(); });
    return Table<Step>{"a step"}
        .required("call", &Step::call, text(), "Role that answers")
        .optional("times", &Step::times, whole_number(1, 8), "")
        .defaulted("cached", &Step::cached, yes_or_no(), "yes", "Reads caches")
        .defaulted("share", &Step::share, share(), "0.25", "Of calls")
        .defaulted("tags", &Step::tags, list_of(text(), 1), "[a]", "")
        .defaulted("steps", &Step::steps, list_of(inner), "[]", "")
        .defaulted("roles", &Step::roles, map_of(whole_number(0, 1)), "{}", "")
        .shape();
}

TEST(Schema, ComesFromTheTable) {
    SchemaBuilder builder;
    EXPECT_EQ(step().schema(builder).dump(1), R"({
 "type": "object",
 "additionalProperties": false,
 "properties": {
  "call": {
   "type": [
    "string",
    "number",
    "boolean"
   ],
   "description": "Role that answers"
  },
  "times": {
   "type": "integer",
   "minimum": 1,
   "maximum": 8
  },
  "cached": {
   "enum": [
    true,
    false,
    "yes",
    "no"
   ],
   "description": "Reads caches",
   "default": true
  },
  "share": {
   "type": [
    "string",
    "number",
    "boolean"
   ],
   "description": "Of calls",
   "default": 0.25
  },
  "tags": {
   "type": "array",
   "items": {
    "type": [
     "string",
     "number",
     "boolean"
    ]
   },
   "minItems": 1
  },
  "steps": {
   "type": "array",
   "items": {
    "$ref": "#/definitions/step"
   }
  },
  "roles": {
   "type": "object",
   "additionalProperties": {
    "type": "integer",
    "minimum": 0,
    "maximum": 1
   }
  }
 },
 "required": [
  "call"
 ]
})");
}

TEST(Schema, DefinesAShapeThatContainsItselfOnce) {
    SchemaBuilder builder;
    auto const schema = step().schema(builder);
    ASSERT_EQ(builder.definitions().size(), 1u);
    EXPECT_EQ(builder.definitions()["step"], schema);
}

struct Holder {
    Step inner;
    std::string name;
};

TEST(Schema, KeepsWhatStandsBesideAReference) {
    auto const inner = lazy<Step>("step", "a step", [] { return step(); });
    auto const holder = Table<Holder>{"a holder"}
                            .required("inner", &Holder::inner, inner, "The first")
                            .defaulted("name", &Holder::name, text(), "50k per month", "")
                            .shape();
    SchemaBuilder builder;
    auto const properties = holder.schema(builder)["properties"];
    EXPECT_EQ(properties["inner"].dump(), R"({"allOf":[{"$ref":"#/definitions/step"}],"description":"The first"})");
    EXPECT_EQ(properties["name"]["default"], "50k per month");
}

TEST(Schema, ListsWordsAndTheirTruthValues) {
    SchemaBuilder builder;
    auto const words = one_word_of<int>({{"auto", 0}, {"on", 1}, {"off", 2}});
    EXPECT_EQ(words.schema(builder).dump(), R"({"enum":["auto","on",true,"off",false]})");
}

TEST(Schema, FlattensAlternatives) {
    auto const always = [](Node const&) { return true; };
    auto const one = any_of<int>("x", {{always, whole_number(0, 1)}});
    auto const two = any_of<int>("x", {{always, one}, {always, whole_number(2, 3)}});
    auto const three = any_of<int>("x", {{always, two}, {always, whole_number(0, 1)}, {always, whole_number(4, 5)}});
    SchemaBuilder builder;
    EXPECT_EQ(one.schema(builder).dump(), R"({"type":"integer","minimum":0,"maximum":1})");
    EXPECT_EQ(three.schema(builder).dump(),
              R"({"anyOf":[{"type":"integer","minimum":0,"maximum":1},{"type":"integer","minimum":2,"maximum":3},)"
              R"({"type":"integer","minimum":4,"maximum":5}]})");
}

}  // namespace
}  // namespace runrate
