#include "yaml/path.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "yaml/cursor.h"

namespace runrate {
namespace {

using Step = std::variant<std::string, std::size_t>;

bool plain_in_path(char c) {
    bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    return letter || (c >= '0' && c <= '9') || std::string_view{"-_/*"}.find(c) != std::string_view::npos;
}

/// Takes a quoted key off the front of `rest`; two single quotes inside it are one.
std::optional<Step> take_quoted(std::string_view& rest) {
    std::string key;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        bool const twice = rest.substr(i, 2) == "''";
        if (rest[i] == '\'' && !twice) {
            rest.remove_prefix(i + 1);
            return key;
        }
        key += rest[i];
        if (twice) ++i;
    }
    return {};
}

std::optional<Step> take_index(std::string_view& rest) {
    auto const close = rest.find(']');
    if (close == std::string_view::npos) return {};
    std::size_t index = 0;
    auto const* const end = rest.data() + close;
    auto const [stop, error] = std::from_chars(rest.data() + 1, end, index);
    if (error != std::errc{} || stop != end) return {};
    rest.remove_prefix(close + 1);
    return index;
}

std::optional<Step> take_key(std::string_view& rest) {
    if (rest.starts_with('\'')) return take_quoted(rest);
    auto const length = std::min(rest.find_first_of(".[]'"), rest.size());
    if (length == 0) return {};
    std::string key{rest.substr(0, length)};
    rest.remove_prefix(length);
    return key;
}

/// The steps of a path; none where it is not well formed.
std::optional<std::vector<Step>> steps_of(std::string_view path) {
    std::vector<Step> steps;
    while (!path.empty()) {
        bool const index = path.starts_with('[');
        if (!index && !steps.empty()) {
            if (!path.starts_with('.')) return {};
            path.remove_prefix(1);
        }
        auto step = index ? take_index(path) : take_key(path);
        if (!step) return {};
        steps.push_back(std::move(*step));
    }
    return steps.empty() ? std::nullopt : std::optional{steps};
}

struct Walk {
    Node* node;
    std::size_t steps;    ///< that were taken
    std::string path;     ///< so far, the step that fails included
    std::string problem;  ///< empty: the rest of the steps can be created
};

Node* existing(Node& parent, Step const& step) {
    if (auto const* key = std::get_if<std::string>(&step)) return parent.find(*key);
    auto const index = std::get<std::size_t>(step);
    return index < parent.items.size() ? &parent.items[index] : nullptr;
}

/// As far as the tree goes.
Walk walk(Node& root, std::vector<Step> const& steps) {
    Walk w{&root, 0, {}, {}};
    for (; w.steps < steps.size(); ++w.steps) {
        auto const& step = steps[w.steps];
        auto const parent = w.path;
        w.path = std::visit([&](auto const& s) { return child_path(parent, s); }, step);
        if (auto* next = existing(*w.node, step)) {
            w.node = next;
            continue;
        }
        bool const open = w.node->kind == Node::Kind::map || w.node->kind == Node::Kind::null;
        auto const is_index = [](Step const& s) { return std::holds_alternative<std::size_t>(s); };
        auto const from = steps.begin() + static_cast<std::ptrdiff_t>(w.steps);
        if (is_index(step) || (open && std::any_of(from, steps.end(), is_index))) {
            w.problem = fmt::format("nothing stands at '{}'", w.path);
        } else if (!open) {
            w.problem = fmt::format("no '{}' (a map is needed, found {})", w.path, found(*w.node));
        }
        break;
    }
    return w;
}

}  // namespace

std::string child_path(std::string const& parent, std::string_view key) {
    std::string const dot = parent.empty() ? "" : ".";
    if (!key.empty() && std::all_of(key.begin(), key.end(), plain_in_path)) return parent + dot + std::string{key};
    std::string quoted;
    for (char const c : key) quoted += c == '\'' ? "''" : std::string(1, c);
    return parent + dot + '\'' + quoted + '\'';
}

std::string child_path(std::string const& parent, std::size_t item) { return fmt::format("{}[{}]", parent, item); }

bool set_path(Node& root, std::string_view dotted_path, Node value, Diagnostics& log, SourcePosition at) {
    auto const steps = steps_of(dotted_path);
    if (!steps) {
        log.error(at, fmt::format("'{}' is no path (write keys with dots, such as a.b[2].'c.d')", dotted_path));
        return false;
    }
    auto const reached = walk(root, *steps);
    if (!reached.problem.empty()) {
        log.error(at, reached.problem);
        return false;
    }
    auto* node = reached.node;
    for (auto i = reached.steps; i < steps->size(); ++i) {
        if (node->kind == Node::Kind::null) node->kind = Node::Kind::map;
        Node missing;
        missing.at = at;
        node = &node->add(std::get<std::string>((*steps)[i]), std::move(missing));
    }
    *node = std::move(value);
    return true;
}

}  // namespace runrate
