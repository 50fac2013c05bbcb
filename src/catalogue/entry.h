#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "catalogue/catalogue.h"
#include "core/date.h"
#include "units/dates.h"
#include "units/known_number.h"

namespace runrate::catalogue_detail {

/// What a figure rests on, which no entry may leave out.
template <class T>
Table<T> with_provenance(Table<T> table) {
    auto const day = converted<std::string, Date>(date_shape(), [](Date d, Cursor const&) { return to_string(d); });
    return table
        .required("source", &T::source, text("the page or file that says so"), "page or file, with its date or commit")
        .required("as_of", &T::as_of, day, "when the source said so")
        .defaulted("aliases", &T::aliases, list_of(text("another name")), "[]", "other names of it")
        .defaulted("notes", &T::notes, map_of(text("a remark")), "{}", "remarks on keys of this entry")
        .check([](T& entry, Cursor const& at) {
            if (entry.source.empty()) at.find("source")->error("the source is empty (say which page or file)");
            for (auto const& note : entry.notes)
                if (!at.find(note.first))
                    at.find("notes")
                        ->find(note.first)
                        ->error(fmt::format("a note on '{}', which the entry does not state", note.first));
        });
}

/// A count with a unit, as an integer.
inline Shape<std::int64_t> whole_tokens() {
    return converted<std::int64_t, double>(known_number(dimension::tokens),
                                           [](double n, Cursor const&) { return static_cast<std::int64_t>(n); });
}

template <class T>
struct ShelfText {
    std::string schema;
    std::vector<std::pair<std::string, T>> entries;
};

/// Where names of this file stand, to find those that stand twice.
using Taken = std::map<std::string, std::string>;

inline void take(std::string const& name, std::string const& owner, Cursor const& at, Taken& taken) {
    auto const [place, fresh] = taken.try_emplace(folded(name), owner);
    if (!fresh)
        at.error(fmt::format("'{}' is already a name of '{}' (case, '_', '-' and spaces do not count)", name,
                             place->second));
}

/// Puts entries on the shelf, where names of earlier files stay. Reports names that stand twice in this file.
template <class T>
void shelve(std::vector<std::pair<std::string, T>> read, Cursor const& map, Shelf<T>& shelf) {
    Taken taken;
    for (auto const& [name, entry] : read) take(name, name, *map.find(name), taken);
    auto const before = shelf.places;
    for (auto& [name, entry] : read) {
        auto const at = map.find(name)->find("aliases");
        for (std::size_t i = 0; i < entry.aliases.size(); ++i) take(entry.aliases[i], name, at->at(i), taken);
        if (before.contains(folded(name))) continue;
        entry.name = name;
        auto const place = shelf.entries.size();
        shelf.places.insert_or_assign(folded(name), place);
        for (auto const& alias : entry.aliases) shelf.places.try_emplace(folded(alias), place);
        shelf.entries.push_back(std::move(entry));
    }
}

/// Reads one file: `schema`, and under `key` the entries by name.
template <class T>
void read_shelf(std::string const& file, std::string const& bytes, Diagnostics& log, Shelf<T>& shelf,
                std::string const& key, Shape<T> const& entry) {
    Node root = parse_yaml(log.add_source(file, bytes), bytes, log);
    if (root.kind == Node::Kind::null) return;
    auto const schema = fmt::format("runrate/{}/1", key);
    auto const table = Table<ShelfText<T>>("a file of the catalogue")
                           .required("schema", &ShelfText<T>::schema, one_word_of<std::string>({{schema, schema}}),
                                     "format of this file")
                           .required(key, &ShelfText<T>::entries, map_of(entry, 1), "entries by name");
    Cursor const cursor{root, "", log};
    auto text = table.shape().read(cursor);
    if (auto const map = cursor.find(key); map && !text.entries.empty()) shelve(std::move(text.entries), *map, shelf);
}

}  // namespace runrate::catalogue_detail
