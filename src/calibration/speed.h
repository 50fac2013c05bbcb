#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "calibration/error_summary.h"
#include "runrate/calibration.h"

namespace runrate {

struct Calibration;  ///< calibration_file.h

/// How much the data say of an engine, from the most to the least.
enum class Evidence : std::uint8_t {
    covered,      ///< measured as it is
    parallelism,  ///< measured with other parallelism
    parts,        ///< its model, GPU, precision and engine were measured, with others
    unseen,       ///< one of them was never measured
};
inline constexpr std::array<std::string_view, 4> evidence_names{"covered", "parallelism", "parts", "unseen"};

/// The parameters of a replica, and what they rest on.
struct EngineSpeed {
    StepParameters parameters;
    Evidence evidence = Evidence::unseen;
    double speed_log_sd = 0;  ///< scale of Student's t with 4 degrees of freedom, one draw for every step time
    double front_log_sd = 0;  ///< the same of the request side of TTFT
    std::optional<ErrorSummary> tpot{}, ttft{};  ///< of the rows that it was fitted to
    std::string origin;                          ///< one line for a report
};

/// The most specific set that covers a replica under an engine class (`vllm`).
EngineSpeed speed_of(Calibration const&, Replica const&, std::string const& engine);

}  // namespace runrate
