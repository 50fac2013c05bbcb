#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/contract.h"
#include "serving/program.h"
#include "serving/usage.h"

namespace runrate {

/// All prompts of a session as paths in a tree: a node is what was added after its parent. Equal content is a shared
/// ancestor, so the longest common prefix of two prompts is their deepest common node. What was added one after the
/// other is one line, of which a prompt has a beginning: a path is few lines, however many nodes it has. What passes
/// with its turn is on a line beside, and leaves the line to what will come in its place.
class ContextTree {
public:
    using NodeId = std::uint32_t;
    using LineId = std::uint32_t;  ///< the first node of the line; of one beside, the node that it leaves, marked

    struct TreeNode {
        NodeId parent;
        std::int64_t total;  ///< tokens from the beginning to here
        LineId line;
        bool goes_on;    ///< its line does
        bool has_aside;  ///< a line beside begins after it
        bool passes;     ///< with its turn
    };

    void clear() { nodes_.clear(); }
    /// A root is a line of its own, which sessions share.
    NodeId add_root(std::int64_t tokens) {
        return add(no_parent, tokens, static_cast<NodeId>(nodes_.size()), true, false);
    }
    NodeId append(NodeId parent, std::int64_t tokens, bool passes = false) {
        auto& p = nodes_[parent];
        bool& taken = passes && !p.passes ? p.has_aside : p.goes_on;
        auto const line = taken ? static_cast<NodeId>(nodes_.size()) : line_after(parent, passes);
        taken = true;
        return add(parent, p.total + tokens, line, false, passes);
    }

    /// On which line something is that is the first to follow a node.
    [[nodiscard]] LineId line_after(NodeId id, bool passes) const {
        return passes && !nodes_[id].passes ? id | aside : nodes_[id].line;
    }
    /// The node that a line begins after; none for that of a root.
    [[nodiscard]] NodeId before(LineId line) const { return (line & aside) != 0 ? line ^ aside : nodes_[line].parent; }
    [[nodiscard]] std::int64_t total(NodeId id) const { return nodes_[id].total; }
    [[nodiscard]] NodeId parent(NodeId id) const { return nodes_[id].parent; }
    [[nodiscard]] LineId line(NodeId id) const { return nodes_[id].line; }
    [[nodiscard]] std::size_t size() const { return nodes_.size(); }

    static constexpr NodeId no_parent = 0xffffffff;
    static constexpr int line_bits = 22;  ///< of a LineId; a session adds less than 2^21 nodes

private:
    static constexpr LineId aside = LineId{1} << (line_bits - 1);

    // In place: what is written narrowly and copied widely at once stalls.
    NodeId add(NodeId parent, std::int64_t total, LineId line, bool goes_on, bool passes) {
        RUNRATE_EXPECT(nodes_.size() < aside);
        nodes_.push_back({parent, total, line, goes_on, false, passes});
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
    bool further = false;          ///< of an output: it goes on with the output before it
};

/// One context while it is in use: what earlier turns left, and what has joined in this turn.
struct Context {
    std::uint32_t spec = 0;  ///< into FeatureProgram::contexts
    ContextTree::NodeId root = 0, tip = 0;
    std::vector<Piece> history, turn;
    std::vector<std::uint32_t> history_turns;  ///< pieces of each kept turn, oldest first
    std::int64_t history_tokens = 0;
    std::array<std::int64_t, cause_count> joined{};  ///< tokens of this turn by cause
    std::int64_t user = 0;                           ///< user text that has joined in this turn, or an agent's task
    bool answers_pass = false;                       ///< but user text nothing of a turn stays where it was written
    bool user_joined = false;                        ///< the turn's user text has joined: it does so once
    std::size_t inherited = 0;                       ///< of a branch: the first pieces of `turn`, known before the fork
    std::vector<Piece> summarised;                   ///< of a branch: its own pieces that it has compacted away

    /// Begins anew after `root`; keeps the memory of its vectors.
    void begin(std::uint32_t spec_index, ContextTree::NodeId at);

    /// Becomes a branch that starts from `fork`.
    void branch_from(Context const& fork);

    /// Whether what joins now will be followed by something else once the turn has ended.
    [[nodiscard]] bool passes(Piece::Kind kind) const { return answers_pass && kind != Piece::Kind::user; }
};

/// Adds tokens at the end.
void join(ContextTree&, Context&, Piece::Kind, std::int64_t tokens);

/// Adds an output, or the further part of one: the parts of an answer are one output to the history.
enum class Answering : std::uint8_t { anew, further };
void join_output(ContextTree&, Context&, std::int64_t tokens, Answering);

/// Adds what a branch has joined since the fork. Its compactions are its own affair: what they replaced joins as it
/// was.
void join_branch(ContextTree&, Context& into, Context const& branch);

/// Ends a turn: keeps of it and of earlier turns what the history rule says.
void end_turn(ContextTree&, Context&, ContextSpec const&);

/// What a compaction replaces.
struct Summary {
    std::int64_t tokens = 0;  ///< 0: there is nothing to gain
    bool whole_turn = false;  ///< what has joined in this turn too
};

/// What `to` tokens would replace: the history that earlier turns left; where that does not bring the prompt to `above`
/// (in a first turn, inside an agent's loop), all that has joined in this turn too.
Summary to_summarise(ContextTree const&, Context const&, std::int64_t above, std::int64_t to);

/// Replaces it. \pre summary.tokens > 0
void compact(ContextTree&, Context&, Summary, std::int64_t to);

/// Cuts the oldest history, then the oldest of this turn but its user text, until the prompt is within the limit or
/// nothing is left to cut.
void drop_oldest(ContextTree&, Context&, std::int64_t limit);

}  // namespace runrate
