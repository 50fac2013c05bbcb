#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "replay/replay.h"

namespace runrate {

/// Bills requests under one option, one by one.
class OptionBiller {
public:
    /// \param cache  the place of its model among the prefix caches \throws std::invalid_argument as replay()
    OptionBiller(std::string option, PriceBook const&, ModelNames const&, ReplaySettings const&, std::size_t cache);

    /// The model of the option; nullptr where each request has its own.
    [[nodiscard]] ModelPrices const* model() const { return fixed_ ? fixed_->prices : nullptr; }

    /// How a prompt is billed. \pre it was looked up in the prefix caches, the last of all, where it has blocks
    [[nodiscard]] PromptSplit split(TraceRequest const&, PrefixCaches const&) const;

    /// \pre the request was served
    void add(TraceRequest const&, PromptSplit const&, bool relative);

    /// The bill of what was added. \param span  from the first to the last request of the trace
    [[nodiscard]] OptionBill result(std::optional<std::chrono::nanoseconds> span) const;

private:
    struct Name {
        BilledName billed;
        Ledger::Model* model = nullptr;
    };

    Name const& looked_up(TraceRequest const&);
    Ledger::Model* model_of(TraceRequest const&);
    PriceAt row_of(ModelPrices const&, TraceRequest const&) const;
    void unpriced(TraceRequest const&, std::string const& model, std::string reason);
    void check_sold(ModelPrices const&) const;
    [[nodiscard]] RequestClass class_of(PriceRow const&, TraceRequest const&, bool relative);

    std::string option_;
    ModelNames const& known_;
    ReplaySettings const& settings_;
    std::size_t cache_;
    Ledger ledger_;
    Ledger::Model* fixed_ = nullptr;
    std::unordered_map<std::string, Name> names_;  ///< by vendor and model as logged
    Name other_;                                   ///< the last of those beyond most_names
    std::string key_;                              ///< of the last one looked up
    std::map<std::string, Unpriced> unpriced_;
    OptionBill bill_;
};

/// The names of models that are told apart in a log; later ones are billed, but listed together.
inline constexpr std::size_t most_names = 10'000;

}  // namespace runrate
