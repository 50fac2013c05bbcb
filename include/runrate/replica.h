#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runrate {

/// How weights are stored: bits of a number and its share of block scales.
enum class Precision : std::uint8_t { bf16, fp8, fp4, mxfp4, int8, int4 };

/// Families of GPUs whose kernels reach similar shares of their peaks.
enum class GpuGeneration : std::uint8_t { ampere, ada, hopper, blackwell, cdna3, cdna4 };

/// What a key of a catalogue's entry does not say by its number: key and text.
using Notes = std::vector<std::pair<std::string, std::string>>;

/// A datasheet. Figures are dense (no sparsity) and per GPU.
struct Gpu {
    std::string name;  ///< `h100-sxm`
    GpuGeneration generation = GpuGeneration::hopper;
    double memory_bytes = 0;
    double memory_bytes_per_s = 0;
    double bf16_flops = 0;               ///< per second
    std::optional<double> int8_flops{};  ///< left out: as fast as fp8, where there is that
    std::optional<double> fp8_flops{};   ///< left out: computes fp8 weights in bf16
    std::optional<double> fp4_flops{};   ///< left out: computes fp4 weights in bf16
    double link_bytes_per_s = 0;         ///< to the other GPUs of a node, one direction
    double network_bytes_per_s = 0;      ///< to other nodes, one direction
    int gpus_per_node = 8;
    double power_w = 0;
    std::string source{}, as_of{};
    std::vector<std::string> aliases{};  ///< other names of it
    Notes notes{};
};

/// Mixture of experts: `per_token` of `count` experts read a token, besides shared ones.
struct Experts {
    int count = 0;
    int per_token = 0;
    int intermediate = 0;         ///< width of one expert
    int shared_intermediate = 0;  ///< width of what every token passes, 0: nothing
    int dense_layers = 0;         ///< leading layers with a dense MLP
    int every = 1;                ///< one layer in so many has experts, the others a dense MLP
};

/// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434): the cache holds one compressed vector per token.
struct LatentAttention {
    int kv_rank = 0, query_rank = 0;
    int rope_dim = 0, nope_dim = 0, value_dim = 0;
};

/// Layers that attend to less than the whole context.
struct PartialAttention {
    int full_layers = 0;  ///< layers that read the whole context
    int window = 0;       ///< tokens that the others read; 0: a state of fixed size (linear attention)
    int full_kv_heads = 0, full_head_dim = 0;  ///< of the full layers where they differ; 0: as the others
};

/// What decides the cost of a transformer, from its config.json.
struct ModelShape {
    std::string name;      ///< `llama-3.1-70b`
    std::string family{};  ///< `llama-3`: models that engines run by the same code
    int layers = 0, hidden = 0;
    int heads = 0, kv_heads = 0, head_dim = 0;
    int intermediate = 0;  ///< of the dense MLP, three matrices
    int vocabulary = 0;
    bool tied_embeddings = false;
    std::int64_t context_limit = 0;  ///< tokens
    std::optional<Experts> experts{};
    std::optional<LatentAttention> latent{};
    std::optional<PartialAttention> partial{};
    double other_parameters =
        0;  ///< what the keys above do not count (gates, linear attention), with the reason in notes
    Precision native = Precision::bf16;
    /// Bytes of a weight outside of the experts where a precision is asked for that quantises only the experts.
    std::vector<std::pair<Precision, double>> dense_bytes{};
    double published_parameters = 0, published_active = 0;
    std::string source{}, as_of{};
    std::vector<std::string> aliases{};  ///< other names of it
    Notes notes{};
};

/// How one engine spreads over GPUs. A dense model on `data` ranks is that many copies behind one scheduler.
struct Parallelism {
    int tensor = 1;    ///< GPUs that share each layer (of attention, where `data` is more than 1)
    int pipeline = 1;  ///< stages of layers
    int data = 1;      ///< ranks of attention, each with requests of its own
    /// GPUs over which experts are spread whole; 1: experts are cut like all else. A GPU reads as many weights either
    /// way, so that step times do not depend on it; measurements do, and are told apart by it.
    int expert = 1;

    [[nodiscard]] int gpus() const { return tensor * pipeline * data; }
    friend bool operator==(Parallelism const&, Parallelism const&) = default;
};

/// How a batch takes prompts.
enum class Prefill : std::uint8_t {
    chunks,  ///< decodes first, chunks of prompts fill the token budget (vLLM)
    whole,   ///< whole prompts beside the decodes (TensorRT-LLM)
    alone,   ///< batches of prompts of their own, which hold decodes up (SGLang)
};

/// Limits of a batch on GPUs with at least some memory.
struct BatchLimits {
    double from_bytes = 0;
    std::int64_t token_budget = 0;
    int max_sequences = 0;

    friend bool operator==(BatchLimits const&, BatchLimits const&) = default;
};

/// How an engine schedules and what it leaves to the KV cache.
struct EngineManner {
    std::string name;  ///< `vllm`
    Prefill prefill = Prefill::chunks;
    std::int64_t token_budget = 8192;       ///< per iteration and rank of attention
    int max_sequences = 256;                ///< in a batch, per rank of attention
    int block_tokens = 16;                  ///< of the KV cache
    double promised_output = 0;             ///< share of the output that must fit before a request is admitted
    double memory_share = 0.9;              ///< of a GPU's memory that the engine may use
    double weights_share = 1;               ///< of the weights that count against it
    double reserved_bytes = 3e9;            ///< activations, graphs, buffers
    double least_kv_share = 0.04;           ///< of the memory: the KV cache has at least so much
    bool kv_follows_weights = true;         ///< fp8 KV for weights in fp8, fp4 and mxfp4; else bf16
    bool latent_kv_follows_weights = true;  ///< the same for models with latent attention
    std::vector<BatchLimits> by_memory{};   ///< by rising memory: the last that a GPU reaches goes before the above
    std::string source{}, as_of{};
    std::vector<std::string> aliases{};  ///< other names of it
    Notes notes{};
};

/// Speculative decoding: every iteration proposes `draft_tokens` and keeps (1 - a^(k+1)) / (1 - a) of k + 1 tokens on
/// average (Leviathan et al., arXiv 2211.17192, eq. 1). How many iterations a request takes is drawn for each; within
/// it tokens come at an even pace.
struct Speculation {
    int draft_tokens = 0;   ///< k; 0: none
    double acceptance = 0;  ///< a, of one proposed token given those before it
    double draft_cost = 0;  ///< time of one proposal as a share of a plain decoding step of the same batch

    /// Tokens of a sequence and iteration.
    [[nodiscard]] double tokens_per_step() const;
};

/// One engine: a model at a precision on GPUs under a scheduler.
struct Replica {
    ModelShape model;
    Gpu gpu;
    Precision precision = Precision::bf16;
    std::optional<Precision> kv_precision{};  ///< left out: as the engine does
    Parallelism parallel{};
    EngineManner engine{};
    std::optional<std::int64_t> kv_tokens{};  ///< stated capacity of the whole replica; left out: from memory
    bool prefix_cache = false;
    Speculation speculation{};
};

}  // namespace runrate
