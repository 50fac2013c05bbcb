#include "cli/progress.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "report/figures.h"

namespace runrate {

/// On a terminal, once the work has taken a second, ten times a second.
bool ProgressBar::due() {
    using namespace std::chrono_literals;
    auto const now = Clock::now();
    if (!terminal_ || now - start_ < 1s || now - last_ < 100ms) return false;
    last_ = now;
    return true;
}

void ProgressBar::write(std::string line) {
    shown_ = true;
    line.resize(std::min(line.size(), static_cast<std::size_t>(std::max(20, width_ - 1))));
    *err_ << "\r\x1b[K" << line << std::flush;
}

void ProgressBar::show(std::string_view done) {
    if (due()) write(std::string{done});
}

void ProgressBar::show(Progress const& p) {
    if (!due()) return;
    constexpr std::uint32_t cells = 24;
    auto const full = p.all > 0 ? std::min(cells, p.done * cells / p.all) : 0;
    std::string line =
        fmt::format("[{}{}] {}/{} worlds", std::string(full, '#'), std::string(cells - full, '.'), p.done, p.all);
    if (p.estimate) line += fmt::format("  about {}", figure(*p.estimate));
    if (p.relative_error) line += fmt::format(" +- {:.1f} %", 100 * *p.relative_error);
    write(std::move(line));
}

void ProgressBar::clear() {
    if (!shown_) return;
    *err_ << "\r\x1b[K" << std::flush;
    shown_ = false;
}

}  // namespace runrate
