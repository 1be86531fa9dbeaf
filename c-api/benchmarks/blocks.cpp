// Blocks: creation, access and copies.
#include "benchmarks.hpp"

using namespace metatensor;

static Labels range(const char* name, int32_t first, int32_t count) {
    auto values = std::vector<int32_t>();
    for (int32_t i = 0; i < count; i++) {
        values.push_back(first + i);
    }
    return Labels(std::vector<std::string>{name}, values.data(), values.size(),
                  assume_unique{});
}

static std::unique_ptr<SimpleDataArray<double>> make_values(int32_t samples,
                                                            int32_t properties) {
    auto shape = std::vector<uintptr_t>{static_cast<uintptr_t>(samples), 3,
                                        static_cast<uintptr_t>(properties)};
    return std::make_unique<SimpleDataArray<double>>(std::move(shape), 1.0);
}

TensorBlock make_block(int32_t samples, int32_t properties, int32_t first_sample) {
    return TensorBlock(make_values(samples, properties),
                       range("sample_index", first_sample, samples), {range("xyz", 0, 3)},
                       range("n", 0, properties));
}

void add_block_benchmarks() {
    benchmarks().push_back(
        {"block/create/100x3x10", [] {
             return [samples = range("i", 0, 100), xyz = range("xyz", 0, 3),
                     properties = range("n", 0, 10)] {
                 keep(TensorBlock(make_values(100, 10), samples, {xyz}, properties));
             };
         }});
    benchmarks().push_back({"block/clone/1000x3x100", [] {
                                auto block =
                                    std::make_shared<TensorBlock>(make_block(1000, 100, 0));
                                return [block] { keep(block->clone()); };
                            }});
    benchmarks().push_back({"block/values", [] {
                                auto block =
                                    std::make_shared<TensorBlock>(make_block(10, 10, 0));
                                return [block] { keep(block->values()); };
                            }});
    benchmarks().push_back({"block/samples", [] {
                                auto block =
                                    std::make_shared<TensorBlock>(make_block(10, 10, 0));
                                return [block] { keep(block->samples()); };
                            }});
}
