#include "yaml/tree_builder.h"

#include <algorithm>

#include <fmt/format.h>

#include "yaml/plain.h"

namespace runrate {
namespace {

/// Longer keys are not simple keys of YAML when written out with escapes.
constexpr std::size_t longest_key = 200;

/// A copy for an alias stands where the alias does.
void move_to(SourcePosition at, Node& node) {
    node.at = at;
    for (auto& item : node.items) move_to(at, item);
    for (auto& entry : node.entries) {
        entry.key_at = at;
        move_to(at, entry.value);
    }
}

}  // namespace

SourcePosition TreeBuilder::innermost() const {
    return open_.empty() ? SourcePosition{source_, 0, 0} : open_.back().node.at;
}

SourcePosition TreeBuilder::place(YAML::Mark const& mark) const {
    bool const inside = mark.pos >= 0 && static_cast<std::size_t>(mark.pos) < std::max<std::size_t>(text_->size(), 1);
    return inside ? SourcePosition{source_, mark.line + 1, mark.column + 1} : SourcePosition{source_, 0, 0};
}

void TreeBuilder::stop(SourcePosition at, std::string message) {
    log_->error(at, std::move(message));
    throw StopReading{};
}

Node TreeBuilder::take_root() {
    while (!open_.empty()) {
        Open closed = std::move(open_.back());
        open_.pop_back();
        // A key that was cut off in the middle is no key.
        bool const was_key = !open_.empty() && open_.back().node.kind == Node::Kind::map && !open_.back().has_key;
        if (!was_key) put(std::move(closed.node), YAML::NullAnchor);
    }
    return std::move(root_);
}

void TreeBuilder::OnDocumentStart(YAML::Mark const& mark) {
    if (!std::exchange(started_, true)) return;
    bool const marked = text_->substr(std::min(static_cast<std::size_t>(mark.pos), text_->size()), 3) == "---";
    stop(place(mark), marked ? "second document (one is read)"
                             : "unexpected text after the end of the document (is the indentation right?)");
}

void TreeBuilder::OnNull(YAML::Mark const& mark, YAML::anchor_t anchor) {
    auto at = place(mark);
    // A value left out is noticed at what follows it; its place is then its key's.
    bool const in_entry = !open_.empty() && open_.back().has_key;
    if (in_entry) check_colon();
    if (in_entry && at.line != open_.back().key.at.line) at = open_.back().key.at;
    Node node;
    node.at = at;
    charge(node, at, open_.size());
    put(std::move(node), anchor);
}

void TreeBuilder::OnScalar(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                           std::string const& value) {
    Node node;
    node.kind = Node::Kind::scalar;
    node.at = place(mark);
    node.text = value;
    auto const start = std::min(static_cast<std::size_t>(mark.pos), text_->size());
    bool const as_written = tag == "?" && text_->compare(start, value.size(), value) == 0;
    scalar_end_ = as_written ? start + value.size() : std::string::npos;
    // Several lines, or oddities such as a dash between commas, could not be written without quotes.
    node.quoted = tag == "!" || !plain(value, Style::block);
    check_tag(node.at, tag);
    if (value.find('\0') != std::string::npos) log_->error(node.at, "NUL in a text");
    charge(node, node.at, open_.size());
    put(std::move(node), anchor);
}

void TreeBuilder::OnSequenceStart(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value style) {
    Open list{.node = {}, .anchor = anchor, .style = style, .key = {}, .lines = {}};
    list.node.kind = Node::Kind::list;
    list.node.at = place(mark);
    open(std::move(list), tag);
}

void TreeBuilder::OnMapStart(YAML::Mark const& mark, std::string const& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value style) {
    Open map{.node = {}, .anchor = anchor, .style = style, .key = {}, .lines = {}};
    map.node.kind = Node::Kind::map;
    map.node.at = place(mark);
    open(std::move(map), tag);
}

void TreeBuilder::OnAlias(YAML::Mark const& mark, YAML::anchor_t anchor) {
    scalar_end_ = std::string::npos;
    auto const at = place(mark);
    auto const found = anchors_.find(anchor);
    if (found == anchors_.end()) stop(at, "alias of a value inside that value");
    charge(found->second, at, open_.size());
    Node copy = found->second;
    move_to(at, copy);
    put(std::move(copy), YAML::NullAnchor);
}

void TreeBuilder::open(Open opened, std::string const& tag) {
    check_tag(opened.node.at, tag);
    charge(opened.node, opened.node.at, open_.size());
    open_.push_back(std::move(opened));
}

void TreeBuilder::close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    put(std::move(closed.node), closed.anchor);
}

