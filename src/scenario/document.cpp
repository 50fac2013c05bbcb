#include "scenario/document.h"

#include <algorithm>

#include <fmt/format.h>

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
        std::erase_if(tree.entries, [](Node::Entry const& e) { return e.key == "extends"; });
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
        if (std::find(open.begin(), open.end(), name) != open.end()) return log.error(at, fmt::format("'{}' extends itself", name), "extends"), Node{};
        if (open.size() > deepest_extension) return log.error(at, "too many files extend each other", "extends"), Node{};
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
    set_path(root, text.substr(0, equals), parse_value(value, source, log), log, at);
}

/// Lays every option over the one that it is like, the base first.
struct Liker {
    Node& options;
    Diagnostics& log;
    std::vector<std::string> done{}, open{};

    void lay(Node::Entry& entry) {
        if (std::find(done.begin(), done.end(), entry.key) != done.end()) return;
        auto* like = entry.value.kind == Node::Kind::map ? entry.value.find("like") : nullptr;
        if (like && like->kind == Node::Kind::scalar) lay_over(entry, *like);
        done.push_back(entry.key);
    }

private:
    void lay_over(Node::Entry& entry, Node const& like) {
        auto const base = std::find_if(options.entries.begin(), options.entries.end(), [&](auto const& e) { return e.key == like.text; });
        if (base == options.entries.end()) {
            std::vector<std::string> known;
            for (auto const& e : options.entries) known.push_back(e.key);
            auto const near = nearest(like.text, known);
            return log.error(like.at, near.empty() ? fmt::format("unknown option '{}'", like.text) : fmt::format("unknown option '{}' (did you mean '{}'?)", like.text, near), "options." + entry.key + ".like");
        }
        open.push_back(entry.key);
        bool const cycle = std::find(open.begin(), open.end(), base->key) != open.end();
        if (cycle) log.error(like.at, fmt::format("option '{}' is like itself", entry.key), "options." + entry.key + ".like");
        else {
            lay(*base);
            Node merged = base->value;
            merged.at = entry.value.at;
            overlay(merged, entry.value);
            entry.value = std::move(merged);
        }
        open.pop_back();
    }
};

}  // namespace

Node read_document(ScenarioSource const& source, Files& files, Diagnostics& log) {
    bool const piped = source.file == "-";
    auto const name = piped ? std::string{"<stdin>"} : source.file.generic_string();
    std::string fault;
    auto const bytes = piped ? std::optional{source.text} : read_bounded(source.file, largest_file, fault);
    if (!bytes) throw InputError(fmt::format("{}: error: {}\n", name, fault));
    files.remember(piped ? name : source.file.filename().generic_string(), *bytes, "scenario");
    Node root = Extender{files, log}.read(name, "", *bytes);
    if (root.kind != Node::Kind::map) {
        if (!log.has_errors()) log.error(root.at, "a scenario is a map of sections");
        return root;
    }
    for (auto const& set : source.sets) apply_set(root, set, log);
    if (auto* options = root.find("options"); options && options->kind == Node::Kind::map) {
        Liker liker{*options, log};
        for (auto& entry : options->entries) liker.lay(entry);
    }
    return root;
}

}  // namespace runrate
