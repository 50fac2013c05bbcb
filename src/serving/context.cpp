#include "serving/context.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>

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
template <class Passes>
ContextTree::NodeId lay(ContextTree& tree, ContextTree::NodeId at, std::span<Piece> pieces, Passes const& passes) {
    for (auto& piece : pieces) {
        if (tree.parent(piece.node) != at) piece.node = tree.append(at, piece.tokens, passes(piece));
        at = piece.node;
    }
    return at;
}

std::int64_t sum(std::span<Piece const> pieces) {
    return std::accumulate(pieces.begin(), pieces.end(), std::int64_t{0},
                           [](std::int64_t s, Piece const& p) { return s + p.tokens; });
}

/// Lays what is in a context, but for as many pieces of its history that have stayed where they lie.
void relay(ContextTree& tree, Context& c, std::size_t stayed = 0) {
    auto const rest = std::span{c.history}.subspan(stayed);
    auto const from = stayed == 0 ? c.root : c.history[stayed - 1].node;
    auto const history = lay(tree, from, rest, [](Piece const&) { return false; });
    c.tip = lay(tree, history, c.turn, [&](Piece const& p) { return c.passes(p.kind); });
    c.history_tokens = (stayed == 0 ? 0 : c.history_tokens) + sum(rest);
}

/// What a turn leaves: all but reasoning, or the user text and the last output.
void keep(std::vector<Piece> const& turn, History rule, std::vector<Piece>& kept) {
    if (rule == History::none) return;
    auto const is_output = [](Piece const& p) { return p.kind == Piece::Kind::output; };
    auto last = std::find_if(turn.rbegin(), turn.rend(), is_output);
    while (last != turn.rend() && last->further) {  // back to where the last answer begins
        auto const before = std::find_if(last + 1, turn.rend(), is_output);
        if (before == turn.rend()) break;
        last = before;
    }
    for (auto at = turn.begin(); at != turn.end(); ++at) {
        bool const is_last = last != turn.rend() && &*at >= &*last && is_output(*at);
        bool const dialogue = at->kind == Piece::Kind::user || at->kind == Piece::Kind::kept || is_last;
        if (at->tokens <= 0) continue;
        if (rule == History::full ? at->kind != Piece::Kind::reasoning : dialogue) kept.push_back(*at);
    }
}

void add(Context& c, Piece const& piece) {
    c.turn.push_back({piece.kind, piece.tokens, piece.node, piece.further});
    c.joined[static_cast<std::size_t>(cause_of(piece.kind))] += piece.tokens;
    if (piece.kind == Piece::Kind::user) c.user += piece.tokens;
}

/// Takes up to `excess` tokens from a piece; `root` marks that its content, hence its node, has changed.
std::int64_t cut(Piece& piece, std::int64_t& excess, ContextTree::NodeId root) {
    auto const taken = std::clamp<std::int64_t>(excess, 0, piece.tokens);
    if (taken > 0) piece.node = root;
    piece.tokens -= taken;
    excess -= taken;
    return taken;
}

void cut_history(Context& c, std::int64_t& excess) {
    for (auto& piece : c.history) cut(piece, excess, c.root);
    auto piece = c.history.begin();
    for (auto& pieces : c.history_turns) {
        auto const end = piece + pieces;
        pieces = static_cast<std::uint32_t>(std::count_if(piece, end, [](Piece const& p) { return p.tokens > 0; }));
        piece = end;
    }
    std::erase_if(c.history, [](Piece const& p) { return p.tokens <= 0; });
}

void cut_turn(Context& c, std::int64_t& excess) {
    for (auto& piece : c.turn) {
        if (piece.kind == Piece::Kind::user) continue;
        c.joined[static_cast<std::size_t>(cause_of(piece.kind))] -= cut(piece, excess, c.root);
    }
    auto const inherited = c.turn.begin() + static_cast<std::ptrdiff_t>(c.inherited);
    c.inherited -= static_cast<std::size_t>(
        std::count_if(c.turn.begin(), inherited, [](Piece const& p) { return p.tokens <= 0; }));
    std::erase_if(c.turn, [](Piece const& p) { return p.tokens <= 0; });
}

