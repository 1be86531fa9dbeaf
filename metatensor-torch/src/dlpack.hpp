#ifndef METATENSOR_TORCH_DLPACK_HPP
#define METATENSOR_TORCH_DLPACK_HPP

#include <torch/script.h>

#include <metatensor.hpp>

// DLPack import and export, written here so that the same code serves all
// versions of torch (only some of them have versioned exchange), keeps device
// indexes, and never goes through the dispatcher.
namespace metatensor_torch::details {

/// @throws metatensor::Error if metatensor can not use this dtype
DLDataType dtype_to_dlpack(torch::ScalarType dtype);
/// @throws metatensor::Error if torch has no such dtype
torch::ScalarType dtype_from_dlpack(DLDataType dtype);

/// @throws metatensor::Error if DLPack has no name for this device
DLDevice device_to_dlpack(torch::Device device);

/// View of a `tensor` with data, on its own device. The result keeps the
/// storage alive.
metatensor::details::UniqueDLPack tensor_to_dlpack(const torch::Tensor& tensor,
                                                   DLPackVersion version);

/// Tensor sharing the memory of `dl_tensor`, without any version check
torch::Tensor tensor_from_dlpack(metatensor::details::UniqueDLPack dl_tensor);

} // namespace metatensor_torch::details

#endif
