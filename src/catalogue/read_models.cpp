#include <algorithm>
#include <cmath>

#include "catalogue/entry.h"
#include "catalogue/load_catalogue.h"
#include "catalogue/shapes.h"
#include "hardware/model_shape.h"
#include "hardware/precision.h"

namespace runrate {
namespace {

using catalogue_detail::whole_tokens;

constexpr double published_tolerance = 0.01;

Shape<int> size() { return whole_number(1, 100'000'000); }
Shape<int> size_or_none() { return whole_number(0, 100'000'000); }

Shape<Experts> experts_shape() {
    return Table<Experts>("experts")
        .required("count", &Experts::count, size(), "experts of a layer")
        .required("per_token", &Experts::per_token, size(), "that read a token")
        .required("intermediate", &Experts::intermediate, size(), "width of one")
        .defaulted("shared_intermediate", &Experts::shared_intermediate, size_or_none(), "0",
                   "width of what every token passes beside them")
        .defaulted("dense_layers", &Experts::dense_layers, size_or_none(), "0", "leading layers without experts")
        .defaulted("every", &Experts::every, size(), "1", "one layer in so many has experts")
        .check([](Experts& e, Cursor const& at) {
            if (e.per_token > e.count)
                at.find("per_token")->error(fmt::format("only {} experts to choose from", e.count));
        })
        .shape();
}

Shape<LatentAttention> latent_shape() {
    return Table<LatentAttention>("latent attention")
        .required("kv_rank", &LatentAttention::kv_rank, size(), "kv_lora_rank")
        .defaulted("query_rank", &LatentAttention::query_rank, size_or_none(), "0", "q_lora_rank")
        .required("rope_dim", &LatentAttention::rope_dim, size(), "qk_rope_head_dim")
        .required("nope_dim", &LatentAttention::nope_dim, size(), "qk_nope_head_dim")
        .required("value_dim", &LatentAttention::value_dim, size(), "v_head_dim")
        .shape();
}

Shape<PartialAttention> partial_shape() {
    using P = PartialAttention;
    return Table<P>("partial attention")
        .required("full_layers", &P::full_layers, size_or_none(), "layers that read the whole context")
        .required("window", &P::window, size_or_none(), "tokens that the others read; 0: linear attention")
        .defaulted("full_kv_heads", &P::full_kv_heads, size_or_none(), "0", "of the full layers where they differ")
        .defaulted("full_head_dim", &P::full_head_dim, size_or_none(), "0", "of the full layers where it differs")
        .shape();
}

using DenseBytes = std::vector<std::pair<Precision, double>>;

Shape<DenseBytes> dense_bytes_shape() {
    using Written = std::vector<std::pair<std::string, double>>;
    return converted<DenseBytes, Written>(
        map_of(known_number(dimension::positive)), [](Written const& w, Cursor const& at) {
            DenseBytes bytes;
            for (auto const& [name, value] : w) {
                auto const known = std::find_if(precision_names.begin(), precision_names.end(),
                                                [&, &wanted = name](auto const& p) { return p.first == wanted; });
                if (known != precision_names.end())
                    bytes.emplace_back(known->second, value);
                else
                    at.find(name)->error(
                        fmt::format("unknown precision '{}' (known: bf16, fp8, fp4, mxfp4, int8, int4)", name));
            }
            return bytes;
        });
}

/// What the shape leaves out because it follows from the rest.
void fill_in(ModelShape& m) {
    if (m.head_dim == 0) m.head_dim = m.hidden / m.heads;
}

bool has_dense_layers(ModelShape const& m) { return weights_of(m).expert_layers < m.layers; }

void check_layers(ModelShape const& m, Cursor const& at) {
    if (m.partial && m.partial->full_layers > m.layers)
        at.find("partial")->find("full_layers")->error(fmt::format("the model has only {} layers", m.layers));
    if (m.partial && m.partial->full_layers == 0)
        at.find("partial")
            ->find("full_layers")
            ->error("no layer reads the whole context: such models are not modelled");
    if (m.experts && m.experts->dense_layers >= m.layers)
        at.find("experts")->find("dense_layers")->error(fmt::format("the model has only {} layers", m.layers));
    else if (m.intermediate == 0 && has_dense_layers(m))
        at.error("missing 'intermediate' (layers without experts have a dense MLP)");
    if (m.kv_heads > m.heads) at.find("kv_heads")->error(fmt::format("more than the {} heads", m.heads));
}

bool noted(Notes const& notes, std::string_view key) {
    return std::any_of(notes.begin(), notes.end(), [key](auto const& note) { return note.first == key; });
}

/// A shape that does not add up to what its maker publishes is misread, unless a note says why.
void check_published(ModelShape const& m, Cursor const& at) {
    double const counted = parameters(m);
    double const apart = counted / m.published_parameters - 1;
    if (std::abs(apart) <= published_tolerance || noted(m.notes, "published")) return;
    at.find("published")
        ->error(fmt::format("the shape has {:.2f}B parameters, {:+.1f}% from what is published (say why under notes: "
                            "{{published: ...}})",
                            counted / 1e9, 100 * apart));
}

Table<ModelShape> with_sizes(Table<ModelShape> table) {
    using M = ModelShape;
    return table.required("family", &M::family, text("a family such as llama-3"), "models that engines run alike")
        .required("layers", &M::layers, size(), "num_hidden_layers")
        .required("hidden", &M::hidden, size(), "hidden_size")
        .required("heads", &M::heads, size(), "num_attention_heads")
        .required("kv_heads", &M::kv_heads, size(), "num_key_value_heads")
        .defaulted("head_dim", &M::head_dim, size_or_none(), "0", "head_dim; 0: hidden / heads")
        .defaulted("intermediate", &M::intermediate, size_or_none(), "0", "width of the dense MLP")
        .required("vocabulary", &M::vocabulary, size(), "vocab_size")
        .defaulted("tied_embeddings", &M::tied_embeddings, yes_or_no(), "no", "one table for input and output")
        .required("context", &M::context_limit, whole_tokens(), "max_position_embeddings");
}

Shape<ModelShape> model_shape() {
    using M = ModelShape;
    auto const table =
        with_sizes(Table<M>("the shape of a model"))
            .optional("experts", &M::experts, experts_shape(), "mixture of experts")
            .optional("latent", &M::latent, latent_shape(), "multi-head latent attention")
            .optional("partial", &M::partial, partial_shape(), "layers that do not read the whole context")
            .defaulted("other_parameters", &M::other_parameters, known_number(dimension::count), "0",
                       "what these keys do not count; needs a note")
            .defaulted("native", &M::native, precision_shape(), "bf16", "precision of the published weights")
            .defaulted("dense_bytes", &M::dense_bytes, dense_bytes_shape(), "{}",
                       "bytes of a weight outside of the experts, by precision, where only experts are quantised")
            .required("published", &M::published_parameters, known_number(dimension::positive), "all parameters")
            .required("published_active", &M::published_active, known_number(dimension::positive), "of one token");
    return catalogue_detail::with_provenance(table)
        .check([](M& m, Cursor const& at) {
            fill_in(m);
            auto const before = at.log().entries().size();
            check_layers(m, at);
            if (m.other_parameters > 0 && !noted(m.notes, "other_parameters"))
                at.find("other_parameters")->error("parameters without a reason (add notes: {other_parameters: ...})");
            if (no_errors_since(at.log(), before)) check_published(m, at);
        })
        .shape();
}

}  // namespace

void read_models(std::string const& name, std::string const& bytes, Diagnostics& log, Catalogue& catalogue) {
    catalogue_detail::read_shelf(name, bytes, log, catalogue.models, "models", model_shape());
}

}  // namespace runrate