/// Whether any was to be dropped.
bool drop_turns(Context& c, std::size_t most) {
    if (c.history_turns.size() <= most) return false;
    while (c.history_turns.size() > most) {
        c.history.erase(c.history.begin(), c.history.begin() + c.history_turns.front());
        c.history_turns.erase(c.history_turns.begin());
    }
    return true;
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
    answers_pass = false;
    user_joined = false;
    inherited = 0;
    summarised.clear();
}

void Context::branch_from(Context const& fork) {
    *this = fork;
    inherited = turn.size();
    summarised.clear();
}

void join(ContextTree& tree, Context& c, Piece::Kind kind, std::int64_t tokens) {
    if (tokens <= 0 && kind != Piece::Kind::output) return;  // an output of nothing is still the last one
    c.tip = tree.append(c.tip, tokens, c.passes(kind));
    add(c, {kind, tokens, c.tip});
}

void join_output(ContextTree& tree, Context& c, std::int64_t tokens, Answering answering) {
    join(tree, c, Piece::Kind::output, tokens);
    c.turn.back().further = answering == Answering::further;
}

void join_branch(ContextTree& tree, Context& into, Context const& branch) {
    auto const join_piece = [&](Piece const& piece) {
        bool const same_path = tree.parent(piece.node) == into.tip;
        into.tip = same_path ? piece.node : tree.append(into.tip, piece.tokens, into.passes(piece.kind));
        add(into, {piece.kind, piece.tokens, into.tip, piece.further});
    };
    std::for_each(branch.summarised.begin(), branch.summarised.end(), join_piece);
    std::for_each(branch.turn.begin() + static_cast<std::ptrdiff_t>(branch.inherited), branch.turn.end(), join_piece);
    into.user_joined = into.user_joined || branch.user_joined;
}

void end_turn(ContextTree& tree, Context& c, ContextSpec const& spec) {
    auto const* window = std::get_if<Window>(&spec.history);
    History const rule = window ? window->of : std::get<History>(spec.history);
    auto const before = c.history.size();
    keep(c.turn, rule, c.history);
    c.history_turns.push_back(static_cast<std::uint32_t>(c.history.size() - before));
    auto const all = std::numeric_limits<std::size_t>::max();
    auto const most = rule == History::none ? 0 : window ? static_cast<std::size_t>(window->turns) : all;
    bool const dropped = drop_turns(c, most);
    c.turn.clear();
    c.joined = {};
    c.user = 0;
    c.user_joined = false;
    relay(tree, c, dropped ? 0 : before);
}

Summary to_summarise(ContextTree const& tree, Context const& c, std::int64_t above, std::int64_t to) {
    auto const total = tree.total(c.tip);
    if (c.history_tokens > to && total - c.history_tokens + to <= above) return {c.history_tokens, false};
    auto const all = total - tree.total(c.root);
    return all > to ? Summary{all, true} : Summary{};
}

void compact(ContextTree& tree, Context& c, Summary summary, std::int64_t to) {
    c.history.assign(1, {Piece::Kind::kept, to, c.root});  // a node of no such parent: laid anew
    c.history_turns.assign(1, 1);
    if (summary.whole_turn) {
        c.summarised.insert(c.summarised.end(), c.turn.begin() + static_cast<std::ptrdiff_t>(c.inherited),
                            c.turn.end());
        c.inherited = 0;
        c.turn.clear();
        c.joined = {};
    }
    relay(tree, c);
}

void drop_oldest(ContextTree& tree, Context& c, std::int64_t limit) {
    auto excess = tree.total(c.tip) - limit;
    cut_history(c, excess);
    cut_turn(c, excess);
    relay(tree, c);
}

}  // namespace runrate
