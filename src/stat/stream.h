#pragma once

#include <array>
#include <cstdint>

namespace runrate {

/// What a random number is for. A new consumer takes a new purpose, so it cannot shift the numbers that others draw.
/// Values are part of the results' reproducibility; append, never renumber.
enum class Purpose : std::uint32_t {
    scramble = 1,     ///< linear scramble and shift of the Sobol points
    session = 2,      ///< customer, turns
    step = 3,         ///< lengths, times, branches of one step of a workflow
    gateway = 4,      ///< semantic cache, shares, cascade, errors, latency of one call
    day_factor = 5,   ///< traffic of a day against its expectation
    month_noise = 6,  ///< how many sessions a month has
    price_scramble = 7,
    independent_point = 8,  ///< beliefs drawn without a net, for comparison
    month_mix = 9,          ///< what the sessions of a month cost against their mean
    variant = 10,           ///< which variant of its prompt a session meets
    benchmark_gap = 11,     ///< arrivals of a replayed benchmark
    fold = 12,              ///< which measurements a cross-validation leaves out together
    acceptance = 13,        ///< which proposals of speculative decoding a request keeps
    engine_load = 14,       ///< arrivals and lengths of a load without a list
    replica = 15,           ///< cold starts, failures and repairs of a replica
    session_start = 16,     ///< gaps between sessions that are simulated event by event
    load_curve = 17,        ///< calls that a replica is run on, level by level
    fluid = 18,             ///< noise of a fluid
    engine_speed = 19,      ///< how far a calibration is off
    overflow = 20,          ///< who finds a pool full
    overflowed = 21,        ///< errors and latency of a call that left a full pool
};

/// The address of a stream: equal addresses give equal numbers on every machine, thread and order of execution.
struct Address {
    std::uint64_t seed = 0;   ///< of the study; what is compared shares it (common random numbers)
    std::uint32_t world = 0;  ///< Monte Carlo replication
    Purpose purpose = Purpose::session;
    std::uint64_t entity = 0;  ///< feature, customer, belief: whoever owns the numbers
    std::uint64_t item = 0;    ///< session or day of that entity
    std::uint32_t turn = 0;
    std::uint32_t step = 0;        ///< of the workflow's program
    std::uint32_t occurrence = 0;  ///< how often the step ran before in this turn
};

/// A counter-based generator (Philox4x64-10; Salmon et al., SC'11; Random123).
///
/// The n-th number is a pure function of (address, n); addresses map one to one onto the cipher's key and counter, so
/// streams cannot overlap before n = 2^32.
class Stream {
public:
    explicit Stream(Address const&);

    /// Becomes the stream of another address, where it stands: cheaper than one that is made and copied.
    void restart(Address const&);

    /// The next number of the open interval (0, 1), an odd multiple of 2^-53.
    double uniform() {
        if (used_ == 4) refill();
        return (static_cast<double>(block_[used_++] >> 12) + 0.5) * 0x1p-52;
    }

    /// The next 64 bits.
    std::uint64_t bits() {
        if (used_ == 4) refill();
        return block_[used_++];
    }

private:
    void refill();

    std::array<std::uint64_t, 2> key_{};
    std::array<std::uint64_t, 4> counter_{};
    std::array<std::uint64_t, 4> block_{};
    unsigned used_ = 4;
};

}  // namespace runrate
