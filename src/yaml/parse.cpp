#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "yaml/node.h"
#include "yaml/text_check.h"
#include "yaml/tree_builder.h"

namespace runrate {
namespace {

struct Wording {
    std::string_view parser_says;
    std::string_view we_say;
};

/// The parser's most frequent complaints, in words that say what to do.
constexpr std::array wordings{
    Wording{"illegal map value", "unexpected ':' (a text with ': ' needs quotes, or the line before lacks its ':')"},
    Wording{"end of map not found", "unexpected text in a map (is the indentation right, or a quote missing?)"},
    Wording{"end of map flow not found", "'{' without its '}' (or a comma is missing)"},
    Wording{"end of sequence not found", "unexpected text in a list (is the indentation right, or a quote missing?)"},
    Wording{"end of sequence flow not found", "'[' without its ']' (or a comma is missing)"},
    Wording{"illegal flow end", "closing bracket without its opening one"},
    Wording{"the referenced anchor is not defined", "alias of an anchor that is not defined before it"},
    Wording{"illegal block entry", "a list item is not expected here (a list starts on a line of its own)"},
};

/// Where a tab indents the line of an offset. The parser takes some for a blank, and complains of what follows.
std::optional<std::size_t> indenting_tab(std::string const& text, std::size_t at) {
    if (at >= text.size()) return std::nullopt;
    auto const newline = text.rfind('\n', at == 0 ? 0 : at - 1);
    auto const begin = newline == std::string::npos ? 0 : newline + 1;
    auto const tab = text.find('\t', begin);
    return tab < text.find_first_not_of(" \t", begin) ? std::optional{tab} : std::nullopt;
}

std::string in_our_words(YAML::Exception const& e, std::string const& text) {
    auto const at = static_cast<std::size_t>(std::max(e.mark.pos, 0));
    if (e.msg == "unknown token" && at < text.size()) {
        return fmt::format("unexpected '{}' (a text with it here needs quotes)", text[at]);
    }
    for (auto const& wording : wordings) {
        if (e.msg == wording.parser_says) return std::string{wording.we_say};
    }
    return e.msg;
}

/// Where to report: a bracket that is open at the end of the text, or of its line, where it was opened.
SourcePosition place_of_error(YAML::Exception const& e, std::string const& text, TreeBuilder const& builder) {
    auto const at = builder.place(e.mark);
    auto const opened = builder.innermost();
    bool const in_brackets = e.msg.find("flow not found") != std::string::npos;
    if (in_brackets && at.line != opened.line) return opened;
    bool const behind = at.line == 0 && !e.mark.is_null();
    return behind ? place_of(at.source, text, text.find_last_not_of(" \r\n") + 1) : at;
}

/// The parser takes a quote that the end of the text leaves open for closed. A document end after the text makes that
/// an error, which then stands behind the text.
void report_syntax_error(YAML::Exception const& e, SourceId source, std::string const& text, TreeBuilder const& builder,
                         Diagnostics& log) {
    bool const behind = builder.place(e.mark).line == 0 && !e.mark.is_null();
    if (behind && e.msg.find("scalar") != std::string::npos) {
        log.error(place_of_open_quote(source, text), "a quote is not closed");
    } else if (auto const tab = indenting_tab(text, static_cast<std::size_t>(std::max(e.mark.pos, 0)))) {
        log.error(place_of(source, text, *tab), "tab as indentation (use spaces)");
    } else {
        log.error(place_of_error(e, text, builder), in_our_words(e, text));
    }
}

Node parse_clean(SourceId source, std::string const& text, Diagnostics& log, ReadLimits const& limits) {
    TreeBuilder builder{source, text, log, limits};
    std::istringstream input{text + "\n...\n"};
    try {
        YAML::Parser parser{input};
        while (parser.HandleNextDocument(builder)) {}
    } catch (StopReading const&) {
    } catch (YAML::Exception const& e) { report_syntax_error(e, source, text, builder, log); }
    return builder.take_root();
}

Node parse_checked(SourceId source, std::string const& raw, Diagnostics& log, ReadLimits const& limits) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    std::string const text = raw.starts_with(byte_order_mark) ? raw.substr(byte_order_mark.size()) : raw;
    auto const flaw = find_flaw(text, limits);
    if (!flaw) return parse_clean(source, text, log, limits);
    log.error(flaw->offset ? place_of(source, text, *flaw->offset) : SourcePosition{source, 0, 0}, flaw->message);
    Node nothing;
    nothing.at = {source, 0, 0};
    return nothing;
}

}  // namespace

Node parse_yaml(SourceId source, std::string const& text, Diagnostics& log, ReadLimits const& limits) {
    auto const before = log.entries().size();
    Node root = parse_checked(source, text, log, limits);
    bool const silent = log.entries().size() == before;
    if (silent && root.kind == Node::Kind::null) log.error({source, 0, 0}, "empty document");
    return root;
}

Node parse_value(std::string const& yaml_text, SourceId source, Diagnostics& log) {
    bool const blank = yaml_text.find_first_not_of(" \t\r\n") == std::string::npos;
    if (blank) log.error({source, 0, 0}, "no value");
    return parse_checked(source, yaml_text, log, {});
}

}  // namespace runrate
