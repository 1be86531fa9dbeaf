#ifndef METATENSOR_TORCH_ARRAY_HPP
#define METATENSOR_TORCH_ARRAY_HPP

#include <cstdint>
#include <memory>
#include <vector>

#include <torch/script.h>

#include <metatensor.hpp>

#include "metatensor/torch/exports.h"

namespace metatensor_torch {

/// Data origin of all the arrays made by this library, registered once per
/// process under the name `metatensor_torch::TorchDataArray`.
METATENSOR_TORCH_EXPORT extern mts_data_origin_t TORCH_DATA_ORIGIN;

/// Device of torch corresponding to a DLPack device, with its index.
/// `kDLExtDev` stands for data-less ("meta") tensors.
///
/// @throws metatensor::Error if torch has no such device
METATENSOR_TORCH_EXPORT torch::Device dlpack_device_to_torch(DLDevice device);

/// Array of metatensor whose data is a `torch::Tensor`.
///
/// The tensor is kept by reference: changing its content changes the array.
/// Everything which makes new values (`copy`, `create` followed by
/// `move_data`, `reshape`, `swap_axes`) is recorded by autograd.
class METATENSOR_TORCH_EXPORT TorchDataArray : public metatensor::DataArrayBase {
public:
    /// Use `tensor` as data, without copying it
    explicit TorchDataArray(torch::Tensor tensor);

    TorchDataArray(const TorchDataArray&) = default;
    TorchDataArray& operator=(const TorchDataArray&) = default;
    TorchDataArray(TorchDataArray&&) noexcept = default;
    TorchDataArray& operator=(TorchDataArray&&) noexcept = default;
    ~TorchDataArray() override = default;

    /// The tensor itself, sharing data with this array
    torch::Tensor tensor() { return tensor_; }

    /// The tensor itself, sharing data with this array
    const torch::Tensor& tensor() const { return tensor_; }

    mts_data_origin_t origin() const override;

    /// Device of the data, `kDLExtDev:0` for tensors which hold no data
    ///
    /// @throws metatensor::Error if DLPack has no name for this device
    DLDevice device() const override;

    /// @throws metatensor::Error if metatensor can not use this dtype
    DLDataType dtype() const override;

    /// Data of this array as a DLPack tensor, sharing memory if `device` is
    /// where the data lives, as a copy otherwise. The result keeps the memory
    /// alive.
    ///
    /// @throws metatensor::Error if `max_version` is not of the same major
    ///     version, `stream` is not null for a CPU tensor, or there is no data
    DLManagedTensorVersioned* as_dlpack(DLDevice device, const int64_t* stream,
                                        DLPackVersion max_version) override;

    /// New array of the same origin around `dl_tensor`, which is consumed even
    /// when this throws.
    std::unique_ptr<metatensor::DataArrayBase>
    from_dlpack(DLManagedTensorVersioned* dl_tensor) const override;

    /// Copy of the data on `device`, differentiable
    std::unique_ptr<metatensor::DataArrayBase> copy(DLDevice device) const override;

    /// New array of the given `shape` with the device and dtype of this one
    ///
    /// @throws std::runtime_error if `fill_value` is not 0-dimensional, or of
    ///     another dtype than this array
    std::unique_ptr<metatensor::DataArrayBase>
    create(std::vector<uintptr_t> shape, metatensor::MtsArray fill_value) const override;

    const std::vector<uintptr_t>& shape() const& override;

    void reshape(const std::vector<uintptr_t>& shape) override;

    void swap_axes(uintptr_t axis_1, uintptr_t axis_2) override;

    /// Copy parts of `input` here, recorded by autograd. Does nothing for
    /// tensors without data.
    ///
    /// @throws metatensor::Error if `input` is not a `TorchDataArray`, or a
    ///     movement is out of bounds
    void move_data(const metatensor::DataArrayBase& input,
                   std::vector<mts_data_movement_t> moves) override;

private:
    /// Cached shape of the tensor, metatensor asks for a pointer to it
    std::vector<uintptr_t> shape_;
    torch::Tensor tensor_;
};

namespace details {

/// Function for metatensor to create arrays when loading data: zeros on CPU.
/// Fails for dtypes which torch does not have.
METATENSOR_TORCH_EXPORT mts_status_t create_torch_array(const uintptr_t* shape,
                                                        uintptr_t shape_count,
                                                        DLDataType dtype, mts_array_t* array);

} // namespace details

} // namespace metatensor_torch

#endif
