#include "yaml/node.h"

#include <functional>
#include <map>
#include <utility>

#include "core/contract.h"

namespace runrate {
namespace {

/// A map is laid on a map in one pass over an index: linear search would be quadratic in the input.
void merge_entries(Node& base, Node const& over) {
    std::map<std::string, Node::Entry*, std::less<>> known;
    for (auto& entry : base.entries) known.emplace(entry.key, &entry);
    for (auto const& entry : over.entries) {
        auto const found = known.find(entry.key);
        if (found == known.end()) {
            base.entries.push_back(entry);
        } else {
            found->second->key_at = entry.key_at;
            overlay(found->second->value, entry.value);
        }
    }
}

}  // namespace

Node const* Node::find(std::string_view key) const {
    for (auto const& entry : entries) {
        if (entry.key == key) return &entry.value;
    }
    return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

Node& Node::add(std::string key, Node value) {
    RUNRATE_EXPECT(kind == Kind::map);
    RUNRATE_EXPECT(find(key) == nullptr);
    auto const place = value.at;
    return entries.emplace_back(Entry{std::move(key), place, std::move(value)}).value;
}

bool operator==(Node const& a, Node const& b) {
    return a.kind == b.kind && a.text == b.text && a.quoted == b.quoted && a.items == b.items && a.entries == b.entries;
}

void overlay(Node& base, Node const& over) {
    bool const both_maps = base.kind == Node::Kind::map && over.kind == Node::Kind::map;
    if (!both_maps) {
        base = over;
        return;
    }
    base.at = over.at;
    base.from_default = base.from_default && over.from_default;
    merge_entries(base, over);
}

}  // namespace runrate
