#pragma once

#include <chrono>
#include <iosfwd>
#include <string>
#include <string_view>

#include "runrate/study.h"

namespace runrate {

/// A progress bar with the running estimate, on a terminal, once the work has taken a second.
class ProgressBar {
public:
    ProgressBar(std::ostream& err, bool terminal, int width) : err_{&err}, terminal_{terminal}, width_{width} {}
    ~ProgressBar() { clear(); }
    ProgressBar(ProgressBar const&) = delete;
    ProgressBar& operator=(ProgressBar const&) = delete;

    void show(Progress const&);
    /// For work whose end is not known: what has been done so far.
    void show(std::string_view done);
    void clear();

private:
    [[nodiscard]] bool due();
    void write(std::string line);

    using Clock = std::chrono::steady_clock;
    std::ostream* err_;
    bool terminal_;
    int width_;
    bool shown_ = false;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_ = start_;
};

}  // namespace runrate
