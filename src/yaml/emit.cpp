#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "yaml/node.h"
#include "yaml/plain.h"

namespace runrate {

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        auto const code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (code < 0x20 || code == 0x7F) {
            out += fmt::format("\\x{:02x}", code);
        } else {
            out += c;
        }
    }
    return out + '"';
}

namespace {

/// Keys do not know whether they were in quotes, so any but the plainest get some.
std::string key_text(std::string const& key) {
    auto const harmless = [](char c) {
        bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
        return letter || (c >= '0' && c <= '9') || std::string_view{"_-./* "}.find(c) != std::string_view::npos;
    };
    bool const marker = key.starts_with("---") || key.starts_with("...");
    bool const safe = !marker && std::all_of(key.begin(), key.end(), harmless) && plain(key, Style::flow);
    return safe ? key : in_quotes(key);
}

std::string scalar_text(Node const& node, Style style) {
    if (node.kind == Node::Kind::null) return "~";
    return !node.quoted && plain(node.text, style) ? node.text : in_quotes(node.text);
}

bool is_container(Node const& node) { return !node.items.empty() || !node.entries.empty(); }

/// Whether flow style can hold the tree: quotes that only flow style needs would turn numbers into text.
bool fits_flow(Node const& node) {
    if (node.kind == Node::Kind::scalar && !node.quoted) {
        return plain(node.text, Style::flow) || !plain(node.text, Style::block);
    }
    return std::all_of(node.items.begin(), node.items.end(), fits_flow) &&
           std::all_of(node.entries.begin(), node.entries.end(), [](auto const& e) { return fits_flow(e.value); });
}

std::string flow_text(Node const& node) {
    std::string out;
    auto const separate = [&] { out += out.empty() ? "" : ", "; };
    if (node.kind == Node::Kind::list) {
        for (auto const& item : node.items) {
            separate();
            out += flow_text(item);
        }
        return '[' + out + ']';
    }
    if (node.kind == Node::Kind::map) {
        for (auto const& entry : node.entries) {
            separate();
            out += key_text(entry.key) + ": " + flow_text(entry.value);
        }
        return '{' + out + '}';
    }
    return scalar_text(node, Style::flow);
}

/// Writes a tree in block style, and in flow style from a level on.
class BlockWriter {
public:
    explicit BlockWriter(int flow_below) : flow_below_{flow_below} {}

    /// A list or map, its first line at the current column, the others at `indent`.
    void write(Node const& node, int level) {
        bool first = true;
        auto const start_line = [&] {
            if (!std::exchange(first, false)) out_.append(2 * static_cast<std::size_t>(level), ' ');
        };
        for (auto const& item : node.items) {
            start_line();
            out_ += '-';
            value(item, level + 1, Nested::same_line);
        }
        for (auto const& entry : node.entries) {
            start_line();
            out_ += key_text(entry.key) + ':';
            value(entry.value, level + 1, Nested::next_line);
        }
    }

    [[nodiscard]] bool in_block(Node const& node, int level) const {
        return is_container(node) && (level < flow_below_ || !fits_flow(node));
    }

    std::string take() { return std::move(out_); }

private:
    enum class Nested { same_line, next_line };

    void value(Node const& node, int level, Nested nested) {
        if (!in_block(node, level)) {
            bool const container = node.kind == Node::Kind::list || node.kind == Node::Kind::map;
            out_ += ' ' + (container ? flow_text(node) : scalar_text(node, Style::block));
            out_ += node.from_default ? " # default\n" : "\n";
            return;
        }
        out_ += nested == Nested::same_line ? " " : "\n";
        if (nested == Nested::next_line) out_.append(2 * static_cast<std::size_t>(level), ' ');
        write(node, level);
    }

    int flow_below_;
    std::string out_;
};

}  // namespace

std::string emit_yaml(Node const& node, int flow_below) {
    BlockWriter writer{flow_below};
    if (writer.in_block(node, 0)) {
        writer.write(node, 0);
        return writer.take();
    }
    auto const text = is_container(node) || node.kind == Node::Kind::list || node.kind == Node::Kind::map
                          ? flow_text(node)
                          : scalar_text(node, Style::block);
    bool const marker = text.starts_with("---") || text.starts_with("...");
    return (marker ? "--- " : "") + text + '\n';
}

}  // namespace runrate
