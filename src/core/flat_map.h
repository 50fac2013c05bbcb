#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace runrate {

/// Spreads whole numbers over 64 bits, most of all over the upper ones (Fibonacci hashing, Knuth vol. 3, 6.4).
struct SpreadHash {
    std::uint64_t operator()(std::uint64_t key) const { return key * 0x9e3779b97f4a7c15U; }
};

/// A map in one piece of memory: open addressing with linear probing, at most half full. Its order is nobody's
/// business, so it cannot be walked.
/// \tparam Hash  its upper bits decide; equal keys have equal ones
template <class Key, class Value, class Hash = SpreadHash>
class FlatMap {
public:
    FlatMap() : places_(std::size_t{1} << least_bits) {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

    /// Null where the key is not there. Pointers hold until the next try_emplace() or erase().
    [[nodiscard]] Value const* find(Key const& key) const {
        auto const& place = places_[seek(key)];
        return place.taken ? &place.value : nullptr;
    }
    [[nodiscard]] Value* find(Key const& key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

    /// The key's value, and whether it is new: one that was there stays as it was.
    std::pair<Value*, bool> try_emplace(Key const& key, Value value) {
        auto at = seek(key);
        if (places_[at].taken) return {&places_[at].value, false};
        if (2 * ++size_ > places_.size()) {
            grow();
            at = seek(key);
        }
        places_[at] = {key, std::move(value), true};
        return {&places_[at].value, true};
    }

    /// Whether it was there.
    bool erase(Key const& key) {
        auto hole = seek(key);
        if (!places_[hole].taken) return false;
        // What was pushed beyond the hole moves back, so that no search ends before it.
        for (auto at = after(hole); places_[at].taken; at = after(at)) {
            if (distance(home(places_[at].key), at) < distance(hole, at)) continue;
            places_[hole] = std::move(places_[at]);
            hole = at;
        }
        places_[hole] = {};
        --size_;
        return true;
    }

private:
    static constexpr int least_bits = 3;

    struct Place {
        Key key{};
        Value value{};
        bool taken = false;
    };

    [[nodiscard]] std::size_t home(Key const& key) const { return static_cast<std::size_t>(Hash{}(key) >> shift_); }
    [[nodiscard]] std::size_t after(std::size_t at) const { return (at + 1) & (places_.size() - 1); }
    [[nodiscard]] std::size_t distance(std::size_t from, std::size_t to) const {
        return (to - from) & (places_.size() - 1);
    }
    /// Where the key is, or would go.
    [[nodiscard]] std::size_t seek(Key const& key) const {
        auto at = home(key);
        while (places_[at].taken && !(places_[at].key == key)) at = after(at);
        return at;
    }
    void grow() {
        auto before = std::exchange(places_, std::vector<Place>(2 * places_.size()));
        --shift_;
        for (auto& place : before)
            if (place.taken) places_[seek(place.key)] = std::move(place);
    }

    std::vector<Place> places_;  ///< a power of two
    int shift_ = 64 - least_bits;
    std::size_t size_ = 0;
};

}  // namespace runrate
