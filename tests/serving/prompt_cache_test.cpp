#include "serving/prompt_cache.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "stat/stream.h"

namespace runrate {
namespace {

using NodeId = ContextTree::NodeId;

/// Every use with its whole path, searched from the beginning: slow and plain.
class PlainCache {
public:
    std::int64_t use(ContextTree const& tree, NodeId tip, double at_s, double lifetime_s) {
        std::int64_t longest = -1;
        for (auto n = tip; n != ContextTree::no_parent; n = tree.parent(n)) {
            for (auto const& use : uses_) {
                bool const alive = at_s - use.at_s <= lifetime_s;
                bool const shared = std::find(use.path.begin(), use.path.end(), n) != use.path.end();
                if (alive && shared) longest = std::max(longest, tree.total(n));
            }
        }
        uses_.push_back({{}, at_s});
        for (auto n = tip; n != ContextTree::no_parent; n = tree.parent(n)) uses_.back().path.push_back(n);
        return longest;
    }

    /// The union of [use, use + lifetime].
    [[nodiscard]] double alive_s(double lifetime_s) const {
        double alive = 0, until = 0;
        for (auto const& use : uses_) {
            alive += use.at_s + lifetime_s - std::max(use.at_s, until);
            until = use.at_s + lifetime_s;
        }
        return alive;
    }

    /// Tokens of every node, roots too, times the union of [use, use + lifetime] of the prompts through it.
    [[nodiscard]] double kept_token_s(ContextTree const& tree, double lifetime_s, bool whole) const {
        double sum = 0;
        for (NodeId n = 0; n < tree.size(); ++n) {
            auto const above = tree.parent(n);
            if (above == ContextTree::no_parent && !whole) continue;
            double kept = 0, until = 0;
            for (auto const& use : uses_) {
                if (std::find(use.path.begin(), use.path.end(), n) == use.path.end()) continue;
                kept += use.at_s + lifetime_s - std::max(use.at_s, until);
                until = use.at_s + lifetime_s;
            }
            auto const tokens = tree.total(n) - (above == ContextTree::no_parent ? 0 : tree.total(above));
            sum += static_cast<double>(tokens) * kept;
        }
        return sum;
    }

private:
    struct Use {
        std::vector<NodeId> path;
        double at_s;
    };
    std::vector<Use> uses_;
};

TEST(SessionCache, FindsWhatAPlainSearchOfAllEarlierPromptsFinds) {
    double const lifetime_s = 16;
    for (std::uint64_t run = 0; run < 300; ++run) {
        Stream chance{{.seed = 1, .item = run}};
        auto const below = [&](std::size_t n) {
            return static_cast<std::size_t>(chance.uniform() * static_cast<double>(n));
        };
        ContextTree tree;
        SessionCache cache;
        PlainCache plain;
        tree.add_root(1 + static_cast<std::int64_t>(below(50)));
        if (run % 3 == 0) tree.add_root(5);
        double at_s = 0;
        for (int use = 0; use < 60; ++use) {
            for (std::size_t i = 0, n = 1 + below(3); i < n; ++i) {
                bool const goes_on = chance.uniform() < 0.6;
                auto const parent = goes_on ? tree.size() - 1 : below(tree.size());
                tree.append(static_cast<NodeId>(parent), 1 + static_cast<std::int64_t>(below(9)));
            }
            at_s += static_cast<double>(below(run % 2 == 0 ? 12 : 24));
            auto const tip = static_cast<NodeId>(chance.uniform() < 0.8 ? tree.size() - 1 : below(tree.size()));
            auto const found = cache.use(tree, tip, Instant{} + from_seconds(at_s), from_seconds(lifetime_s));
            ASSERT_EQ(found.tokens, plain.use(tree, tip, at_s, lifetime_s)) << "run " << run << " use " << use;
            ASSERT_EQ(found.at_risk, found.tokens < 0);
            ASSERT_EQ(cache.alive_s(), plain.alive_s(lifetime_s));
        }
    }
}

TEST(SessionCache, KeepsEachTokenFromItsFirstUseToALifetimeAfterItsLast) {
    double const lifetime_s = 16;
    for (std::uint64_t run = 0; run < 100; ++run) {
        bool const whole = run % 2 == 0;
        Stream chance{{.seed = 2, .item = run}};
        ContextTree tree;
        SessionCache cache;
        PlainCache plain;
        tree.add_root(40);
        double at_s = 0;
        for (int use = 0; use < 40; ++use) {
            auto const parent = static_cast<NodeId>(chance.uniform() * static_cast<double>(tree.size()));
            auto const tip = tree.append(parent, 1 + static_cast<std::int64_t>(chance.uniform() * 9));
            at_s += std::floor(chance.uniform() * 24);
            cache.keep(tree, tip, Instant{} + from_seconds(at_s), from_seconds(lifetime_s), whole);
            plain.use(tree, tip, at_s, lifetime_s);
        }
        EXPECT_NEAR(cache.kept_token_hours() * 3600, plain.kept_token_s(tree, lifetime_s, whole), 1e-6) << run;
        cache.clear();
        EXPECT_EQ(cache.kept_token_hours(), 0);
    }
}

TEST(SessionCache, IsEmptyAfterClear) {
    ContextTree tree;
    auto const root = tree.add_root(100);
    SessionCache cache;
    cache.use(tree, root, Instant{}, from_seconds(10));
    cache.clear();
    EXPECT_TRUE(cache.use(tree, root, Instant{}, from_seconds(10)).at_risk);
    EXPECT_EQ(cache.alive_s(), 10);
}

}  // namespace
}  // namespace runrate
