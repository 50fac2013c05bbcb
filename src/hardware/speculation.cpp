#include "runrate/replica.h"

namespace runrate {

double Speculation::tokens_per_step() const {
    double sum = 1, share = 1;
    for (int i = 0; i < draft_tokens; ++i) sum += share *= acceptance;
    return sum;
}

}  // namespace runrate
