#include <cmath>

#include <fmt/format.h>

#include "catalogue/make_replica.h"
#include "catalogue/shapes.h"
#include "engine/replica_engine.h"
#include "scenario/pools.h"

namespace runrate {
namespace {

constexpr char const* default_engine = "vllm";
constexpr char const* default_calibration = "auto";

struct PrecisionText {
    Precision weights = Precision::bf16;
    std::optional<Precision> kv;
};

Shape<PrecisionText> weights_and_kv_shape() {
    using P = PrecisionText;
    auto const both =
        Table<P>("{weights, kv}")
            .required("weights", &P::weights, precision_shape(), "of the weights")
            .required("kv", &P::kv,
                      one_word_of<std::optional<Precision>>({{"bf16", Precision::bf16}, {"fp8", Precision::fp8}}),
                      "of the KV cache")
            .shape();
    auto const weights = converted<P, Precision>(precision_shape(), [](Precision p, Cursor const&) {
        return P{p, {}};
    });
    return any_of<P>("a precision such as fp8, or {weights: fp8, kv: bf16}",
                     {{[](Node const& n) { return n.kind == Node::Kind::scalar; }, weights},
                      {[](Node const& n) { return n.kind == Node::Kind::map; }, both}});
}

/// `2`: so many share each layer; else each kind by its name.
Shape<Parallelism> gpus_shape() {
    auto const tensor = converted<Parallelism, int>(
        whole_number(1, most_gpus), [](int gpus, Cursor const&) { return Parallelism{.tensor = gpus}; });
    return any_of<Parallelism>("a number of GPUs, or {tensor: 4, data: 2}",
                               {{[](Node const& n) { return n.kind == Node::Kind::scalar; }, tensor},
                                {[](Node const& n) { return n.kind == Node::Kind::map; }, parallelism_shape()}});
}

bool is_count(double n, double most) { return n >= 1 && n <= most && n == std::floor(n); }

struct KvText {
    std::optional<double> memory_share;
    std::optional<std::int64_t> tokens;
};

Shape<KvText> kv_shape() {
    std::string const wanted = "90% of memory, or 400k tokens";
    return converted<KvText, std::string>(text(wanted), [wanted](std::string const& t, Cursor const& at) {
        constexpr std::string_view of_memory = " of memory";
        KvText kv;
        bool const share = t.ends_with(of_memory);
        auto const read = parse_value(share ? t.substr(0, t.size() - of_memory.size()) : t);
        auto const* v = std::get_if<Value>(&read);
        if (v && share && v->unit == Unit::percent && v->number > 0 && v->number <= 1)
            kv.memory_share = v->number;
        else if (v && !share && v->unit == Unit::tokens && is_count(v->number, 1e12))
            kv.tokens = static_cast<std::int64_t>(v->number);
        else
            at.error(fmt::format("'{}' is no size of a KV cache (write {})", t, wanted));
        return kv;
    });
}

struct LimitsText {
    std::optional<int> sequences;
    std::optional<std::int64_t> chunk;
    std::optional<KvText> kv;
};

Shape<LimitsText> limits_shape() {
    using L = LimitsText;
    auto const chunk = converted<std::int64_t, double>(known_number(dimension::tokens), [](double n, Cursor const& at) {
        if (!is_count(n, static_cast<double>(most_batch_tokens)))
            at.error(fmt::format("an iteration takes 1 to {} whole tokens", most_batch_tokens));
        return static_cast<std::int64_t>(n);
    });
    return Table<L>("{sequences, chunk, kv}")
        .optional("sequences", &L::sequences, whole_number(1, 1'000'000),
                  "of a batch and rank of attention at most; as the engine on this GPU without it")
        .optional("chunk", &L::chunk, chunk, "tokens of an iteration and rank at most, likewise")
        .optional("kv", &L::kv, kv_shape(), "share of the memory that weights and KV cache may take, or its tokens")
        .shape();
}

Shape<StatedCapacity> capacity_shape(Reading& reading) {
    struct Text {
        std::optional<Number> output, total;
    };
    auto const table =
        Table<Text>("{output: 2800 tokens/s}, or {total: 9000 tokens/s}")
            .optional("output", &Text::output, number(reading, dimension::throughput), "tokens that a replica writes")
            .optional("total", &Text::total, number(reading, dimension::throughput), "the same with those of prompts")
            .check([](Text& t, Cursor const& at) {
                if (t.output.has_value() == t.total.has_value())
                    at.error("a capacity is of 'output' or of 'total' tokens (state one of them)");
            });
    return converted<StatedCapacity, Text>(table.shape(), [](Text const& t, Cursor const&) {
        using Of = StatedCapacity::Of;
        return t.output ? StatedCapacity{Of::output, *t.output}
                        : StatedCapacity{Of::total, t.total.value_or(Number{1})};
    });
}

struct Written : FleetTerms {
    std::string model, gpu, engine, calibration;
    std::optional<PrecisionText> precision;
    Parallelism parallel;
    LimitsText limits;
    std::optional<StatedCapacity> capacity;
};

/// A stated throughput has no batches, so what describes them would be ignored.
void check_capacity(Written& w, Cursor const& at) {
    if (w.autoscale && w.autoscale->yield && !w.capacity)
        at.find("autoscale")
            ->find("yield")
            ->error("a yield is of a stated 'capacity' (state in_flight: 12 per replica)");
    if (!w.capacity) return;
    if (w.autoscale && w.autoscale->in_flight)
        at.find("autoscale")
            ->find("in_flight")
            ->error("a stated capacity knows no requests in flight (state yield: 70%)");
    auto const& limits = w.limits;
    for (auto const& [key, stated] : {std::pair{"engine", w.engine != default_engine},
                                      {"calibration", w.calibration != default_calibration},
                                      {"limits", limits.sequences || limits.chunk || limits.kv},
                                      {"router", w.router != Router::session_affinity},
                                      {"prefix_cache", !w.prefix_cache},
                                      {"objective", w.objective.has_value()},
                                      {"admission", w.admission.in_flight.has_value()}})
        if (stated) at.find(key)->error(fmt::format("'{}' says nothing of a stated capacity (state either)", key));
}

std::optional<PoolText> pool_text(Written const& w, Cursor const&) {
    PoolText t{.model = w.model, .gpu = w.gpu, .engine = w.engine, .calibration = w.calibration};
    if (w.precision) {
        t.weights = w.precision->weights;
        t.kv = w.precision->kv;
    }
    t.parallel = w.parallel;
    t.sequences = w.limits.sequences;
    t.chunk = w.limits.chunk;
    if (w.limits.kv) {
        t.memory_share = w.limits.kv->memory_share;
        t.kv_tokens = w.limits.kv->tokens;
    }
    t.capacity = w.capacity;
    t.fleet = w;
    return t;
}

/// A member of the terms as one of what is written.
template <class M>
M Written::*own(M FleetTerms::*member) {
    return member;
}

void add_fleet_keys(Table<Written>& table, Reading& reading) {
    using F = FleetTerms;
    table.defaulted("router", own(&F::router), router_shape(), "session affinity", "how requests find a replica")
        .defaulted("prefix_cache", own(&F::prefix_cache), yes_or_no(), "yes",
                   "whether replicas keep what prompts begin with in their KV caches")
        .optional("objective", own(&F::objective), objective_shape(), "latency that is wanted")
        .optional("autoscale", own(&F::autoscale), autoscale_shape(reading),
                  "when replicas are added and taken away; without it there are as many as the plan says")
        .defaulted("admission", own(&F::admission), admission_shape(), "{}", "what waits before the replicas")
        .optional("failures", own(&F::failures), failures_shape(reading), "of replicas");
}

}  // namespace

Shape<PoolTexts> pools_shape(Reading& reading) {
    using W = Written;
    auto table =
        Table<W>("replicas of a model on own GPUs")
            .required("model", &W::model, text("a model of the catalogue such as llama-3.3-70b"), "what it serves")
            .required("gpu", &W::gpu, text("a GPU of the catalogue such as h100-sxm"), "what it runs on")
            .optional("precision", &W::precision, weights_and_kv_shape(),
                      "of the weights, and of the KV cache where it differs; as published without it")
            .defaulted("gpus_per_replica", &W::parallel, gpus_shape(), "1",
                       "GPUs that share each layer, or every kind of parallelism")
            .defaulted("engine", &W::engine, text("an engine such as vllm"), default_engine,
                       "of the catalogue, or a class of your own that the calibration knows")
            .defaulted("calibration", &W::calibration, text("auto, or a file of calibrate"), default_calibration,
                       "what says how fast it is: the newest that is installed, or a file")
            .defaulted("limits", &W::limits, limits_shape(), "{}", "of its batches")
            .optional("capacity", &W::capacity, capacity_shape(reading),
                      "throughput of a replica, stated instead of a calibration; no latency is known then")
            .check(check_capacity);
    add_fleet_keys(table, reading);
    auto shape = map_of(converted<std::optional<PoolText>, W>(table.shape(), pool_text));
    auto const read = [&reading, inner = shape.read](Cursor const& at) {
        for (auto const& entry : at.node().entries) reading.pools.push_back(entry.key);
        return inner(at);
    };
    return {shape.wanted, read, shape.schema};
}

}  // namespace runrate
