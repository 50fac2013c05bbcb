#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/diagnostics.h"
#include "stat/distribution.h"
#include "stat/number.h"
#include "units/unit.h"
#include "yaml/cursor.h"

namespace runrate {

/// An uncertain number: one draw per world, shared by all who name it.
struct Belief {
    std::string name;  ///< as declared, or the path of the range that states it
    Unit unit = Unit::none;
    Distribution law = Constant{0};
    std::string law_name;  ///< `lognormal`, `logit-normal`, ...
    std::optional<std::string> source;
    SourcePosition at;
    bool reaches_behaviour = false;  ///< else only prices: drawn again several times per world
};

/// Correlation of two beliefs' normal scores.
struct Correlation {
    BeliefId a, b;
    double value = 0;
};

/// What a use of a belief can change: what is simulated, or only what it costs.
enum class Reach { behaviour, price };

/// The beliefs of a scenario while it is read. Their laws are settled at the end, because a range in % is a share or a
/// spread as the keys say that use it.
class BeliefTable {
public:
    using Stated = std::variant<Range, Distribution>;

    /// \param share  the belief says that its % is a share
    void declare(std::string name, Stated, Unit, Cursor const& at, bool share, std::optional<std::string> source);

    /// A belief that could not be read; uses of it are not reported again.
    void declare_broken(std::string name) { broken_.push_back(std::move(name)); }
    [[nodiscard]] bool broken(std::string const& name) const;

    /// A use of `=name`; reports unknown names and wrong units, and yields `fallback` then.
    Number use(std::string const& name, Dimension const&, Reach, Cursor const& at, double fallback);

    /// A range written in place: a belief of its own, named by its path. Equal ranges at the same key of several
    /// options are one, so that equal options cost the same in every world.
    Number use_range(Range const&, Dimension const&, Reach, Cursor const& at);

    /// A law written in place.
    Number use_law(Distribution, Unit, Dimension const&, Reach, Cursor const& at);

    [[nodiscard]] Unit unit_of(BeliefId) const;
    [[nodiscard]] std::optional<BeliefId> find(std::string const& name) const;
    /// Of the declared beliefs, in their order.
    [[nodiscard]] std::vector<std::string> names() const;

    /// Settles every law; reports ranges that their law cannot hold, impossible draws and beliefs that nobody uses.
    std::vector<Belief> settle(Diagnostics&);

private:
    struct Use {
        Dimension const* dimension;
        SourcePosition at;
        std::string path;
    };
    struct Entry {
        Belief belief;
        Stated stated;
        bool declared = false, share = false;
        std::string path, text;  ///< where it stands, and as written there
        std::vector<Use> uses;
    };

    Number add_use(std::size_t index, Dimension const&, Reach, Cursor const& at);
    /// A belief written in place: that of another option where it says the same, else a new one.
    std::size_t add_in_place(Stated, Unit, Cursor const& at);
    std::size_t add(std::string name, Stated, Unit, Cursor const& at);
    static void settle(Entry&, Diagnostics&);
    static void check_uses(Entry const&, Diagnostics&);

    std::vector<Entry> entries_;
    std::vector<std::string> broken_;
};

}  // namespace runrate