void TreeBuilder::put(Node node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
        charge(node, node.at, open_.size());
        anchors_[anchor] = node;
    }
    if (open_.empty()) {
        root_ = std::move(node);
    } else if (open_.back().node.kind == Node::Kind::list) {
        open_.back().node.items.push_back(std::move(node));
    } else {
        put_into_map(open_.back(), std::move(node));
    }
}

void TreeBuilder::put_into_map(Open& map, Node node) {
    if (!std::exchange(map.has_key, !map.has_key)) {
        map.key = read_key(map, node);
    } else if (map.key.good) {
        map.node.entries.push_back({std::move(map.key.text), map.key.at, std::move(node)});
    }
}

TreeBuilder::Key TreeBuilder::read_key(Open& map, Node const& node) {
    auto const bad = [&](std::string message) {
        log_->error(node.at, std::move(message));
        return Key{{}, node.at, false};
    };
    if (node.kind == Node::Kind::null) return bad("missing key (a key is a word)");
    if (node.kind != Node::Kind::scalar) return bad("a list or map as a key (a key is a word)");
    if (node.text == "<<") return bad("merge keys are not read (use 'extends' or 'like')");
    if (node.text.size() > longest_key) {
        return bad(fmt::format("key of {} bytes (at most {} are read)", node.text.size(), longest_key));
    }
    auto const [first, is_new] = map.lines.emplace(node.text, node.at.line);
    if (!is_new) return bad(fmt::format("duplicate key '{}' (first at line {})", node.text, first->second));
    return {node.text, node.at};
}

/// Counts a node and all below it before it is copied or kept.
void TreeBuilder::charge(Node const& node, SourcePosition at, std::size_t depth) {
    bool const container = node.kind == Node::Kind::list || node.kind == Node::Kind::map;
    if (container && depth >= static_cast<std::size_t>(limits_.depth)) {
        stop(at, fmt::format("nested deeper than {} levels", limits_.depth));
    }
    if (++nodes_ > limits_.nodes) {
        stop(at, fmt::format("more than {} keys and values (aliases count each time they are used)", limits_.nodes));
    }
    bytes_ += node.text.size();
    if (bytes_ > limits_.bytes) {
        stop(at, fmt::format("more than {} bytes of text (aliases count each time they are used)", limits_.bytes));
    }
    for (auto const& item : node.items) charge(item, at, depth + 1);
    for (auto const& entry : node.entries) {
        ++nodes_;
        bytes_ += entry.key.size();
        charge(entry.value, at, depth + 1);
    }
}

void TreeBuilder::check_tag(SourcePosition at, std::string const& tag) {
    bool const plain = tag.empty() || tag == "?" || tag == "!";
    if (!plain) log_->error(at, fmt::format("tag '{}' (tags are not read)", tag));
}

/// The parser takes a bare word among the lines of a map for a key without a value.
void TreeBuilder::check_colon() {
    auto const& map = open_.back();
    bool const bare = map.style == YAML::EmitterStyle::Block && map.key.good && scalar_end_ != std::string::npos;
    if (!bare) return;
    auto const next = text_->find_first_not_of(" \t", scalar_end_);
    if (next == std::string::npos || (*text_)[next] != ':')
        log_->error(map.key.at, fmt::format("missing ':' after '{}'", map.key.text));
}

}  // namespace runrate
