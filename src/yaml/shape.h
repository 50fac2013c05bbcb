#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "yaml/cursor.h"

namespace runrate {

using Json = nlohmann::ordered_json;

/// Collects the named definitions of a JSON Schema (draft-07) while shapes describe themselves.
class SchemaBuilder {
public:
    /// `{"$ref": "#/definitions/name"}`, describing the definition the first time it is asked for.
    Json reference(std::string const& name, std::function<Json(SchemaBuilder&)> const& describe);

    [[nodiscard]] Json const& definitions() const { return definitions_; }

private:
    Json definitions_ = Json::object();
};

/// How a value of type T is written in YAML: the one source of its reader and of its schema, so that they cannot drift.
///
/// `read` reports every mistake at its place and returns some value in any case; it never throws for input.
template <class T>
struct Shape {
    std::string wanted;  ///< completes "expected ...": `a duration such as 45 s`
    std::function<T(Cursor const&)> read;
    std::function<Json(SchemaBuilder&)> schema;
};

/// One of some words, each with its value: `shape.read` suggests the nearest word.
template <class T>
Shape<T> one_word_of(std::vector<std::pair<std::string, T>> words);

Shape<std::string> text(std::string wanted = "text");
Shape<bool> yes_or_no();                       ///< `yes`, `no`, `true`, `false`
Shape<int> whole_number(int low, int high);    ///< no unit

/// A list of at least `at_least` items.
template <class T>
Shape<std::vector<T>> list_of(Shape<T> item, std::size_t at_least = 0);

/// A map from names (letters, digits, - _ . / and spaces) to values, in written order.
template <class T>
Shape<std::vector<std::pair<std::string, T>>> map_of(Shape<T> value, std::size_t at_least = 0);

/// The same shape under a function to call, for shapes that contain themselves; `name` is its schema definition.
template <class T>
Shape<T> lazy(std::string name, std::string wanted, std::function<Shape<T>()> make);

/// Applies `then(value, cursor)` to what was read: conversion and checks.
template <class To, class From>
Shape<To> converted(Shape<From> from, std::function<To(From, Cursor const&)> then);

/// Tries the alternatives by the kind (and, for maps, the keys) of the node: the first whose `fits` says yes reads it.
template <class T>
struct Alternative {
    std::function<bool(Node const&)> fits;
    Shape<T> shape;
};
template <class T>
Shape<T> any_of(std::string wanted, std::vector<Alternative<T>> alternatives);

/// The fields of a struct: keys, members, shapes, defaults and docs in one table.
///
/// A default is YAML text. It is read by the same shape, and put into the tree (`from_default`), so the tree is the
/// resolved scenario afterwards.
template <class T>
class Table {
public:
    explicit Table(std::string wanted) : wanted_{std::move(wanted)} {}

    /// A key that must be there: `missing 'key'`.
    template <class M>
    Table& required(std::string key, M T::*member, Shape<M> shape, std::string doc);

    /// A key that may be left out, with no value then.
    template <class M>
    Table& optional(std::string key, std::optional<M> T::*member, Shape<M> shape, std::string doc);

    /// A key whose value is `default_yaml` where it is left out.
    template <class M>
    Table& defaulted(std::string key, M T::*member, Shape<M> shape, std::string default_yaml, std::string doc);

    /// Cross-field checks, run after all fields were read.
    Table& check(std::function<void(T&, Cursor const&)> check);

    /// Reads the map: unknown keys, missing keys, then each field.
    [[nodiscard]] Shape<T> shape() const;

    [[nodiscard]] std::vector<std::string> keys() const;

private:
    struct Field {
        std::string key;
        bool required = false;
        std::optional<std::string> default_yaml;
        std::string doc;
        std::function<void(T&, Cursor const&)> read;
        std::function<Json(SchemaBuilder&)> schema;
    };
    std::string wanted_;
    std::vector<Field> fields_;
    std::vector<std::function<void(T&, Cursor const&)>> checks_;
};

}  // namespace runrate

#include "yaml/shape_impl.h"
