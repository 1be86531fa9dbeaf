// An array class of our own, with a constant value and no memory
#include <iostream>
#include <memory>
#include <utility>

#include <metatensor.hpp>

#include "example.hpp"

using namespace metatensor;

// [example: DataArrayBase]
/// Array where all the elements are the same
class ConstantArray final : public DataArrayBase {
public:
    ConstantArray(std::vector<uintptr_t> shape, double value)
        : shape_(std::move(shape)), value_(value) {}

    mts_data_origin_t origin() const override {
        mts_data_origin_t origin = 0;
        details::check_status(mts_register_data_origin("examples::ConstantArray", &origin));
        return origin;
    }

    DLDevice device() const override { return {kDLCPU, 0}; }

    DLDataType dtype() const override { return details::dtype_of<double>(); }

    DLManagedTensorVersioned* as_dlpack(DLDevice device, const int64_t* stream,
                                        DLPackVersion max_version) override {
        // tensors of another class, which keep their memory alive
        auto filled = SimpleDataArray<double>(shape_, value_);
        return filled.as_dlpack(device, stream, max_version);
    }

    std::unique_ptr<DataArrayBase>
    from_dlpack(DLManagedTensorVersioned* dl_tensor) const override {
        // the tensor is ours: free it
        auto tensor = DLPackArray<double>(dl_tensor);
        const auto is_empty = details::product(tensor.shape()) == 0;
        return std::make_unique<ConstantArray>(tensor.shape(),
                                               is_empty ? 0.0 : tensor.data()[0]);
    }

    std::unique_ptr<DataArrayBase> copy(DLDevice /*device*/) const override {
        return std::make_unique<ConstantArray>(shape_, value_);
    }

    std::unique_ptr<DataArrayBase> create(std::vector<uintptr_t> shape,
                                          MtsArray fill_value) const override {
        auto fill = fill_value.as_dlpack_array<double>({kDLCPU, 0}, nullptr, {1, 0});
        return std::make_unique<ConstantArray>(std::move(shape), fill());
    }

    const std::vector<uintptr_t>& shape() const& override { return shape_; }

    void reshape(const std::vector<uintptr_t>& shape) override { shape_ = shape; }

    void swap_axes(uintptr_t axis_1, uintptr_t axis_2) override {
        std::swap(shape_.at(axis_1), shape_.at(axis_2));
    }

    void move_data(const DataArrayBase& /*input*/,
                   std::vector<mts_data_movement_t> /*moves*/) override {
        throw std::logic_error("constant arrays can not be merged");
    }

private:
    std::vector<uintptr_t> shape_;
    double value_;
};

static void custom_array() {
    auto labels = Labels({"i"}, {{0}, {1}});
    auto block =
        TensorBlock(std::make_unique<ConstantArray>(std::vector<uintptr_t>{2, 2}, 3.5), labels,
                    {}, labels);
    auto values = block.values();
    EXPECT(values(1, 1) == 3.5);
}
// [end]

static void mts_array() {
    // [example: MtsArray]
    // the C++ owner of any array of the C API
    auto array = DataArrayBase::to_mts_array(
        std::make_unique<ConstantArray>(std::vector<uintptr_t>{2, 3}, 3.5));
    EXPECT(array.shape() == std::vector<uintptr_t>({2, 3}));
    EXPECT(array.device().device_type == kDLCPU);

    // copies are deep
    auto copy = array;
    copy.swap_axes(0, 1);
    EXPECT(copy.shape() == std::vector<uintptr_t>({3, 2}));

    // the data, whatever the implementation
    auto values = array.as_dlpack_array<double>({kDLCPU, 0}, nullptr, {1, 0});
    EXPECT(values(1, 2) == 3.5);

    // functions of the C API take the array
    mts_array_t raw = std::move(copy).release();
    raw.destroy(raw.ptr);
    // [end]
}

int main() {
    custom_array();
    mts_array();
}
