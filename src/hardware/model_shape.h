#pragma once

#include "runrate/replica.h"

namespace runrate {

/// Parameters by where they stand in a model.
struct Weights {
    double dense = 0;   ///< of matrix products that every token passes: attention, dense MLPs, shared experts, router
    double expert = 0;  ///< of one expert of one layer
    int expert_layers = 0;  ///< layers with experts
    double embedding = 0;   ///< vocabulary x hidden: read by the last product; again as the input table unless tied
};

Weights weights_of(ModelShape const&);

/// All parameters, with both embeddings unless they are tied.
double parameters(ModelShape const&);

/// Parameters that one token passes, embeddings as makers count them: both tables.
double active_parameters(ModelShape const&);

/// Layers whose attention reads the whole context.
int full_layers(ModelShape const&);

/// Heads of keys and values in the layers that read the whole context.
int kv_heads_of_full_layers(ModelShape const&);

/// Width of their heads.
int full_head_dim(ModelShape const&);

/// Numbers that a layer keeps of a token: one that reads the whole context, and one that reads a window.
int kv_width(ModelShape const&);
int window_kv_width(ModelShape const&);

/// Bytes that the KV cache keeps of one token of context, all GPUs together: keys and values of the layers that read
/// the whole context, or the compressed vector of latent attention.
double kv_bytes_per_token(ModelShape const&, double bytes_per_number);

/// Layers that read a window, and what a token takes in their caches as a share of what it takes in the caches of the
/// layers that read the whole context. 0: there are none.
int window_layers(ModelShape const&);
double window_kv_share(ModelShape const&);

/// Bytes of a number, with the scales of its block: fp4 has a byte per 16, mxfp4 one per 32.
double bytes_of(Precision);

/// Bytes of a weight outside of the experts.
double dense_weight_bytes(ModelShape const&, Precision);

}  // namespace runrate
