#include "yaml/cursor.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/contract.h"
#include "yaml/path.h"

namespace runrate {
namespace {

/// At most 40 bytes of a text, cut between characters.
std::string shortened(std::string_view text) {
    constexpr std::size_t most = 40;
    if (text.size() <= most) return std::string{text};
    auto end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return std::string{text.substr(0, end)} + "...";
}

}  // namespace

std::string found(Node const& node) {
    switch (node.kind) {
        case Node::Kind::null: return "nothing";
        case Node::Kind::list: return "a list";
        case Node::Kind::map: return "a map";
        case Node::Kind::scalar: break;
    }
    return fmt::format("{}'{}'", node.quoted ? "the text " : "", shortened(node.text));
}

Cursor Cursor::at(Node::Entry& entry) const { return {entry.value, child_path(path_, entry.key), entry.key, *log_}; }

Cursor Cursor::at(std::size_t item) const {
    RUNRATE_EXPECT(item < node_->items.size());
    return {node_->items[item], child_path(path_, item), child_path(name_, item), *log_};
}

std::optional<Cursor> Cursor::find(std::string_view key) const {
    for (auto& entry : node_->entries) {
        if (entry.key == key) return at(entry);
    }
    return {};
}

bool Cursor::expect(Node::Kind kind, std::string const& wanted) const {
    if (node_->kind == kind) return true;
    unexpected(wanted);
    return false;
}

void Cursor::unexpected(std::string const& wanted) const {
    if (node_->kind != Node::Kind::null) {
        error(fmt::format("expected {}, found {}", wanted, found(*node_)));
    } else if (name_.empty()) {
        error(fmt::format("no value (expected {})", wanted));
    } else {
        error(fmt::format("'{}' has no value (expected {})", name_, wanted));
    }
}

void Cursor::allow_only(std::span<std::string const> known) const {
    // Looking for the nearest word costs far more than reading a key: past this many, nobody reads the hints.
    constexpr int most_hints = 100;
    int unknown = 0;
    for (auto const& entry : node_->entries) {
        if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
        auto const hint = ++unknown <= most_hints ? suggestion(entry.key, known, "known here") : "";
        log_->error(entry.key_at, fmt::format("unknown key '{}'{}", shortened(entry.key), hint),
                    child_path(path_, entry.key));
    }
}

void Cursor::error(std::string message) const { log_->error(node_->at, std::move(message), path_); }

void Cursor::warning(std::string message) const { log_->warning(node_->at, std::move(message), path_); }

bool no_errors_since(Diagnostics const& log, std::size_t entries) {
    auto const added = log.entries().subspan(entries);
    return std::none_of(added.begin(), added.end(),
                        [](auto const& entry) { return entry.severity == Diagnostics::Severity::error; });
}

std::string suggestion(std::string_view word, std::span<std::string const> known, std::string_view label) {
    if (auto const near = nearest(word, known); !near.empty()) return fmt::format(" (did you mean '{}'?)", near);
    if (known.empty()) return {};
    constexpr std::size_t most = 32;  // a hint is to be read
    auto const listed = known.first(std::min(known.size(), most));
    auto const more = known.size() > most ? fmt::format(" and {} more", known.size() - most) : "";
    return fmt::format(" ({}: {}{})", label, fmt::join(listed, ", "), more);
}

}  // namespace runrate
