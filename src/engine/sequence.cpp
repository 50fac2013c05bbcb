#include "engine/sequence.h"

namespace runrate {

void Sequence::clear() {
    auto kept_extents = std::move(extents);
    auto kept_path = std::move(path);
    auto const last_admission = admission;
    kept_extents.clear();
    kept_path.clear();
    *this = Sequence{};
    extents = std::move(kept_extents);
    path = std::move(kept_path);
    admission = last_admission;
}

}  // namespace runrate
