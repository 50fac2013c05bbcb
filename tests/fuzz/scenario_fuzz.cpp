// Any bytes either are a scenario or are refused with a message: no crash, leak, hang or unbounded memory.

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "runrate/scenario.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    runrate::ScenarioSource source;
    source.file = "-";
    source.text.assign(reinterpret_cast<char const*>(bytes), size);
    source.price_folders = {"calibration/prices"};
    try {
        static_cast<void>(runrate::load_scenario(source));
    } catch (std::runtime_error const&) {  // refused
    }
    return 0;
}
