#include "scenario/document.h"

#include <algorithm>

#include <fmt/format.h>

#include "yaml/cursor.h"
#include "yaml/path.h"

namespace runrate {
namespace {

constexpr std::size_t deepest_extension = 8;
constexpr std::size_t largest_file = std::size_t{4} << 20;

struct Extender {
    Files& files;
    Diagnostics& log;
    std::vector<std::string> open{};  ///< files being read, to see cycles

    /// The tree of a text with what it extends under it. \param folder  relative to the scenario's, with its slash
    Node read(std::string const& name, std::string const& folder, std::string const& bytes) {
        auto const source = log.add_source(name, bytes);
        Node tree = parse_yaml(source, bytes, log);
        auto* extends = tree.kind == Node::Kind::map ? tree.find("extends") : nullptr;
        if (!extends) return tree;
        auto const base = extends->text;
        auto const at = extends->at;
        bool const named = extends->kind == Node::Kind::scalar && !base.empty();
        if (!named) log.error(at, "expected the name of a scenario file, such as base.yaml", "extends");
        std::erase_if(tree.entries, [](Node::Entry const& e) { return e.key == "extends"; });
        if (!named) return tree;
        open.push_back(name);
        Node below = read_base(folder + base, at);
        open.pop_back();
        if (below.kind != Node::Kind::map) return tree;
        overlay(below, tree);
        below.at = tree.at;
        return below;
    }

private:
    Node read_base(std::string const& name, SourcePosition at) {
        std::string fault;
        if (std::find(open.begin(), open.end(), name) != open.end())
            return log.error(at, fmt::format("'{}' extends itself", name), "extends"), Node{};
        if (open.size() > deepest_extension)
            return log.error(at, "too many files extend each other", "extends"), Node{};
        auto const bytes = files.read(name, "scenario", fault);
        if (!bytes) return log.error(at, fmt::format("cannot read '{}' ({})", name, fault), "extends"), Node{};
        auto const slash = name.rfind('/');
        return read(name, slash == std::string::npos ? "" : name.substr(0, slash + 1), *bytes);
    }
};

void apply_set(Node& root, std::string const& text, Diagnostics& log) {
    auto const source = log.add_source("--set", text);
    auto const equals = text.find('=');
    SourcePosition const at{source, 1, 1};
    if (equals == std::string::npos || equals == 0) return log.error(at, "'--set' takes path.to.value=YAML");
    auto const value = text.substr(equals + 1);
    auto const before = log.entries().size();
    auto parsed = parse_value(value, source, log);
    if (no_errors_since(log, before)) set_path(root, text.substr(0, equals), std::move(parsed), log, at);
}

/// A role that an option routes anew goes no other way of the option that it is like (`serve` stays: the others go
/// before it).
void forget_routes(Node& base, Node const& option) {
    for (std::string_view const section : {"serve", "shares", "cascade"}) {
        auto const* routed = option.find(section);
        if (!routed || routed->kind != Node::Kind::map) continue;
        for (std::string_view const other : {"shares", "cascade"}) {
            auto* inherited = base.find(other);
            if (other == section || !inherited) continue;
            std::erase_if(inherited->entries, [&](auto const& entry) { return routed->find(entry.key) != nullptr; });
        }
    }
}

/// What concerns models that an option may not ask is left out silently where it does not; whether an option is
/// compared is its own affair.
void mark_inherited(Node& base) {
    for (std::string_view const section : {"fallback", "limits"}) {
        auto* map = base.find(section);
        if (!map) continue;
        for (auto& entry : map->entries) entry.value.inherited = true;
    }
    if (auto* overflow = base.find("overflow")) overflow->inherited = true;
    std::erase_if(base.entries, [](Node::Entry const& e) { return e.key == "role"; });
}

/// Lays every option over the one that it is like, the base first.
struct Liker {
    Node& options;
    Diagnostics& log;
    std::vector<std::string> done{}, open{}, without_base{};

    [[nodiscard]] bool failed(std::string const& option) const {
        return std::find(without_base.begin(), without_base.end(), option) != without_base.end();
    }

