// Blocks and their gradients
#include <iostream>
#include <utility>

#include <metatensor.hpp>

#include "example.hpp"

using namespace metatensor;

static void block() {
    // [example: TensorBlock]
    // energies of two systems
    auto values = std::make_unique<SimpleDataArray<double>>(std::vector<uintptr_t>{2, 1},
                                                            std::vector<double>{-1.5, -2.5});
    auto properties = Labels({"energy"}, {{0}});
    auto block =
        TensorBlock(std::move(values), Labels({"system"}, {{0}, {4}}), {}, properties);

    // their derivatives: `sample` is the row of the values
    auto derivatives = std::make_unique<SimpleDataArray<double>>(
        std::vector<uintptr_t>{1, 3, 1}, std::vector<double>{0.1, 0.2, 0.3});
    auto gradient = TensorBlock(std::move(derivatives), Labels({"sample", "atom"}, {{1, 0}}),
                                {Labels({"xyz"}, {{0}, {1}, {2}})}, properties);
    block.add_gradient("positions", std::move(gradient));

    EXPECT(block.samples().position({4}) == 1);
    auto energies = block.values();
    EXPECT(energies(1, 0) == -2.5);
    for (const auto& parameter : block.gradients_list()) {
        // a view, valid as long as the block
        auto view = block.gradient(parameter);
        std::cout << "gradient with respect to " << parameter << "\n";
        EXPECT(view.is_view());
        auto forces = view.values();
        EXPECT(forces(0, 2, 0) == 0.3);
    }

    // blocks are moved; copying the data is explicit
    auto copy = block.clone();
    auto moved = std::move(block);
    EXPECT(copy.values() == moved.values());
    // [end]
}

int main() {
    block();
}
