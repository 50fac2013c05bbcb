#include "hardware/model_shape.h"

#include <algorithm>

#include "core/contract.h"

namespace runrate {
namespace {

/// Of queries, keys, values and the output of one layer.
double grouped_attention(ModelShape const& m, int kv_heads, int head_dim) {
    return 2.0 * m.hidden * head_dim * (m.heads + kv_heads);
}

/// Of all layers. What linear attention has in place of heads is no key of the shape: `other_parameters`.
double attention_parameters(ModelShape const& m) {
    double const hidden = m.hidden;
    if (m.latent) {
        auto const& l = *m.latent;
        double const query_width = static_cast<double>(m.heads) * (l.nope_dim + l.rope_dim);
        double const query =
            l.query_rank > 0 ? hidden * l.query_rank + l.query_rank * query_width : hidden * query_width;
        double const down = hidden * (l.kv_rank + l.rope_dim);
        double const up = static_cast<double>(l.kv_rank) * m.heads * (l.nope_dim + l.value_dim);
        return m.layers * (query + down + up + static_cast<double>(m.heads) * l.value_dim * hidden);
    }
    int const full = full_layers(m);
    int const windowed = m.partial && m.partial->window == 0 ? 0 : m.layers - full;
    return full * grouped_attention(m, kv_heads_of_full_layers(m), full_head_dim(m)) +
           windowed * grouped_attention(m, m.kv_heads, m.head_dim);
}

/// A gated MLP has three matrices.
double mlp(ModelShape const& m, double intermediate) { return 3.0 * m.hidden * intermediate; }

int expert_layers(ModelShape const& m) {
    if (!m.experts) return 0;
    return (m.layers - m.experts->dense_layers) / std::max(1, m.experts->every);
}

}  // namespace

int full_head_dim(ModelShape const& m) {
    return m.partial && m.partial->full_head_dim > 0 ? m.partial->full_head_dim : m.head_dim;
}

Weights weights_of(ModelShape const& m) {
    RUNRATE_EXPECT(m.layers > 0 && m.hidden > 0 && m.heads > 0);
    Weights w;
    w.expert_layers = expert_layers(m);
    w.embedding = static_cast<double>(m.vocabulary) * m.hidden;
    w.dense = attention_parameters(m) + (m.layers - w.expert_layers) * mlp(m, m.intermediate) + m.other_parameters;
    if (m.experts) {
        w.expert = mlp(m, m.experts->intermediate);
        double const router = static_cast<double>(m.hidden) * m.experts->count;
        w.dense += w.expert_layers * (router + mlp(m, m.experts->shared_intermediate));
    }
    return w;
}

double parameters(ModelShape const& m) {
    auto const w = weights_of(m);
    double const experts = m.experts ? w.expert_layers * w.expert * m.experts->count : 0;
    return w.dense + experts + w.embedding * (m.tied_embeddings ? 1 : 2);
}

double active_parameters(ModelShape const& m) {
    auto const w = weights_of(m);
    double const experts = m.experts ? w.expert_layers * w.expert * m.experts->per_token : 0;
    return w.dense + experts + w.embedding * (m.tied_embeddings ? 1 : 2);
}

int full_layers(ModelShape const& m) { return m.partial ? m.partial->full_layers : m.layers; }

int kv_heads_of_full_layers(ModelShape const& m) {
    return m.partial && m.partial->full_kv_heads > 0 ? m.partial->full_kv_heads : m.kv_heads;
}

int kv_width(ModelShape const& m) {
    return m.latent ? m.latent->kv_rank + m.latent->rope_dim : 2 * kv_heads_of_full_layers(m) * full_head_dim(m);
}

int window_kv_width(ModelShape const& m) { return 2 * m.kv_heads * m.head_dim; }

int window_layers(ModelShape const& m) {
    return m.partial && m.partial->window > 0 ? m.layers - m.partial->full_layers : 0;
}

double window_kv_share(ModelShape const& m) {
    return static_cast<double>(window_layers(m)) * window_kv_width(m) / (full_layers(m) * kv_width(m));
}

double kv_bytes_per_token(ModelShape const& m, double bytes_per_number) {
    return static_cast<double>(full_layers(m)) * kv_width(m) * bytes_per_number;
}

double bytes_of(Precision p) {
    switch (p) {
        case Precision::bf16: return 2;
        case Precision::fp8:
        case Precision::int8: return 1;
        case Precision::fp4: return 0.5 + 1.0 / 16;
        case Precision::mxfp4: return 0.5 + 1.0 / 32;
        case Precision::int4: return 0.5 + 2.0 / 128;  // a bf16 scale per 128
    }
    return 2;
}

double dense_weight_bytes(ModelShape const& m, Precision p) {
    for (auto const& [precision, bytes] : m.dense_bytes)
        if (precision == p) return bytes;
    return bytes_of(p);
}

}  // namespace runrate
