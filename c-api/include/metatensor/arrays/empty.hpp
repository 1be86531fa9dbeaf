#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "metatensor/arrays/simple.hpp"

namespace metatensor {

/// CPU array with a shape and a type, but without any data. This is used for the
/// values of blocks and tensor maps containing only metadata.
template <typename T = double, typename = std::enable_if_t<std::is_arithmetic_v<T>>>
class EmptyDataArray : public DataArrayBase {
public:
    /// Create an array with the given shape
    EmptyDataArray(std::vector<uintptr_t> shape) : shape_(std::move(shape)) {}

    ~EmptyDataArray() override = default;
    /// Copy constructor
    EmptyDataArray(const EmptyDataArray&) = default;
    /// Copy assignment
    EmptyDataArray& operator=(const EmptyDataArray&) = default;
    /// Move constructor
    EmptyDataArray(EmptyDataArray&&) noexcept = default;
    /// Move assignment
    EmptyDataArray& operator=(EmptyDataArray&&) noexcept = default;

    mts_data_origin_t origin() const override {
        static const auto origin = details::registered_origin("metatensor::EmptyDataArray");
        return origin;
    }

    DLDevice device() const override { return DLDevice{kDLCPU, 0}; }

    DLDataType dtype() const override { return details::dtype_of<T>(); }

    /// Always throws an Error: there is no data
    DLManagedTensorVersioned* as_dlpack(DLDevice /*device*/, const int64_t* /*stream*/,
                                        DLPackVersion /*max_version*/) override {
        throw Error("can not call `as_dlpack` for an EmptyDataArray: it has no data");
    }

    /// Always throws an Error, after taking the tensor
    std::unique_ptr<DataArrayBase>
    from_dlpack(DLManagedTensorVersioned* dl_tensor) const override {
        details::DLPackDeleter()(dl_tensor);
        throw Error("can not call `from_dlpack` for an EmptyDataArray: it has no data");
    }

    std::unique_ptr<DataArrayBase> copy(DLDevice device) const override {
        details::check_cpu(device, "EmptyDataArray::copy");
        return std::make_unique<EmptyDataArray>(shape_);
    }

    std::unique_ptr<DataArrayBase> create(std::vector<uintptr_t> shape,
                                          MtsArray /*fill_value*/) const override {
        return std::make_unique<EmptyDataArray>(std::move(shape));
    }

    const std::vector<uintptr_t>& shape() const& override { return shape_; }
    const std::vector<uintptr_t>& shape() && = delete;

    void reshape(const std::vector<uintptr_t>& shape) override {
        details::check_reshape(shape_, shape);
        shape_ = shape;
    }

    void swap_axes(uintptr_t axis_1, uintptr_t axis_2) override {
        details::check_axes(axis_1, axis_2, shape_.size());
        std::swap(shape_[axis_1], shape_[axis_2]);
    }

    /// Always throws an Error: there is no data
    void move_data(const DataArrayBase& /*input*/,
                   std::vector<mts_data_movement_t> /*moves*/) override {
        throw Error("can not call `move_data` for an EmptyDataArray: it has no data");
    }

private:
    std::vector<uintptr_t> shape_;
};

METATENSOR_PIN_SIZE(32, EmptyDataArray<double>);

} // namespace metatensor
