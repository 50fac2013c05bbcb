#include "serving/context.h"

#include <algorithm>
#include <numeric>

namespace runrate {
namespace {

Cause cause_of(Piece::Kind kind) {
    switch (kind) {
        case Piece::Kind::user: return Cause::user;
        case Piece::Kind::result: return Cause::results;
        case Piece::Kind::chunks: return Cause::chunks;
        case Piece::Kind::kept: return Cause::history;
        case Piece::Kind::output:
        case Piece::Kind::reasoning: break;
    }
    return Cause::outputs;
}

/// Lays the path of `pieces` from `at`: nodes are used again as long as nothing before them has changed.
ContextTree::NodeId lay(ContextTree& tree, ContextTree::NodeId at, std::vector<Piece>& pieces) {
    for (auto& piece : pieces) {
        if (tree.parent(piece.node) != at) piece.node = tree.append(at, piece.tokens);
        at = piece.node;
    }
    return at;
}

std::int64_t sum(std::vector<Piece> const& pieces) {
    return std::accumulate(pieces.begin(), pieces.end(), std::int64_t{0}, [](std::int64_t s, Piece const& p) { return s + p.tokens; });
}

void relay(ContextTree& tree, Context& c) {
    c.tip = lay(tree, lay(tree, c.root, c.history), c.turn);
    c.history_tokens = sum(c.history);
}

/// What a turn leaves: all but reasoning, or the user text and the last output.
void keep(std::vector<Piece> const& turn, History rule, std::vector<Piece>& kept) {
    if (rule == History::none) return;
    auto const last = std::find_if(turn.rbegin(), turn.rend(), [](Piece const& p) { return p.kind == Piece::Kind::output; });
    for (auto at = turn.begin(); at != turn.end(); ++at) {
        bool const is_last = last != turn.rend() && &*at == &*last;
        bool const dialogue = at->kind == Piece::Kind::user || at->kind == Piece::Kind::kept || is_last;
        if (rule == History::full ? at->kind != Piece::Kind::reasoning : dialogue) kept.push_back(*at);
    }
}

void drop_turns(Context& c, std::size_t most) {
    while (c.history_turns.size() > most) {
        c.history.erase(c.history.begin(), c.history.begin() + c.history_turns.front());
        c.history_turns.erase(c.history_turns.begin());
    }
}

}  // namespace

void Context::begin(std::uint32_t spec_index, ContextTree::NodeId at) {
    spec = spec_index;
    root = tip = at;
    history.clear();
    turn.clear();
    history_turns.clear();
    history_tokens = 0;
    joined = {};
    user = 0;
}

void join(ContextTree& tree, Context& c, Piece::Kind kind, std::int64_t tokens) {
    if (tokens <= 0) return;
    c.tip = tree.append(c.tip, tokens);
    c.turn.push_back({kind, tokens, c.tip});
    c.joined[static_cast<std::size_t>(cause_of(kind))] += tokens;
    if (kind == Piece::Kind::user) c.user += tokens;
}

void join_branch(ContextTree& tree, Context& into, Context const& branch, std::size_t from) {
    for (std::size_t i = from; i < branch.turn.size(); ++i) {
        auto const& piece = branch.turn[i];
        bool const same_path = tree.parent(piece.node) == into.tip;
        into.tip = same_path ? piece.node : tree.append(into.tip, piece.tokens);
        into.turn.push_back({piece.kind, piece.tokens, into.tip});
        into.joined[static_cast<std::size_t>(cause_of(piece.kind))] += piece.tokens;
        if (piece.kind == Piece::Kind::user) into.user += piece.tokens;
    }
}

void end_turn(ContextTree& tree, Context& c, ContextSpec const& spec) {
    auto const* window = std::get_if<Window>(&spec.history);
    History const rule = window ? window->of : std::get<History>(spec.history);
    auto const before = c.history.size();
    keep(c.turn, rule, c.history);
    c.history_turns.push_back(static_cast<std::uint32_t>(c.history.size() - before));
    if (window) drop_turns(c, static_cast<std::size_t>(window->turns));
    c.turn.clear();
    c.joined = {};
    c.user = 0;
    relay(tree, c);
}

std::int64_t compact(ContextTree& tree, Context& c, std::int64_t above, std::int64_t to) {
    auto const total = tree.total(c.tip);
    auto const joined = total - tree.total(c.root) - c.history_tokens;
    bool const history_is_enough = c.history_tokens > to && total - c.history_tokens + to <= above;
    auto const replaced = history_is_enough ? c.history_tokens : c.history_tokens + joined;
    if (replaced <= to) return 0;
    c.history.assign(1, {Piece::Kind::kept, to, c.root});  // a node of no such parent: laid anew
    c.history_turns.assign(1, 1);
    if (!history_is_enough) {
        c.turn.clear();
        c.joined = {};
    }
    relay(tree, c);
    return replaced;
}

void drop_oldest(ContextTree& tree, Context& c, std::int64_t limit) {
    auto excess = tree.total(c.tip) - limit;
    while (excess > 0 && !c.history.empty()) {
        auto& oldest = c.history.front();
        auto const cut = std::min(excess, oldest.tokens);
        excess -= cut;
        oldest.tokens -= cut;
        oldest.node = c.root;  // its content has changed
        if (oldest.tokens > 0) break;
        c.history.erase(c.history.begin());
        while (!c.history_turns.empty() && c.history_turns.front() == 0) c.history_turns.erase(c.history_turns.begin());
        if (!c.history_turns.empty()) --c.history_turns.front();
    }
    relay(tree, c);
}

}  // namespace runrate
