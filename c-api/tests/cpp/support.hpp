#pragma once

// Objects used by several tests, and an array class which counts its instances

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "metatensor.hpp"

using Shape = std::vector<uintptr_t>;
using Doubles = metatensor::SimpleDataArray<double>;
using DoubleView = metatensor::NDArray<double>;

inline const DLDevice CPU = {kDLCPU, 0};
inline const DLPackVersion DLPACK_VERSION = {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION};

/// Exception which only the tests throw
class CustomException : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Array counting its live instances, and failing on demand
class CountingArray final : public Doubles {
public:
    explicit CountingArray(Shape shape, double value = 0.0)
        : Doubles(std::move(shape), value) {
        count += 1;
    }
    CountingArray(const CountingArray&) = delete;
    CountingArray& operator=(const CountingArray&) = delete;
    CountingArray(CountingArray&&) = delete;
    CountingArray& operator=(CountingArray&&) = delete;
    ~CountingArray() override { count -= 1; }

    std::unique_ptr<metatensor::DataArrayBase> copy(DLDevice /*device*/) const override {
        if (failing) {
            throw CustomException("can not copy this array");
        }
        return std::make_unique<CountingArray>(this->shape());
    }

    DLManagedTensorVersioned* as_dlpack(DLDevice device, const int64_t* stream,
                                        DLPackVersion version) override {
        if (failing) {
            // not a std::exception
            throw 42;
        }
        return Doubles::as_dlpack(device, stream, version);
    }

    /// number of arrays alive
    inline static std::atomic<int> count = 0;
    /// should the functions above throw?
    inline static bool failing = false;
};

/// Strided tensor on memory of the tests, counting calls to its deleter
struct TestTensor {
    /// the tensor
    DLManagedTensorVersioned tensor = {};
    /// memory for the shape of the tensor
    std::vector<int64_t> shape;
    /// memory for the strides of the tensor
    std::vector<int64_t> strides;
    /// number of calls to the deleter
    int deleted = 0;

    TestTensor(void* data, DLDataType dtype, std::vector<int64_t> shape_,
               std::vector<int64_t> strides_ = {})
        : shape(std::move(shape_)), strides(std::move(strides_)) {
        tensor.version = DLPACK_VERSION;
        tensor.manager_ctx = this;
        tensor.deleter = [](DLManagedTensorVersioned* self) {
            static_cast<TestTensor*>(self->manager_ctx)->deleted += 1;
        };
        tensor.dl_tensor.data = data;
        tensor.dl_tensor.device = CPU;
        tensor.dl_tensor.dtype = dtype;
        tensor.dl_tensor.ndim = static_cast<int32_t>(shape.size());
        tensor.dl_tensor.shape = shape.data();
        tensor.dl_tensor.strides = strides.empty() ? nullptr : strides.data();
    }
};

/// Array filled with 0, 1, 2, …
inline std::unique_ptr<Doubles> range_array(Shape shape) {
    auto array = std::make_unique<Doubles>(std::move(shape));
    size_t size = metatensor::details::product(array->shape());
    for (size_t i = 0; i < size; i++) {
        array->data()[i] = static_cast<double>(i);
    }
    return array;
}

/// Labels with a single dimension
inline metatensor::Labels labels_1(const char* name, const std::vector<int32_t>& values) {
    return metatensor::Labels(std::vector<std::string>{name}, values.data(), values.size());
}

/// Block without components
inline metatensor::TensorBlock make_block(const std::vector<int32_t>& samples,
                                          const std::vector<int32_t>& properties,
                                          const std::vector<double>& values) {
    return metatensor::TensorBlock(
        std::make_unique<Doubles>(Shape{samples.size(), properties.size()}, values),
        labels_1("s", samples), {}, labels_1("n", properties));
}

/// Block of shape (3, 2, 2) with one component, and a gradient of shape (2, 3, 2, 2)
inline metatensor::TensorBlock make_block_with_gradient() {
    using metatensor::Labels;
    auto component = labels_1("c", {-1, 1});
    auto properties = labels_1("n", {4, 9});
    auto block = metatensor::TensorBlock(range_array({3, 2, 2}), labels_1("s", {0, 2, 4}),
                                         {component}, properties);
    auto gradient = metatensor::TensorBlock(
        range_array({2, 3, 2, 2}), Labels({"sample", "atom"}, {{0, 3}, {2, 1}}),
        {labels_1("xyz", {0, 1, 2}), component}, properties);
    block.add_gradient("positions", std::move(gradient));
    return block;
}

/// Tensor map with keys (k1, k2) = (0,0) (1,0) (0,1)
inline metatensor::TensorMap make_tensor() {
    auto blocks = std::vector<metatensor::TensorBlock>();
    blocks.push_back(make_block({0, 2}, {0, 1}, {1, 2, 3, 4}));
    blocks.push_back(make_block({1, 2}, {1, 5}, {5, 6, 7, 8}));
    blocks.push_back(make_block({4}, {0, 1}, {9, 10}));
    return metatensor::TensorMap(metatensor::Labels({"k1", "k2"}, {{0, 0}, {1, 0}, {0, 1}}),
                                 std::move(blocks));
}
