// Call the methods of a scripted module with a map, and save what they give.
//
// Usage: run_methods MODEL.pt INPUT.mts FOLDER

#include <cstdio>
#include <exception>
#include <string>

#include <torch/script.h>

#include <metatensor/torch.hpp>

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: %s MODEL.pt INPUT.mts FOLDER\n", argv[0]);
        return 2;
    }
    try {
        auto module = torch::jit::load(argv[1]);
        auto tensor = metatensor_torch::load(argv[2]);
        for (const auto& method : module.get_methods()) {
            if (method.name() == "forward") {
                continue;
            }
            auto result = method({tensor}).toCustomClass<metatensor_torch::TensorMapHolder>();
            metatensor_torch::save(std::string(argv[3]) + "/" + method.name() + ".mts",
                                   result);
        }
    } catch (const std::exception& e) {
        std::fprintf(stderr, "error: %s\n", e.what());
        return 1;
    }
    return 0;
}
