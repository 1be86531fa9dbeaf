// Tensor maps
#include <iostream>
#include <string>
#include <utility>

#include <metatensor.hpp>

#include "example.hpp"

using namespace metatensor;

/// Map with one block for each key
static TensorMap make_tensor() {
    auto make_block = [](Labels samples, std::vector<double> data) {
        auto shape = std::vector<uintptr_t>{samples.count(), 1};
        auto values = std::make_unique<SimpleDataArray<double>>(shape, std::move(data));
        return TensorBlock(std::move(values), samples, {}, Labels({"n"}, {{0}}));
    };
    auto blocks = std::vector<TensorBlock>();
    blocks.push_back(make_block(Labels({"system"}, {{0}, {2}}), {1, 2}));
    blocks.push_back(make_block(Labels({"system"}, {{1}}), {3}));
    return TensorMap(Labels({"type"}, {{1}, {8}}), std::move(blocks));
}

static void tensor() {
    // [example: TensorMap]
    TensorMap tensor = make_tensor();

    // the block of type 8
    const auto index = tensor.keys().position({8});
    TensorBlock block = tensor.block_by_id(index.value());
    auto values = block.values();
    EXPECT(values(0, 0) == 3);

    // one block for all types; missing values are 0
    auto merged = tensor.keys_to_properties("type");
    auto merged_block = merged.block_by_id(0);
    EXPECT(merged_block.properties() == Labels({"type", "n"}, {{1, 0}, {8, 0}}));
    auto merged_values = merged_block.values();
    EXPECT(merged_values(1, 1) == 3 && merged_values(1, 0) == 0);

    // types as samples
    auto stacked = tensor.keys_to_samples("type");
    EXPECT(stacked.block_by_id(0).samples() ==
           Labels({"system", "type"}, {{0, 1}, {1, 8}, {2, 1}}));
    // [end]
}

static void components() {
    // [example: TensorMap::components_to_properties]
    auto values = std::make_unique<SimpleDataArray<double>>(
        std::vector<uintptr_t>{1, 3, 2}, std::vector<double>{1, 2, 3, 4, 5, 6});
    auto blocks = std::vector<TensorBlock>();
    blocks.emplace_back(std::move(values), Labels({"system"}, {{0}}),
                        std::vector<Labels>{Labels({"xyz"}, {{0}, {1}, {2}})},
                        Labels({"n"}, {{0}, {1}}));
    auto tensor = TensorMap(Labels({"type"}, {{1}}), std::move(blocks));

    auto moved = tensor.components_to_properties("xyz");
    auto block = moved.block_by_id(0);
    EXPECT(block.values_shape() == std::vector<uintptr_t>({1, 6}));
    EXPECT(std::string(block.properties().names()[0]) == "xyz");
    // [end]
}

static void info() {
    // [example: details::TensorMapInfo]
    auto tensor = make_tensor();
    tensor.set_info("unit", "eV");
    tensor.set_info("author", "somebody");
    EXPECT(tensor.get_info("unit") == "eV");

    for (const auto& [key, value] : tensor.info()) {
        std::cout << key << " = " << value << "\n";
    }
    // [end]
}

int main() {
    tensor();
    components();
    info();
}
