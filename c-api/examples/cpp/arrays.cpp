// Classes for N-dimensional arrays
#include <iostream>
#include <utility>

#include <metatensor.hpp>

#include "example.hpp"

using namespace metatensor;

static void ndarray() {
    // [example: NDArray]
    // an array with its own data
    auto owned = NDArray<double>(std::vector<double>{1, 2, 3, 4, 5, 6}, {2, 3});
    owned(1, 2) = 60;
    EXPECT(owned.shape()[1] == 3);

    // a view of data which belongs to somebody else
    auto data = std::vector<double>{1, 2, 3, 4, 5, 60};
    const auto view = NDArray<double>(data.data(), {2, 3});
    EXPECT(view.is_view());
    EXPECT(view(0, 1) == 2);
    EXPECT(view == owned);
    // [end]
}

static void dlpack_array() {
    // [example: DLPackArray]
    // values of labels and blocks are given as DLPack tensors, without a copy
    auto labels = Labels({"system", "atom"}, {{0, 0}, {0, 1}});
    DLPackArray<int32_t> values = labels.values();
    for (size_t i = 0; i < values.shape()[0]; i++) {
        std::cout << "system " << values(i, 0) << " atom " << values(i, 1) << "\n";
    }
    EXPECT(values(1, 1) == 1);
    EXPECT(values.device().device_type == kDLCPU);
    // [end]
}

static void simple_data_array() {
    // [example: SimpleDataArray]
    // the array of C++ programs which do not have one of their own
    auto array = std::make_unique<SimpleDataArray<float>>(std::vector<uintptr_t>{2, 2}, -1.0F);
    auto view = array->view();
    view(0, 1) = 12;

    auto labels = Labels({"i"}, {{0}, {1}});
    auto block = TensorBlock(std::move(array), labels, {}, labels);
    auto values = block.values<float>();
    EXPECT(values(0, 1) == 12);

    // back to the C++ class
    auto stored = block.mts_array();
    auto& same = SimpleDataArray<float>::from_mts_array(stored);
    same.data()[0] = 10;
    EXPECT(values(0, 0) == 10);
    // [end]
}

static void empty_data_array() {
    // [example: EmptyDataArray]
    // metadata without data
    auto labels = Labels({"i"}, {{0}, {1}});
    auto block =
        TensorBlock(std::make_unique<EmptyDataArray<double>>(std::vector<uintptr_t>{2, 2}),
                    labels, {}, labels);
    EXPECT(block.values_shape() == std::vector<uintptr_t>({2, 2}));

    bool no_data = false;
    try {
        block.values();
    } catch (const Error&) {
        no_data = true;
    }
    EXPECT(no_data);
    // [end]
}

static void native_arrays() {
    // [example: native]
    // an array using our memory, which is released with its last user
    auto positions = std::vector<double>{0, 1, 2, 3, 4, 5};
    bool released = false;
    auto atoms = Labels({"atom"}, {{0}, {1}});
    auto xyz = Labels({"xyz"}, {{0}, {1}, {2}});
    {
        auto array =
            native::from_memory(positions.data(), {2, 3}, {}, [&] { released = true; });
        auto block = TensorBlock(std::move(array), atoms, {}, xyz);
        auto values = block.values();
        EXPECT(values.data() == positions.data());
    }
    EXPECT(released);

    // or a vector which the array takes
    auto block =
        TensorBlock(native::from_vector(std::move(positions), {2, 3}), atoms, {}, xyz);

    // files can be loaded into such arrays
    auto loaded = TensorBlock::load_buffer(block.save_buffer(), mts_array_empty);
    EXPECT(loaded.values() == block.values());
    // [end]
}

int main() {
    ndarray();
    dlpack_array();
    simple_data_array();
    empty_data_array();
    native_arrays();
}
