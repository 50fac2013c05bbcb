#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/program.h"

namespace {

std::atomic<bool> asked_to_stop = false;  // read by every thread
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait");

void ask_to_stop(int signal) {
    if (asked_to_stop) {  // the second time, at once
        std::signal(signal, SIG_DFL);
        std::raise(signal);
    }
    asked_to_stop = true;
}

int terminal_width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 100;
}

/// Where shipped price books lie: installed beside the program, or in the source tree that it was built in.
std::string data_folder() {
    char const* folder = std::getenv("RUNRATE_DATA");
    return folder == nullptr ? "" : folder;
}

std::vector<std::string> price_folders() {
    std::error_code failed;
    auto const program = std::filesystem::read_symlink("/proc/self/exe", failed);
    if (failed) return {"calibration/prices"};
    auto const folder = program.parent_path();
    return {(folder / "../share/runrate/calibration/prices").lexically_normal().string(),
            (folder / "../../calibration/prices").lexically_normal().string(), "calibration/prices"};
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    std::signal(SIGINT, ask_to_stop);
    std::signal(SIGTERM, ask_to_stop);
    bool const out_is_terminal = ::isatty(STDOUT_FILENO) != 0;
    runrate::Surroundings around{.in = std::cin,
                                 .out = std::cout,
                                 .err = std::cerr,
                                 .out_is_terminal = out_is_terminal,
                                 .err_is_terminal = ::isatty(STDERR_FILENO) != 0,
                                 .color = out_is_terminal && std::getenv("NO_COLOR") == nullptr,
                                 .width = terminal_width(),
                                 .price_folders = price_folders(),
                                 .data_folder = data_folder(),
                                 .stop = [] { return asked_to_stop.load(); }};
    return static_cast<int>(runrate::run_program({argv + 1, argv + argc}, around));
}
