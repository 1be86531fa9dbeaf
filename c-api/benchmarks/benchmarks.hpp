#pragma once

// Registration of the benchmarks and the data which several of them use.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <metatensor.hpp>

/// One benchmark
struct Benchmark {
    /// name, `class/operation/size`
    std::string name;
    /// prepare the data, and give the code to measure
    std::function<std::function<void()>()> prepare;
};

/// All the benchmarks of this program
std::vector<Benchmark>& benchmarks();

/// Register the benchmarks of each file
void add_labels_benchmarks();
void add_block_benchmarks();
void add_tensor_benchmarks();
void add_file_benchmarks();

/// Prevent the compiler from removing the computation of `value`
template <typename T>
inline void keep(const T& value) {
    static const void* volatile sink;
    sink = &value;
    static_cast<void>(sink);
}

/// `count` different entries with two dimensions, sorted or not
metatensor::Labels make_labels(int32_t count, bool sorted);

/// Block of shape (samples, 3, properties), without gradients
metatensor::TensorBlock make_block(int32_t samples, int32_t properties, int32_t first_sample);

/// Map with keys (type, neighbor) and `types * types` blocks
metatensor::TensorMap make_tensor(int32_t types, int32_t samples, int32_t properties);
