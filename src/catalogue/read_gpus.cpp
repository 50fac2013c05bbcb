#include "catalogue/entry.h"
#include "catalogue/load_catalogue.h"

namespace runrate {
namespace {

Shape<GpuGeneration> generation_shape() {
    using G = GpuGeneration;
    return one_word_of<G>({{"ampere", G::ampere},
                           {"ada", G::ada},
                           {"hopper", G::hopper},
                           {"blackwell", G::blackwell},
                           {"cdna3", G::cdna3},
                           {"cdna4", G::cdna4}});
}

Shape<Gpu> gpu_shape() {
    auto const table =
        Table<Gpu>("a GPU")
            .required("generation", &Gpu::generation, generation_shape(), "whose kernels it runs")
            .required("memory", &Gpu::memory_bytes, known_number(dimension::memory), "of one GPU")
            .required("bandwidth", &Gpu::memory_bytes_per_s, known_number(dimension::bandwidth), "of its memory")
            .required("bf16", &Gpu::bf16_flops, known_number(dimension::compute), "dense")
            .optional("int8", &Gpu::int8_flops, known_number(dimension::compute), "dense; left out: as fp8")
            .optional("fp8", &Gpu::fp8_flops, known_number(dimension::compute), "dense; left out: computes in bf16")
            .optional("fp4", &Gpu::fp4_flops, known_number(dimension::compute), "dense; left out: computes in bf16")
            .required("link", &Gpu::link_bytes_per_s, known_number(dimension::bandwidth),
                      "to the other GPUs of its node, one direction")
            .required("network", &Gpu::network_bytes_per_s, known_number(dimension::bandwidth),
                      "to other nodes, one direction")
            .defaulted("gpus_per_node", &Gpu::gpus_per_node, whole_number(1, 1024), "8", "that the link joins")
            .required("power", &Gpu::power_w, known_number(dimension::power), "of the board at full load");
    return catalogue_detail::with_provenance(table)
        .check([](Gpu& gpu, Cursor const& at) {
            if (gpu.memory_bytes <= 0) at.find("memory")->error("a GPU without memory (write for instance 80 GiB)");
        })
        .shape();
}

}  // namespace

void read_gpus(std::string const& name, std::string const& bytes, Diagnostics& log, Catalogue& catalogue) {
    catalogue_detail::read_shelf(name, bytes, log, catalogue.gpus, "gpus", gpu_shape());
}

}  // namespace runrate