    void lay(Node::Entry& entry) {
        if (std::find(done.begin(), done.end(), entry.key) != done.end()) return;
        auto* like = entry.value.kind == Node::Kind::map ? entry.value.find("like") : nullptr;
        if (like && like->kind == Node::Kind::scalar) lay_over(entry, *like);
        done.push_back(entry.key);
    }

private:
    static std::string path(Node::Entry const& option) { return child_path("options", option.key) + ".like"; }

    void lay_over(Node::Entry& entry, Node const& like) {
        auto const base = std::find_if(options.entries.begin(), options.entries.end(),
                                       [&](auto const& e) { return e.key == like.text; });
        if (base == options.entries.end()) {
            std::vector<std::string> known;
            for (auto const& e : options.entries) known.push_back(e.key);
            without_base.push_back(entry.key);
            return log.error(like.at,
                             fmt::format("unknown option '{}'{}", like.text, suggestion(like.text, known, "known")),
                             path(entry));
        }
        open.push_back(entry.key);
        bool const cycle = std::find(open.begin(), open.end(), base->key) != open.end();
        if (cycle) {
            without_base.push_back(entry.key);
            log.error(like.at, fmt::format("option '{}' is like itself", base->key), path(entry));
        } else {
            lay(*base);
            Node merged = base->value;
            merged.at = entry.value.at;
            forget_routes(merged, entry.value);
            mark_inherited(merged);
            overlay(merged, entry.value);
            std::erase_if(merged.entries, [](Node::Entry const& e) { return e.key == "like"; });  // it has been laid
            entry.value = std::move(merged);
        }
        open.pop_back();
    }
};

/// Whether the whole text was read. After a duplicate key the rest can be checked in one go; after anything else, what
/// is missing would only be reported in other words.
bool whole(Diagnostics const& log) {
    auto const entries = log.entries();
    return std::all_of(entries.begin(), entries.end(),
                       [](auto const& e) { return e.message.starts_with("duplicate key"); });
}

/// Options whose base is none are left out: it has been said.
void lay_options(Node& options, Diagnostics& log) {
    Liker liker{options, log};
    for (auto& entry : options.entries) liker.lay(entry);
    std::erase_if(options.entries, [&](auto const& e) { return liker.failed(e.key); });
}

/// What an entry of `targets` does not state it has from `vendor/*`, and that from `"*"`.
void lay_targets(Node& targets) {
    auto const take = [](Node& into, Node const* from) {
        if (!from || into.kind != Node::Kind::map || from->kind != Node::Kind::map) return;
        for (auto const& entry : from->entries) {
            if (!into.find(entry.key)) into.entries.push_back(entry);
        }
    };
    auto const* all = targets.find("*");
    for (bool const vendors : {true, false}) {
        for (auto& entry : targets.entries) {
            if (entry.key == "*" || entry.key.ends_with("/*") != vendors) continue;
            if (!vendors) take(entry.value, targets.find(entry.key.substr(0, entry.key.find('/')) + "/*"));
            take(entry.value, all);
        }
    }
}

}  // namespace

Node read_document(ScenarioSource const& source, Files& files, Diagnostics& log) {
    bool const piped = source.file == "-";
    auto const name = piped ? std::string{"<stdin>"} : source.file.generic_string();
    std::string fault;
    auto const bytes = piped ? std::optional{source.text} : read_bounded(source.file, largest_file, fault);
    if (!bytes) throw InputError(fmt::format("{}: error: {}\n", name, fault));
    files.remember(piped ? name : source.file.filename().generic_string(), *bytes, "scenario");
    Node root = Extender{files, log}.read(name, "", *bytes);
    if (!whole(log)) return Node{};
    if (root.kind != Node::Kind::map) {
        if (!log.has_errors()) log.error(root.at, "a scenario is a map of sections");
        return root;
    }
    for (auto const& set : source.sets) apply_set(root, set, log);
    if (auto* options = root.find("options"); options && options->kind == Node::Kind::map) lay_options(*options, log);
    if (auto* targets = root.find("targets"); targets && targets->kind == Node::Kind::map) lay_targets(*targets);
    return root;
}

}  // namespace runrate
