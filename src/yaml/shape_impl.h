#pragma once

#include <memory>

#include "core/contract.h"
#include "yaml/shape.h"

namespace runrate {

/// The parts of shapes that do not depend on the type of the value.
namespace shape_detail {

/// Which of the words this scalar is; reports where it is none.
std::optional<std::size_t> read_word(Cursor const&, std::vector<std::string> const& words, std::string const& wanted);
std::string words_wanted(std::vector<std::string> const& words);
Json words_schema(std::vector<std::string> const& words);

/// Reports fewer than `at_least` items or entries of `count`.
void expect_at_least(Cursor const&, std::size_t count, std::size_t at_least, char const* of_what);
/// Reports a key of a map_of that is no name.
bool expect_name(Cursor const& map, Node::Entry const&);
Json list_schema(Json item, std::size_t at_least);
Json map_schema(Json value, std::size_t at_least);
Json any_of_schema(std::vector<Json> alternatives);

/// Reports that no alternative fits.
void nothing_fits(Cursor const&, std::string const& wanted);

/// The default value of a field; a default that is not YAML is a bug.
Node parse_default(std::string const& yaml);
/// Unknown and missing keys are reported, defaults put in.
void complete_map(Cursor const& map, std::vector<FieldDescription> const&);
Json object_schema(std::vector<FieldDescription> const&, SchemaBuilder&);

}  // namespace shape_detail

template <class T>
Shape<T> one_word_of(std::vector<std::pair<std::string, T>> words) {
    std::vector<std::string> names;
    for (auto const& word : words) names.push_back(word.first);
    auto const wanted = shape_detail::words_wanted(names);
    auto read = [words, names, wanted](Cursor const& c) {
        auto const index = shape_detail::read_word(c, names, wanted);
        return index ? words[*index].second : T{};
    };
    return {wanted, read, [names](SchemaBuilder&) { return shape_detail::words_schema(names); }};
}

template <class T>
Shape<std::vector<T>> list_of(Shape<T> item, std::size_t at_least) {
    auto const wanted = "a list (each " + item.wanted + ")";
    auto read = [item, at_least, wanted](Cursor const& c) {
        std::vector<T> values;
        if (!c.expect(Node::Kind::list, wanted)) return values;
        auto const count = c.node().items.size();
        shape_detail::expect_at_least(c, count, at_least, "item");
        for (std::size_t i = 0; i < count; ++i) values.push_back(item.read(c.at(i)));
        return values;
    };
    auto schema = [item, at_least](SchemaBuilder& b) { return shape_detail::list_schema(item.schema(b), at_least); };
    return {wanted, read, schema};
}

template <class T>
Shape<std::vector<std::pair<std::string, T>>> map_of(Shape<T> value, std::size_t at_least) {
    auto const wanted = "a map of names (each " + value.wanted + ")";
    auto read = [value, at_least, wanted](Cursor const& c) {
        std::vector<std::pair<std::string, T>> values;
        if (!c.expect(Node::Kind::map, wanted)) return values;
        shape_detail::expect_at_least(c, c.node().entries.size(), at_least, "entry");
        for (auto& entry : c.node().entries) {
            if (shape_detail::expect_name(c, entry)) values.emplace_back(entry.key, value.read(c.at(entry)));
        }
        return values;
    };
    auto schema = [value, at_least](SchemaBuilder& b) { return shape_detail::map_schema(value.schema(b), at_least); };
    return {wanted, read, schema};
}

template <class T>
Shape<T> lazy(std::string name, std::string wanted, std::function<Shape<T>()> make) {
    // Made once, on first use: the shape inside holds a new lazy of its own, so nothing refers to itself.
    auto const made = std::make_shared<std::optional<Shape<T>>>();
    auto read = [made, make](Cursor const& c) {
        if (!*made) *made = make();
        return (*made)->read(c);
    };
    auto schema = [name = std::move(name), make](SchemaBuilder& builder) {
        return builder.reference(name, [&make](SchemaBuilder& b) { return make().schema(b); });
    };
    return {std::move(wanted), read, schema};
}

template <class To, class From>
Shape<To> converted(Shape<From> from, std::function<To(From, Cursor const&)> then) {
    auto read = [inner = from.read, then = std::move(then)](Cursor const& c) {
        auto const before = c.log().entries().size();
        From value = inner(c);
        return no_errors_since(c.log(), before) ? then(std::move(value), c) : To{};
    };
    return {from.wanted, read, from.schema};
}

template <class T>
Shape<std::vector<T>> one_or_list(Shape<T> item) {
    auto const alone =
        converted<std::vector<T>, T>(item, [](T value, Cursor const&) { return std::vector<T>{std::move(value)}; });
    return any_of<std::vector<T>>(item.wanted,
                                  {{[](Node const& n) { return n.kind == Node::Kind::map; }, alone},
                                   {[](Node const& n) { return n.kind == Node::Kind::list; }, list_of(item)}});
}

template <class T>
Shape<T> any_of(std::string wanted, std::vector<Alternative<T>> alternatives) {
    auto read = [wanted, alternatives](Cursor const& c) {
        for (auto const& alternative : alternatives) {
            if (alternative.fits(c.node())) return alternative.shape.read(c);
        }
        shape_detail::nothing_fits(c, wanted);
        return T{};
    };
    auto schema = [alternatives](SchemaBuilder& b) {
        std::vector<Json> schemas;
        for (auto const& alternative : alternatives) schemas.push_back(alternative.shape.schema(b));
        return shape_detail::any_of_schema(std::move(schemas));
    };
    return {wanted, read, schema};
}

template <class T>
template <class Member, class M>
Table<T>& Table<T>::add(FieldDescription field, Member T::*member, Shape<M> shape) {
    field.wanted = shape.wanted;
    field.schema = shape.schema;
    fields_.push_back(std::move(field));
    readers_.push_back([member, read = shape.read](T& out, Cursor const& c) { out.*member = read(c); });
    return *this;
}

template <class T>
template <class M>
Table<T>& Table<T>::required(std::string key, M T::*member, Shape<M> shape, std::string doc) {
    return add({std::move(key), {}, std::move(doc), true, {}, {}}, member, std::move(shape));
}

template <class T>
template <class M>
Table<T>& Table<T>::optional(std::string key, std::optional<M> T::*member, Shape<M> shape, std::string doc) {
    return add({std::move(key), {}, std::move(doc), false, {}, {}}, member, std::move(shape));
}

template <class T>
template <class M>
Table<T>& Table<T>::defaulted(std::string key, M T::*member, Shape<M> shape, std::string const& default_yaml,
                              std::string doc) {
    auto value = shape_detail::parse_default(default_yaml);
    return add({std::move(key), {}, std::move(doc), false, std::move(value), {}}, member, std::move(shape));
}

template <class T>
Table<T>& Table<T>::check(std::function<void(T&, Cursor const&)> check) {
    checks_.push_back(std::move(check));
    return *this;
}

template <class T>
T Table<T>::read(Cursor const& map) const {
    T out{};
    auto const before = map.log().entries().size();
    if (!map.expect(Node::Kind::map, wanted_)) return out;
    shape_detail::complete_map(map, fields_);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        auto const value = map.find(fields_[i].key);
        if (!value) continue;
        if (value->node().kind == Node::Kind::null) {
            value->unexpected(fields_[i].wanted);
        } else {
            readers_[i](out, *value);
        }
    }
    if (!no_errors_since(map.log(), before)) return out;
    for (auto const& check : checks_) check(out, map);
    return out;
}

template <class T>
Shape<T> Table<T>::shape() const {
    auto const table = std::make_shared<Table const>(*this);
    return {wanted_, [table](Cursor const& c) { return table->read(c); },
            [table](SchemaBuilder& b) { return shape_detail::object_schema(table->fields_, b); }};
}

}  // namespace runrate
