#pragma once

#include <stdexcept>

namespace runrate {

/// A broken contract: a bug in this program, never a fault of its input.
struct ContractError : std::logic_error {
    using logic_error::logic_error;
};

/// Throws ContractError naming the condition and its place.
[[noreturn]] void broken_contract(char const* condition, char const* file, int line);

}  // namespace runrate

/// States a precondition. Always on: a check is cheap next to an event.
#define RUNRATE_EXPECT(condition)                                                     \
    do {                                                                              \
        if (!(condition)) ::runrate::broken_contract(#condition, __FILE__, __LINE__); \
    } while (false)
