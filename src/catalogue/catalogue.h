#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runrate/replica.h"

namespace runrate {

/// Entries of one kind, and where each of their names leads.
template <class T>
struct Shelf {
    std::vector<T> entries;
    std::map<std::string, std::size_t> places{};  ///< by folded name or alias
};

/// What is known of hardware, models and engines.
struct Catalogue {
    Shelf<Gpu> gpus;
    Shelf<ModelShape> models;
    Shelf<EngineManner> engines;
};

/// How names compare: case does not count, and `_`, `-` and spaces are one: `H100_SXM` is `h100-sxm`.
std::string folded(std::string_view name);

/// The entry of a name or alias, a model's with its maker before a slash or without; or why there is none:
/// `unknown GPU 'h10' (did you mean 'h100-sxm'?)`. It lives as long as the catalogue.
std::variant<Gpu const*, std::string> find_gpu(Catalogue const&, std::string_view name);
std::variant<ModelShape const*, std::string> find_model(Catalogue const&, std::string_view name);
std::variant<EngineManner const*, std::string> find_engine(Catalogue const&, std::string_view name);

/// The name of an engine's class: the catalogue's, or a class of somebody's own as it is written.
std::string engine_class(Catalogue const&, std::string const& name);

/// The name of the entry that says how a class schedules: an engine of another generation or harness, `vllm-mine`,
/// schedules as what stands before its first hyphen where it has no entry of its own.
std::string manner_of(Catalogue const&, std::string const& engine);

}  // namespace runrate
