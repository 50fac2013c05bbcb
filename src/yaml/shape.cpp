#include "yaml/shape.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace runrate {
namespace {

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<int> to_int(Node const& node) {
    int value = 0;
    auto const* const end = node.text.data() + node.text.size();
    auto const [stop, error] = std::from_chars(node.text.data(), end, value);
    bool const whole = !node.quoted && error == std::errc{} && stop == end;
    return whole ? std::optional{value} : std::nullopt;
}

}  // namespace

Shape<std::string> text(std::string wanted) {
    auto read = [wanted](Cursor const& c) {
        return c.expect(Node::Kind::scalar, wanted) ? c.node().text : std::string{};
    };
    // Other readers of YAML take `2026` for a number and `on` for a truth value; as text they are welcome here.
    auto schema = [](SchemaBuilder&) { return Json{{"type", {"string", "number", "boolean"}}}; };
    return {wanted, read, schema};
}

Shape<bool> yes_or_no() {
    auto read = [](Cursor const& c) {
        static constexpr char const* wanted = "yes or no";
        if (!c.expect(Node::Kind::scalar, wanted)) return false;
        auto const& word = c.node().text;
        if (one_of(word, {"yes", "true"})) return true;
        if (!one_of(word, {"no", "false"})) c.unexpected(wanted);
        return false;
    };
    auto schema = [](SchemaBuilder&) { return Json{{"enum", {true, false, "yes", "no"}}}; };
    return {"yes or no", read, schema};
}

Shape<int> whole_number(int low, int high) {
    auto const wanted = fmt::format("a whole number from {} to {}", low, high);
    auto read = [=](Cursor const& c) {
        if (!c.expect(Node::Kind::scalar, wanted)) return low;
        auto const value = to_int(c.node());
        if (value && *value >= low && *value <= high) return *value;
        c.unexpected(wanted);
        return low;
    };
    auto schema = [=](SchemaBuilder&) { return Json{{"type", "integer"}, {"minimum", low}, {"maximum", high}}; };
    return {wanted, read, schema};
}

namespace shape_detail {

std::string words_wanted(std::vector<std::string> const& words) {
    RUNRATE_EXPECT(!words.empty());
    if (words.size() == 1) return fmt::format("'{}'", words[0]);
    if (words.size() == 2) return fmt::format("'{}' or '{}'", words[0], words[1]);
    return fmt::format("one of {}", fmt::join(words, ", "));
}

std::optional<std::size_t> read_word(Cursor const& c, std::vector<std::string> const& words,
                                     std::string const& wanted) {
    if (!c.expect(Node::Kind::scalar, wanted)) return {};
    auto const& word = c.node().text;
    auto const at = std::find(words.begin(), words.end(), word);
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
    c.error(fmt::format("unknown word '{}'{}", word, suggestion(word, words, "known")));
    return {};
}

void expect_at_least(Cursor const& c, std::size_t count, std::size_t at_least, char const* of_what) {
    if (count >= at_least) return;
    std::string const one = of_what;
    auto const many = one == "entry" ? "entries" : one + "s";
    c.error(fmt::format("expected at least {} {}, found {}", at_least, at_least == 1 ? one : many,
                        count == 0 ? "none" : std::to_string(count)));
}

bool expect_name(Cursor const& map, Node::Entry const& entry) {
    auto const allowed = [](char c) {
        bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
        return letter || (c >= '0' && c <= '9') || std::string_view{"-_./*:@+ "}.find(c) != std::string_view::npos;
    };
    auto const& key = entry.key;
    bool const spaced = key.starts_with(' ') || key.ends_with(' ');
    if (!key.empty() && !spaced && std::all_of(key.begin(), key.end(), allowed)) return true;
    map.log().error(entry.key_at,
                    fmt::format("'{}' is no name (letters, digits, - _ . / * : @ + and spaces inside)", key),
                    map.path());
    return false;
}

void nothing_fits(Cursor const& c, std::string const& wanted) {
    auto const& entries = c.node().entries;
    if (entries.empty()) return c.unexpected(wanted);
    constexpr std::size_t most = 5;
    std::vector<std::string> keys;
    for (auto const& entry : entries) {
        if (keys.size() < most) keys.push_back(entry.key);
    }
    if (entries.size() > most) keys.emplace_back("...");
    c.error(fmt::format("expected {}, found a map of {}", wanted, fmt::join(keys, ", ")));
}

}  // namespace shape_detail
}  // namespace runrate
