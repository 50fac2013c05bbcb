#pragma once

#include <cstddef>
#include <functional>
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
/// `read` reports every mistake at its place and returns some value in any case; it never throws for input. T is
/// default constructible.
template <class T>
struct Shape {
    std::string wanted;  ///< completes "expected ...": `a duration such as 45 s`
    std::function<T(Cursor const&)> read;
    std::function<Json(SchemaBuilder&)> schema;
};

/// One of some words, each with its value: `unknown word 'ful' (did you mean 'full'?)`.
template <class T>
Shape<T> one_word_of(std::vector<std::pair<std::string, T>> words);

Shape<std::string> text(std::string wanted = "text");
Shape<bool> yes_or_no();                     ///< `yes`, `no`, `true`, `false`
Shape<int> whole_number(int low, int high);  ///< no unit, not in quotes

/// A list of at least `at_least` items.
template <class T>
Shape<std::vector<T>> list_of(Shape<T> item, std::size_t at_least = 0);

/// One item, written as a map, or a list of them.
template <class T>
Shape<std::vector<T>> one_or_list(Shape<T> item);

/// A map from names (letters, digits, - _ . / * : @ + and spaces) to values, in written order.
template <class T>
Shape<std::vector<std::pair<std::string, T>>> map_of(Shape<T> value, std::size_t at_least = 0);

/// The same shape under a function to call, for shapes that contain themselves; `name` is its schema definition.
template <class T>
Shape<T> lazy(std::string name, std::string wanted, std::function<Shape<T>()> make);

/// Applies `then(value, cursor)` to what was read: conversion and checks. Where reading reported an error, `then` is
/// left out and the result is `To{}`.
template <class To, class From>
Shape<To> converted(Shape<From> from, std::function<To(From, Cursor const&)> then);

/// One way to write a value, and whether a node looks like it.
template <class T>
struct Alternative {
    std::function<bool(Node const&)> fits;
    Shape<T> shape;
};

/// Tries the alternatives by the kind (and, for maps, the keys) of the node: the first whose `fits` says yes reads it.
template <class T>
Shape<T> any_of(std::string wanted, std::vector<Alternative<T>> alternatives);

/// What is known of a field whatever its type.
struct FieldDescription {
    std::string key;
    std::string wanted;
    std::string doc;
    bool required = false;
    std::optional<Node> default_value;
    std::function<Json(SchemaBuilder&)> schema;
};

/// The fields of a struct: keys, members, shapes, defaults and docs in one table.
///
/// A default is YAML text. It is read by the same shape, and put into the tree (`from_default`), so the tree is the
/// resolved scenario afterwards.
template <class T>
class Table {
public:
    explicit Table(std::string wanted) : wanted_{std::move(wanted)} {}

    /// A key that must be there: `missing 'key' (<what the shape wants>)`.
    template <class M>
    Table& required(std::string key, M T::*member, Shape<M> shape, std::string doc);

    /// A key that may be left out, with no value then.
    template <class M>
    Table& optional(std::string key, std::optional<M> T::*member, Shape<M> shape, std::string doc);

    /// A key whose value is `default_yaml` where it is left out.
    ///
    /// \pre `default_yaml` is YAML of a value other than null
    template <class M>
    Table& defaulted(std::string key, M T::*member, Shape<M> shape, std::string const& default_yaml, std::string doc);

    /// Cross-field checks, run after all fields were read; left out where the map has an error already, which might
    /// otherwise be reported in other words.
    Table& check(std::function<void(T&, Cursor const&)> check);

    /// Reads the map: unknown keys, missing keys, then each field in the order of the table.
    [[nodiscard]] Shape<T> shape() const;

private:
    using Reader = std::function<void(T&, Cursor const&)>;

    template <class Member, class M>
    Table& add(FieldDescription, Member T::*member, Shape<M> shape);
    [[nodiscard]] T read(Cursor const&) const;

    std::string wanted_;
    std::vector<FieldDescription> fields_;
    std::vector<Reader> readers_;  ///< of the fields, in their order
    std::vector<Reader> checks_;
};

}  // namespace runrate

#include "yaml/shape_impl.h"
