#pragma once

#include <filesystem>

#include <gtest/gtest.h>

#include "catalogue/load_catalogue.h"

namespace runrate {

/// The catalogue that is installed.
inline Catalogue const& shipped_catalogue() {
    static Catalogue const catalogue = load_catalogue({std::filesystem::path{RUNRATE_SOURCE_DIR} / "calibration"});
    return catalogue;
}

template <class T>
T const& found(std::variant<T const*, std::string> const& result) {
    static T const none{};
    if (auto const* fault = std::get_if<std::string>(&result)) {
        ADD_FAILURE() << *fault;
        return none;
    }
    return *std::get<T const*>(result);
}

}  // namespace runrate
