#pragma once

#include <compare>
#include <cstddef>
#include <deque>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace runrate {

/// Which of the texts that a Diagnostics knows.
using SourceId = std::size_t;

/// A place in an input text. Lines and columns count from 1; line 0 is "the text as a whole".
struct SourcePosition {
    SourceId source = 0;
    int line = 0;
    int column = 0;

    friend auto operator<=>(SourcePosition const&, SourcePosition const&) = default;
};

/// All that is wrong with the input, collected so that a user sees every mistake at once.
///
/// Messages follow `<problem> (<why, or what to do>)`, lower case, no full stop.
class Diagnostics {
public:
    enum class Severity { error, warning };

    struct Entry {
        Severity severity;
        SourcePosition at;
        std::string message;
        std::string path;  ///< of the value in its document, `features.chat.traffic`; may be empty
    };

    /// Registers a text under the name that messages print (a file, `--set`, `<stdin>`).
    SourceId add_source(std::string name, std::string text);

    void error(SourcePosition at, std::string message, std::string path = {});
    void warning(SourcePosition at, std::string message, std::string path = {});

    [[nodiscard]] bool has_errors() const { return errors_ > 0; }
    [[nodiscard]] std::span<Entry const> entries() const { return entries_; }

    /// Every entry as `file:line:column: error: message`, then the line, a caret and the path; in order of place,
    /// entries of equal place and message once, at most `most` of them with a count of the rest. Columns count bytes,
    /// as parsers do; the caret stands under the character.
    [[nodiscard]] std::string render(std::size_t most = 100) const;

private:
    struct Source {
        std::string name;
        std::vector<std::string> lines;
    };

    void add(Severity, SourcePosition, std::string message, std::string path);
    [[nodiscard]] std::string render(Entry const&) const;

    std::deque<Source> sources_;
    std::vector<Entry> entries_;
    std::size_t errors_ = 0;
};

/// The input cannot be used. `what()` is the rendered text, ready for stderr.
struct InputError : std::runtime_error {
    using runtime_error::runtime_error;
};

/// The known word nearest to `word`, empty when none is near enough to be meant (edit distance with transpositions,
/// at most a third of its length and at most 3; the earlier of equals).
std::string nearest(std::string_view word, std::span<std::string const> known);

}  // namespace runrate
