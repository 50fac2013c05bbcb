#include <fmt/format.h>

#include "scenario/sections.h"

namespace runrate {
namespace {

Shape<History> history_word() {
    return one_word_of<History>({{"dialogue", History::dialogue}, {"full", History::full}, {"none", History::none}});
}

using Kept = std::variant<History, Window>;

struct WindowText {
    int turns = 1;
    History of = History::full;
};

Shape<int> turns_shape() {
    return converted<int, std::string>(
        text("a number of turns such as 3 turns"), [](std::string const& t, Cursor const& at) {
            auto const space = t.find(' ');
            auto const value = parse_value(t.substr(0, space));
            auto const* number = std::get_if<Value>(&value);
            bool const unit = space == std::string::npos || t.substr(space) == " turns" || t.substr(space) == " turn";
            bool const good = unit && number && number->unit == Unit::none &&
                              !dimension::whole_count.fault(number->number) && number->number >= 1 &&
                              number->number <= 10'000;
            if (!good) at.error(fmt::format("'{}' is not a number of turns (write 3 turns)", t));
            return good ? static_cast<int>(number->number) : 1;
        });
}

Shape<Kept> history_shape() {
    auto const word = converted<Kept, History>(history_word(), [](History h, Cursor const&) { return Kept{h}; });
    auto const table = Table<WindowText>("{window: 3 turns}")
                           .required("window", &WindowText::turns, turns_shape(), "how many turns are kept")
                           .defaulted("of", &WindowText::of, history_word(), "full", "what of them is kept");
    auto const window = converted<Kept, WindowText>(table.shape(), [](WindowText const& w, Cursor const&) {
        return Kept{Window{w.turns, w.of}};
    });
    return any_of<Kept>("full, dialogue, none or {window: 3 turns}",
                        {{[](Node const& n) { return n.kind == Node::Kind::scalar; }, word},
                         {[](Node const& n) { return n.kind == Node::Kind::map; }, window}});
}

struct CacheText {
    double lifetime_s = 300;
};

Shape<double> cache_shape() {
    auto const table = Table<CacheText>("what explicit caches are asked for")
                           .defaulted("lifetime", &CacheText::lifetime_s, known_number(dimension::duration), "5 min",
                                      "lifetime since the last use");
    return converted<double, CacheText>(table.shape(), [](CacheText const& c, Cursor const&) { return c.lifetime_s; });
}

Shape<Compaction> compaction_shape(Reading& reading) {
    return Table<Compaction>("{above, to, by}")
        .required("above", &Compaction::above, number(reading, dimension::tokens), "prompt length that triggers it")
        .required("to", &Compaction::to, number(reading, dimension::tokens), "length of what replaces the history")
        .required("by", &Compaction::by, role_shape(reading), "role that writes it")
        .check([](Compaction& c, Cursor const& at) {
            if (!c.to.uncertain() && !c.above.uncertain() && c.to.value >= c.above.value)
                at.error("'to' must be smaller than 'above'");
        })
        .shape();
}

}  // namespace

Shape<RoleId> role_shape(Reading& reading) {
    return converted<RoleId, std::string>(
        text("a role such as answerer"),
        [&reading](std::string const& name, Cursor const&) { return reading.roles.intern(name); });
}

Shape<RoleId> declared_role_shape(Reading& reading) {
    return converted<RoleId, std::string>(
        text("a role such as answerer"), [&reading](std::string const& name, Cursor const& at) {
            if (auto const id = reading.roles.find(name)) return *id;
            if (reading.roles_known)
                at.error(fmt::format("undeclared role '{}'{}", name,
                                     suggestion(name, reading.roles.all(), "roles of the workflows")));
            return RoleId{};
        });
}

Shape<ContextSpec> context_shape(Reading& reading) {
    return Table<ContextSpec>("what prompts consist of")
        .defaulted("system", &ContextSpec::system, number(reading, dimension::tokens), "0 tokens", "system prompt")
        .defaulted("tools", &ContextSpec::tools, number(reading, dimension::tokens), "0 tokens", "tool definitions")
        .defaulted("history", &ContextSpec::history, history_shape(), "dialogue", "what stays of earlier turns")
        .optional("limit", &ContextSpec::limit, number(reading, dimension::tokens),
                  "longest prompt; beyond it the oldest history is lost")
        .optional("compact", &ContextSpec::compact, compaction_shape(reading), "replace long history by a summary")
        .optional("cache", &ContextSpec::cache_lifetime_s, cache_shape(), "ask explicit vendors to cache prompts")
        .defaulted("keep_reasoning", &ContextSpec::keep_reasoning, one_word_of<bool>({{"call", false}, {"turn", true}}),
                   "call", "how long reasoning stays in the context")
        .shape();
}

}  // namespace runrate
