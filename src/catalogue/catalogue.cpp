#include "catalogue/catalogue.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/diagnostics.h"

namespace runrate {
namespace {

constexpr std::size_t most_hints = 4;

std::vector<std::string> parts_of(std::string const& folded_name) {
    std::vector<std::string> parts;
    for (std::size_t from = 0; from <= folded_name.size();) {
        auto const to = std::min(folded_name.find('-', from), folded_name.size());
        if (to > from) parts.push_back(folded_name.substr(from, to - from));
        from = to + 1;
    }
    return parts;
}

bool has_all(std::string const& name, std::vector<std::string> const& parts) {
    return std::all_of(parts.begin(), parts.end(),
                       [&](std::string const& part) { return name.find(part) != std::string::npos; });
}

/// Names that may have been meant: the nearest spelling, then those with all parts of the word (`llama-70b`).
template <class T>
std::vector<std::string> hints(Shelf<T> const& shelf, std::string const& word) {
    std::vector<std::string> known, names;
    for (auto const& place : shelf.places) known.push_back(place.first);
    if (auto const near = nearest(word, known); !near.empty())
        names.push_back(shelf.entries[shelf.places.at(near)].name);
    auto const parts = parts_of(word);
    for (auto const& entry : shelf.entries) {
        bool const new_one = names.empty() || entry.name != names.front();
        if (new_one && !parts.empty() && names.size() < most_hints && has_all(folded(entry.name), parts))
            names.push_back(entry.name);
    }
    return names;
}

template <class T>
std::string unknown(Shelf<T> const& shelf, char const* kind, std::string_view name, std::string const& word) {
    auto const near = hints(shelf, word);
    if (!near.empty()) return fmt::format("unknown {} '{}' (did you mean '{}'?)", kind, name, fmt::join(near, "', '"));
    std::vector<std::string> names;
    for (auto const& entry : shelf.entries) names.push_back(entry.name);
    return fmt::format("unknown {} '{}' (known: {})", kind, name, fmt::join(names, ", "));
}

template <class T>
std::variant<T const*, std::string> find(Shelf<T> const& shelf, char const* kind, std::string_view name) {
    auto const whole = folded(name);
    auto const slash = whole.rfind('/');
    auto const last = slash == std::string::npos ? whole : whole.substr(slash + 1);
    for (auto const& word : {whole, last})
        if (auto const at = shelf.places.find(word); at != shelf.places.end()) return &shelf.entries[at->second];
    return unknown(shelf, kind, name, last);
}

}  // namespace

std::string folded(std::string_view name) {
    std::string folded;
    for (char const c : name) {
        if (c >= 'A' && c <= 'Z')
            folded += static_cast<char>(c - 'A' + 'a');
        else
            folded += c == '_' || c == ' ' ? '-' : c;
    }
    return folded;
}

std::variant<Gpu const*, std::string> find_gpu(Catalogue const& c, std::string_view name) {
    return find(c.gpus, "GPU", name);
}

std::variant<ModelShape const*, std::string> find_model(Catalogue const& c, std::string_view name) {
    return find(c.models, "model", name);
}

std::variant<EngineManner const*, std::string> find_engine(Catalogue const& c, std::string_view name) {
    auto found = find(c.engines, "engine", name);
    if (auto* fault = std::get_if<std::string>(&found); fault && fault->find("did you mean") == std::string::npos)
        *fault += "; a class of your own begins with one of them and a hyphen, vllm-mine, and needs measurements";
    return found;
}

std::string engine_class(Catalogue const& c, std::string const& name) {
    auto const found = find_engine(c, name);
    auto const* const* entry = std::get_if<0>(&found);
    return entry ? (*entry)->name : name;
}

std::string manner_of(Catalogue const& c, std::string const& engine) {
    auto const before_hyphen = engine.substr(0, engine.find('-'));
    auto const known = [&](std::string const& name) { return find_engine(c, name).index() == 0; };
    return !known(engine) && known(before_hyphen) ? before_hyphen : engine;
}

}  // namespace runrate
