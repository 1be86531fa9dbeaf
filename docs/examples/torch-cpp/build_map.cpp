// Build a map from tensors, with gradients, move keys around, and save it.
//
// Usage: build_map DESCRIPTORS.mts

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <metatensor/torch.hpp>

#include "process.hpp"

using metatensor_torch::Labels;
using metatensor_torch::LabelsHolder;
using metatensor_torch::TensorBlock;
using metatensor_torch::TensorBlockHolder;
using metatensor_torch::TensorMap;
using metatensor_torch::TensorMapHolder;

namespace {

/// Labels from a tensor of integers, with one row for each entry
Labels labels(std::vector<std::string> names, torch::Tensor values) {
    return torch::make_intrusive<LabelsHolder>(torch::IValue(std::move(names)),
                                               std::move(values));
}

/// Descriptors of `n_atoms` atoms in each of two systems, and what they become when the atom
/// itself moves
TensorBlock descriptors(int64_t n_atoms, int64_t n_radial) {
    auto atoms = torch::cartesian_prod({torch::arange(2), torch::arange(n_atoms)});
    auto samples = labels({"system", "atom"}, atoms);
    auto properties = LabelsHolder::range("n", n_radial);

    auto values = torch::rand({2 * n_atoms, n_radial}, torch::kFloat64);
    auto block = torch::make_intrusive<TensorBlockHolder>(values, samples,
                                                          std::vector<Labels>{}, properties);

    // rows of a gradient say which sample they are the gradient of
    auto sample = torch::arange(2 * n_atoms).reshape({-1, 1});
    auto rows = labels({"sample", "system", "atom"}, torch::cat({sample, atoms}, 1));
    auto gradient = torch::make_intrusive<TensorBlockHolder>(
        torch::rand({2 * n_atoms, 3, n_radial}, torch::kFloat64), rows,
        std::vector<Labels>{LabelsHolder::range("xyz", 3)}, properties);
    block->add_gradient("positions", gradient);
    return block;
}

void build(const std::string& path) {
    auto keys = LabelsHolder::create({"center_type", "neighbor_type"},
                                     {{1, 1}, {1, 8}, {8, 1}, {8, 8}});
    auto blocks = std::vector<TensorBlock>();
    for (int64_t n_atoms : {2, 2, 1, 1}) {
        blocks.push_back(descriptors(n_atoms, /*n_radial=*/4));
    }
    auto tensor = torch::make_intrusive<TensorMapHolder>(keys, blocks);
    tensor->set_info("unit", "none");

    auto dense = tensor->keys_to_properties("neighbor_type");
    std::printf("%s\n", dense->print(-1).c_str());
    auto oxygen = TensorMapHolder::block(dense, {{"center_type", 8}});
    auto shape = oxygen->shape();
    if (shape != at::IntArrayRef({2, 8})) {
        throw std::runtime_error("this block should have two samples and 2 * 4 properties");
    }
    metatensor_torch::save(path, tensor);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s DESCRIPTORS.mts\n", argv[0]);
        return 2;
    }
    try {
        build(argv[1]);
        process::check_no_python();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "error: %s\n", e.what());
        return 1;
    }
    return 0;
}
