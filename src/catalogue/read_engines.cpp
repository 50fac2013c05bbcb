#include "catalogue/entry.h"
#include "catalogue/load_catalogue.h"

namespace runrate {
namespace {

using catalogue_detail::whole_tokens;

Shape<BatchLimits> limits_shape() {
    return Table<BatchLimits>("{from, token_budget, max_sequences}")
        .required("from", &BatchLimits::from_bytes, known_number(dimension::memory), "memory of the GPU")
        .required("token_budget", &BatchLimits::token_budget, whole_tokens(), "of an iteration")
        .required("max_sequences", &BatchLimits::max_sequences, whole_number(1, 1'000'000), "in a batch")
        .shape();
}

Shape<Prefill> prefill_shape() {
    return one_word_of<Prefill>({{"chunks", Prefill::chunks}, {"whole", Prefill::whole}, {"alone", Prefill::alone}});
}

/// Each step of limits has to reach more memory than the one before.
void check_limits(EngineManner const& engine, Cursor const& at) {
    for (std::size_t i = 1; i < engine.by_memory.size(); ++i)
        if (engine.by_memory[i].from_bytes <= engine.by_memory[i - 1].from_bytes)
            at.find("by_memory")->at(i).error("the limits must rise in memory (write the smallest GPUs first)");
}

Shape<EngineManner> engine_shape() {
    using M = EngineManner;
    auto const table =
        Table<M>("the manner of an engine")
            .required("prefill", &M::prefill, prefill_shape(), "how a batch takes prompts")
            .required("token_budget", &M::token_budget, whole_tokens(), "of an iteration")
            .required("max_sequences", &M::max_sequences, whole_number(1, 1'000'000), "in a batch")
            .defaulted("by_memory", &M::by_memory, list_of(limits_shape()), "[]", "other limits on larger GPUs")
            .required("block", &M::block_tokens, whole_number(1, 65'536), "tokens of a block of the KV cache")
            .required("promised_output", &M::promised_output, known_number(dimension::share),
                      "of the output that must fit before a request is admitted")
            .required("memory_share", &M::memory_share, known_number(dimension::share),
                      "of the memory that the engine may use")
            .defaulted("weights_share", &M::weights_share, known_number(dimension::share), "100%",
                       "of the weights that count against it")
            .required("reserved", &M::reserved_bytes, known_number(dimension::memory), "activations, graphs, buffers")
            .required("least_kv", &M::least_kv_share, known_number(dimension::share),
                      "of the memory that the KV cache has at least")
            .required("kv_follows_weights", &M::kv_follows_weights, yes_or_no(), "fp8 KV for weights in fp8 and fp4")
            .required("latent_kv_follows_weights", &M::latent_kv_follows_weights, yes_or_no(),
                      "the same with latent attention");
    return catalogue_detail::with_provenance(table)
        .check([](M& engine, Cursor const& at) {
            check_limits(engine, at);
            if (engine.memory_share <= 0)
                at.find("memory_share")->error("an engine without memory (write for instance 90%)");
            if (engine.weights_share <= 0)
                at.find("weights_share")->error("weights always count (write 100% where all of them do)");
            if (engine.token_budget < 1)
                at.find("token_budget")->error("an iteration without tokens (write for instance 8192 tokens)");
        })
        .shape();
}

}  // namespace

void read_engines(std::string const& name, std::string const& bytes, Diagnostics& log, Catalogue& catalogue) {
    catalogue_detail::read_shelf(name, bytes, log, catalogue.engines, "engines", engine_shape());
}

}  // namespace runrate
