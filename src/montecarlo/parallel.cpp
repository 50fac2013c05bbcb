#include "montecarlo/parallel.h"

#include <exception>
#include <vector>

#ifdef RUNRATE_EXECUTOR_threads
#include <algorithm>
#include <atomic>
#include <thread>
#else
#include <algorithm>

#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

namespace runrate {
namespace {

using Task = std::function<void(std::uint32_t)>;

#ifdef RUNRATE_EXECUTOR_threads
/// Plain threads that take the next index: what ThreadSanitizer can see through, unlike Debian's TBB.
void run_all(std::uint32_t count, unsigned threads, Task const& task) {
    if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
    std::atomic<std::uint32_t> next{0};
    std::vector<std::thread> workers;
    for (unsigned t = 0; t < threads; ++t) {
        workers.emplace_back([&] {
            for (std::uint32_t i = next++; i < count; i = next++) task(i);
        });
    }
    for (auto& worker : workers) worker.join();
}
#else
void run_all(std::uint32_t count, unsigned threads, Task const& task) {
    int const most = tbb::info::default_concurrency();
    tbb::task_arena arena{threads == 0 ? most : std::min(static_cast<int>(threads), most)};
    arena.execute([&] {
        tbb::parallel_for(
            tbb::blocked_range<std::uint32_t>{0, count, 1},
            [&](tbb::blocked_range<std::uint32_t> const& range) {
                for (std::uint32_t i = range.begin(); i < range.end(); ++i) task(i);
            },
            tbb::simple_partitioner{});
    });
}
#endif

}  // namespace

void for_each_index(std::uint32_t count, unsigned threads, Task const& task) {
    std::vector<std::exception_ptr> failures(count);
    auto const guarded = [&](std::uint32_t i) {
        try {
            task(i);
        } catch (...) { failures[i] = std::current_exception(); }
    };
    run_all(count, threads, guarded);
    for (auto const& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
}

}  // namespace runrate
