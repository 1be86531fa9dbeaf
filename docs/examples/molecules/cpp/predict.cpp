// Load a model trained in Python, and predict energies: no Python in this process.
//
// Usage: predict MODEL.pt DESCRIPTORS.mts ENERGIES.mts

#include <cstdio>
#include <exception>
#include <string>

#include <torch/script.h>

#include <metatensor/torch.hpp>

#include "process.hpp"

namespace {

void predict(const std::string& model, const std::string& input, const std::string& output) {
    auto module = metatensor_torch::Module(torch::jit::load(model));
    module.eval();

    auto descriptor = metatensor_torch::load(input);
    auto energy = module.forward({descriptor, /*gradients=*/true})
                      .toCustomClass<metatensor_torch::TensorMapHolder>();

    auto block = metatensor_torch::TensorMapHolder::block_by_id(energy, 0);
    auto systems = block->samples()->column("system");
    auto values = block->values();
    for (int64_t i = 0; i < values.size(0); i++) {
        std::printf("%d %.17g\n", systems[i].item<int>(), values[i][0].item<double>());
    }
    metatensor_torch::save(output, energy);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: %s MODEL.pt DESCRIPTORS.mts ENERGIES.mts\n", argv[0]);
        return 2;
    }
    try {
        predict(argv[1], argv[2], argv[3]);
        process::check_no_python();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "error: %s\n", e.what());
        return 1;
    }
    return 0;
}
