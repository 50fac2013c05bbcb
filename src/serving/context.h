#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "serving/program.h"
#include "serving/usage.h"

namespace runrate {

/// All prompts of a session as paths in a tree: a node is what was added after its parent. Equal content is a shared
/// ancestor, so the longest common prefix of two prompts is their deepest common node.
class ContextTree {
public:
    using NodeId = std::uint32_t;

    struct TreeNode {
        NodeId parent;
        std::int64_t total;  ///< tokens from the beginning to here
    };

    void clear() { nodes_.clear(); }
    NodeId add_root(std::int64_t tokens) { return add({no_parent, tokens}); }
    NodeId append(NodeId parent, std::int64_t tokens) { return add({parent, nodes_[parent].total + tokens}); }

    [[nodiscard]] std::int64_t total(NodeId id) const { return nodes_[id].total; }
    [[nodiscard]] NodeId parent(NodeId id) const { return nodes_[id].parent; }
    [[nodiscard]] std::size_t size() const { return nodes_.size(); }

    static constexpr NodeId no_parent = 0xffffffff;

private:
    NodeId add(TreeNode node) {
        nodes_.push_back(node);
        return static_cast<NodeId>(nodes_.size() - 1);
    }

    std::vector<TreeNode> nodes_;
};

/// Something that joined a context.
struct Piece {
    enum class Kind : std::uint8_t { user, output, result, chunks, reasoning, kept };
    Kind kind = Kind::user;
    std::int64_t tokens = 0;
    ContextTree::NodeId node = 0;  ///< the path that ends with it
};

/// One context while it is in use: what earlier turns left, and what has joined in this turn.
struct Context {
    std::uint32_t spec = 0;            ///< into FeatureProgram::contexts
    ContextTree::NodeId root = 0, tip = 0;
    std::vector<Piece> history, turn;
    std::vector<std::uint32_t> history_turns;  ///< pieces of each kept turn, oldest first
    std::int64_t history_tokens = 0;
    std::array<std::int64_t, cause_count> joined{};  ///< tokens of this turn by cause
    std::int64_t user = 0;                     ///< user text of the turn, or an agent's task

    /// Begins anew after `root`; keeps the memory of its vectors.
    void begin(std::uint32_t spec_index, ContextTree::NodeId at);
};

/// Adds tokens at the end.
void join(ContextTree&, Context&, Piece::Kind, std::int64_t tokens);

/// Adds what a branch has joined since the fork, `from` pieces into its turn.
void join_branch(ContextTree&, Context& into, Context const& branch, std::size_t from);

/// Ends a turn: keeps of it and of earlier turns what the history rule says.
void end_turn(ContextTree&, Context&, ContextSpec const&);

/// Replaces the history by `to` tokens; with what has joined in this turn too where that alone brings the prompt to
/// `above` or less. Returns the tokens that were summarised; 0 when there was nothing to gain.
std::int64_t compact(ContextTree&, Context&, std::int64_t above, std::int64_t to);

/// Drops the oldest history until the prompt is within the limit or no history is left.
void drop_oldest(ContextTree&, Context&, std::int64_t limit);

}  // namespace runrate
