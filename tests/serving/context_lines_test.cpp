#include <gtest/gtest.h>

#include "serving/context.h"

namespace runrate {
namespace {

TEST(ContextLines, GoOnWithWhatIsAddedFirst) {
    ContextTree tree;
    auto const root = tree.add_root(1000);
    auto const user = tree.append(root, 50), answer = tree.append(user, 200), other = tree.append(user, 30);
    EXPECT_EQ(tree.before(tree.line(root)), ContextTree::no_parent);
    EXPECT_NE(tree.line(user), tree.line(root));  // which sessions share
    EXPECT_EQ(tree.before(tree.line(user)), root);
    EXPECT_EQ(tree.line(answer), tree.line(user));
    EXPECT_NE(tree.line(other), tree.line(user));
    EXPECT_EQ(tree.before(tree.line(other)), user);
}

TEST(ContextLines, AreLeftByWhatPassesWithItsTurn) {
    ContextTree tree;
    auto const user = tree.append(tree.add_root(1000), 50);
    auto const aside = tree.line_after(user, true);
    auto const plan = tree.append(user, 80, true), result = tree.append(plan, 700, true);
    auto const beside = tree.append(user, 90, true);  // of a branch
    auto const answer = tree.append(user, 200), next = tree.append(answer, 60);
    EXPECT_EQ(tree.line(plan), aside);
    EXPECT_EQ(tree.before(aside), user);
    EXPECT_EQ(tree.line(result), aside);
    EXPECT_NE(tree.line(beside), aside);
    EXPECT_EQ(tree.before(tree.line(beside)), user);
    for (auto const kept : {answer, next}) EXPECT_EQ(tree.line(kept), tree.line(user));
}

TEST(ContextLines, OfADialogueAreOneHoweverManyItsTurns) {
    ContextTree tree;
    Context context;
    context.begin(0, tree.add_root(1000));
    context.answers_pass = true;
    ContextSpec const dialogue{.history = History::dialogue};
    for (int turn = 0; turn < 5; ++turn) {
        join(tree, context, Piece::Kind::user, 50);
        join_output(tree, context, 80, Answering::anew);
        join(tree, context, Piece::Kind::result, 700);
        join_output(tree, context, 300, Answering::anew);
        end_turn(tree, context, dialogue);
    }
    auto const line = tree.line(context.tip);
    EXPECT_EQ(tree.before(line), context.root);
    EXPECT_EQ(tree.total(context.tip), 1000 + 5 * 350);
}

}  // namespace
}  // namespace runrate
