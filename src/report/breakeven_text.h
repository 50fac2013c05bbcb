#pragma once

#include <string>
#include <string_view>

#include "runrate/result.h"

namespace runrate {

/// `cheaper in half of the worlds from 812k sessions a month on (2.10B tokens), in 80% from ...`.
std::string safe_text(BreakevenRow const&);

/// Its parts: `from 812k sessions a month on (2.10B tokens)`, `at no volume` and `at every volume` of the range.
std::string safe50_text(BreakevenRow const&);
std::string safe80_text(BreakevenRow const&);

/// `0.1x to 300x`: the volumes that are compared, as far as pools serve them.
std::string range_text(BreakevenRow const&);
/// The widest of all comparisons. \pre there is one
std::string widest_range_text(Result const&);

/// `a wrong choice costs, per year at 1x: self-host $1.2k on average, api $40.1k`.
std::string regret_text(BreakevenRow const&, std::string_view currency);

/// `at 1x cheaper for good from 2026-07 on, paid back in 2026-11`, each in the median of all worlds; empty where the
/// result has no dates.
std::string dates_text(BreakevenRow const&);

/// `as dear as api at 1x with API tokens at $4.12/M, or with GPUs at $1.90/h, or with 0.31 FTE`; empty where nothing of
/// it would do.
std::string turning_text(BreakevenRow const&, std::string_view currency);

/// Whether the row is of the plan at the reference's mix, not of another price of GPU-hours or another mix.
bool is_headline(BreakevenRow const&);

/// Where failed sessions cost nothing, or as much in both options, counting them says nothing new.
bool is_news(Result const&, BreakevenRow const&);

/// Whether a warning is of pools at some of the volumes: a bill of one that does not keep up is no bill.
bool concerns_volumes(WarningRow const&);

/// What a row that is no headline takes otherwise: `with all GPU-hours on demand`, `with support-chat alone`.
std::string variation_text(BreakevenRow const&);

/// `depends on mix: from 148k to 512k sessions a month`, over the mixes that a headline was compared with.
std::string mix_text(Result const&, BreakevenRow const&);

/// `as bought`, `with what failed sessions cost`.
std::string_view quality_text(BreakevenRow const&);

}  // namespace runrate
