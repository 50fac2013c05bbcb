#pragma once

#include <functional>
#include <string>

namespace runrate {

/// How a long fit is worked off.
struct Work {
    unsigned threads = 0;  ///< 0: as many as the machine has
    /// Called on the caller's thread with what is done next; may throw to stop there.
    std::function<void(std::string const&)> say = [](std::string const&) {};

    /// The same, with a text before what is said.
    [[nodiscard]] Work as(std::string const& part) const {
        return {threads, [part, say_all = say](std::string const& next) { say_all(part + ": " + next); }};
    }
};

}  // namespace runrate
