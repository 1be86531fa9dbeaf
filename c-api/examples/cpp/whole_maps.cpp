// Classes working on all blocks and gradients of a map at once
#include <iostream>
#include <utility>

#include <metatensor.hpp>

#include "example.hpp"

using namespace metatensor;

static std::unique_ptr<SimpleDataArray<double>> filled(std::vector<uintptr_t> shape,
                                                       double value) {
    return std::make_unique<SimpleDataArray<double>>(std::move(shape), value);
}

/// Map with two blocks, each with a gradient
static TensorMap make_tensor() {
    auto blocks = std::vector<TensorBlock>();
    auto properties = Labels({"n"}, {{0}});
    for (int32_t system : {0, 1}) {
        blocks.emplace_back(filled({1, 1}, system), Labels({"system"}, {{system}}),
                            std::vector<Labels>(), properties);
        blocks.back().add_gradient("strain",
                                   TensorBlock(filled({1, 1}, 2), Labels({"sample"}, {{0}}),
                                               std::vector<Labels>(), properties));
    }
    return TensorMap(Labels({"type"}, {{1}, {8}}), std::move(blocks));
}

static void structure() {
    // [example: Structure]
    auto tensor = make_tensor();
    auto structure = Structure(tensor);
    // for each block: its values, then its gradients
    EXPECT(structure.leaves_count() == 4);
    for (size_t leaf = 0; leaf < structure.leaves_count(); leaf++) {
        std::cout << structure.parameter(leaf).value_or("values") << " of "
                  << structure.labels(leaf)[0].count() << " samples\n";
    }
    EXPECT(structure.parent(3) == structure.leaf_of_block(1));
    EXPECT(structure.array(0).shape() == std::vector<uintptr_t>({1, 1}));
    // [end]
}

static void with_arrays() {
    // [example: TensorMap::with_arrays, TensorMap::pick_blocks]
    auto tensor = make_tensor();
    // the same metadata, and other values everywhere
    auto zeros = std::vector<MtsArray>();
    for (const auto& array : tensor.arrays()) {
        zeros.push_back(DataArrayBase::to_mts_array(filled(array.shape(), 0.0)));
    }
    auto result = tensor.with_arrays(std::move(zeros));
    EXPECT(result.keys() == tensor.keys());
    auto values = result.block_by_id(1).gradient("strain").values();
    EXPECT(values(0, 0) == 0.0);

    // only some blocks
    auto picked = tensor.pick_blocks({1});
    EXPECT(picked.keys() == Labels({"type"}, {{8}}));
    // [end]
}

static void from_leaves() {
    // [example: Leaf]
    auto properties = Labels({"energy"}, {{0}});
    auto leaves = std::vector<Leaf>();
    leaves.push_back({DataArrayBase::to_mts_array(filled({2, 1}, -1.5)),
                      {Labels({"system"}, {{0}, {1}}), properties}});
    // the gradient of the first leaf
    leaves.push_back({DataArrayBase::to_mts_array(filled({1, 1}, 0.25)),
                      {Labels({"sample"}, {{1}}), properties},
                      /* parent */ 0,
                      "strain"});
    auto tensor = TensorMap::from_leaves(Labels({"type"}, {{6}}), std::move(leaves));
    auto gradient = tensor.block_by_id(0).gradient("strain").values();
    EXPECT(gradient(0, 0) == 0.25);
    // [end]
}

static void comparison() {
    // [example: Comparison]
    auto first = make_tensor();
    auto second = make_tensor();
    EXPECT(static_cast<bool>(Comparison(first, second)));

    auto different = Comparison(first, second.pick_blocks({0}));
    EXPECT(!different);
    std::cout << "the maps differ: " << different.message().value() << "\n";
    // [end]
}

int main() {
    structure();
    with_arrays();
    from_leaves();
    comparison();
}
