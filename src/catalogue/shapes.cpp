#include "catalogue/shapes.h"

#include "catalogue/make_replica.h"

namespace runrate {

Shape<Precision> precision_shape() {
    std::vector<std::pair<std::string, Precision>> words;
    for (auto const& [name, precision] : precision_names) words.emplace_back(name, precision);
    return one_word_of<Precision>(words);
}

Shape<Parallelism> parallelism_shape() {
    using P = Parallelism;
    auto const gpus = whole_number(1, most_gpus);
    return Table<P>("{tensor, pipeline, data, expert}")
        .defaulted("tensor", &P::tensor, gpus, "1", "GPUs that share each layer")
        .defaulted("pipeline", &P::pipeline, gpus, "1", "stages of layers")
        .defaulted("data", &P::data, gpus, "1", "ranks of attention, each with requests of its own")
        .defaulted("expert", &P::expert, gpus, "1", "GPUs over which experts are spread whole")
        .shape();
}

}  // namespace runrate
