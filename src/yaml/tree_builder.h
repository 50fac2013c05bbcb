#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include "core/diagnostics.h"
#include "yaml/node.h"

namespace runrate {

/// Reading ends here: a limit is broken, and the mistake is already reported.
struct StopReading {};

/// Builds the tree of one document from the parser's events, and reports what the language of scenarios leaves out.
/// Its handlers throw StopReading at a broken limit or a second document.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(SourceId source, std::string const& text, Diagnostics& log, ReadLimits const& limits)
        : source_{source}, text_{&text}, log_{&log}, limits_{limits} {}

    /// What was read, with all that is still open closed.
    Node take_root();

    /// Where the innermost list or map that is still open starts.
    [[nodiscard]] SourcePosition innermost() const;

    /// Where the parser says that it is; places beyond the text are the text as a whole.
    [[nodiscard]] SourcePosition place(YAML::Mark const&) const;

    void OnDocumentStart(YAML::Mark const&) override;
    void OnDocumentEnd() override {}
    void OnNull(YAML::Mark const&, YAML::anchor_t) override;
    void OnAlias(YAML::Mark const&, YAML::anchor_t) override;
    void OnScalar(YAML::Mark const&, std::string const& tag, YAML::anchor_t, std::string const& value) override;
    void OnSequenceStart(YAML::Mark const&, std::string const& tag, YAML::anchor_t, YAML::EmitterStyle::value) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(YAML::Mark const&, std::string const& tag, YAML::anchor_t, YAML::EmitterStyle::value) override;
    void OnMapEnd() override { close(); }

private:
    struct Key {
        std::string text;
        SourcePosition at;
        bool good = true;  ///< false: reported, its value is read and dropped
    };
    struct Open {
        Node node;
        YAML::anchor_t anchor;
        YAML::EmitterStyle::value style;
        bool has_key = false;  ///< of a map: the next value belongs to `key`
        Key key;
        std::map<std::string, int> lines;  ///< of the keys so far
    };

    void open(Open, std::string const& tag);
    void close();
    void put(Node, YAML::anchor_t);
    void put_into_map(Open&, Node);
    [[nodiscard]] Key read_key(Open&, Node const&);
    void charge(Node const&, SourcePosition, std::size_t depth);
    void check_tag(SourcePosition, std::string const& tag);
    void check_colon();
    [[noreturn]] void stop(SourcePosition, std::string message);

    SourceId source_;
    std::string const* text_;
    Diagnostics* log_;
    ReadLimits limits_;
    std::size_t nodes_ = 0;
    std::size_t bytes_ = 0;
    bool started_ = false;
    std::size_t scalar_end_ = std::string::npos;  ///< offset behind the last scalar, where it stands as it reads
    Node root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Node> anchors_;
};

}  // namespace runrate
