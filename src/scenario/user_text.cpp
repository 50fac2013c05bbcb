#include "scenario/user_text.h"

#include <fmt/format.h>

namespace runrate {
namespace {

enum class Within { turn, loop, agent };

/// Looks through the steps of a turn in written order.
class UserTexts {
public:
    void look(Cursor const& at, Within within) {
        if (at.node().kind == Node::Kind::list) {
            for (std::size_t i = 0; i < at.node().items.size(); ++i) look(at.at(i), within);
        } else if (at.node().find("call")) {
            if (auto const user = at.find("user")) found(*user, within);
        }
        if (auto const branches = at.find("parallel")) look(*branches, within);
        if (auto const loop = at.find("repeat")) look_inside(*loop, within == Within::turn ? Within::loop : within);
        if (at.node().find("agent")) look_inside(at, Within::agent);
    }

private:
    void look_inside(Cursor const& at, Within within) {
        if (auto const steps = at.find("steps")) look(*steps, within);
    }

    void found(Cursor const& user, Within within) {
        if (within == Within::agent) {
            user.error("'user' inside an agent (an agent is told its 'task': state the text there)");
        } else if (within == Within::loop) {
            user.error("'user' inside 'repeat' (the user's text joins once per turn: move the call before the loop)");
        } else if (!first_.empty()) {
            user.error(fmt::format("a second 'user' in one turn (the text joins once, at {})", first_));
        } else {
            first_ = user.path();
        }
    }

    std::string first_;  ///< path of the first `user` of the turn
};

}  // namespace

void check_user_text(Cursor const& steps) { UserTexts{}.look(steps, Within::turn); }

}  // namespace runrate
