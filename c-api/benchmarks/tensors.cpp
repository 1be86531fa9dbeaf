// Tensor maps: creation and merging.
#include <array>

#include "benchmarks.hpp"

using namespace metatensor;

TensorMap make_tensor(int32_t types, int32_t samples, int32_t properties) {
    auto keys = std::vector<int32_t>();
    auto blocks = std::vector<TensorBlock>();
    for (int32_t type = 0; type < types; type++) {
        for (int32_t neighbor = 0; neighbor < types; neighbor++) {
            keys.push_back(type);
            keys.push_back(neighbor);
            // samples of different blocks overlap
            blocks.push_back(make_block(samples, properties, neighbor * samples / 2));
        }
    }
    const auto names = std::vector<std::string>{"type", "neighbor"};
    const auto count = blocks.size();
    return TensorMap(Labels(names, keys.data(), count), std::move(blocks));
}

static void add(const std::string& name, int32_t types, int32_t samples, int32_t properties,
                std::function<void(const TensorMap&)> code) {
    auto full = "tensor/" + name + "/" + std::to_string(types * types) + "x" +
                std::to_string(samples) + "x" + std::to_string(properties);
    benchmarks().push_back({full, [=]() -> std::function<void()> {
                                auto tensor = std::make_shared<TensorMap>(
                                    make_tensor(types, samples, properties));
                                return [tensor, code] { code(*tensor); };
                            }});
}

void add_tensor_benchmarks() {
    benchmarks().push_back({"tensor/create/100 blocks", []() -> std::function<void()> {
                                return [] { keep(make_tensor(10, 4, 2)); };
                            }});
    for (auto [types, samples, properties] :
         {std::array<int32_t, 3>{4, 1000, 50}, std::array<int32_t, 3>{30, 10, 5}}) {
        add("clone", types, samples, properties,
            [](const TensorMap& tensor) { keep(tensor.clone()); });
        add("keys_to_properties", types, samples, properties,
            [](const TensorMap& tensor) { keep(tensor.keys_to_properties("neighbor")); });
        add("keys_to_samples", types, samples, properties,
            [](const TensorMap& tensor) { keep(tensor.keys_to_samples("neighbor")); });
        add("components_to_properties", types, samples, properties,
            [](const TensorMap& tensor) { keep(tensor.components_to_properties("xyz")); });
    }
}
