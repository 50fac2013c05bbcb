#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace runrate {

/// A queue by priority: a heap in which each has four below it, so that a search touches half as many as with two.
/// \tparam After  whether one comes out after another; who come out when neither does is not said
template <class T, class After>
class Heap {
public:
    [[nodiscard]] bool empty() const { return all_.empty(); }
    [[nodiscard]] std::size_t size() const { return all_.size(); }

    /// Who comes out first. \pre not empty
    [[nodiscard]] T const& top() const { return all_.front(); }

    void push(T const& what) {
        auto at = all_.size();
        all_.push_back(what);
        for (; at > 0 && After{}(all_[above(at)], what); at = above(at)) all_[at] = all_[above(at)];
        all_[at] = what;
    }

    /// Takes the first out. \pre not empty
    T pop() {
        T const first = all_.front();
        T const last = all_.back();
        all_.pop_back();
        if (!all_.empty()) sink(last);
        return first;
    }

private:
    static constexpr std::size_t ways = 4;

    static std::size_t above(std::size_t at) { return (at - 1) / ways; }

    /// Lets one down from the top to its place.
    void sink(T const& what) {
        std::size_t at = 0;
        for (std::size_t below = 1; below < all_.size(); below = ways * at + 1) {
            auto first = below;
            auto const end = std::min(below + ways, all_.size());
            for (auto i = below + 1; i < end; ++i) first = After{}(all_[first], all_[i]) ? i : first;
            if (!After{}(what, all_[first])) break;
            all_[at] = all_[first];
            at = first;
        }
        all_[at] = what;
    }

    std::vector<T> all_;
};

}  // namespace runrate
