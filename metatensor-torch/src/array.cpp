#include "metatensor/torch/array.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include <c10/core/impl/VirtualGuardImpl.h>

#include "dlpack.hpp"
#include "tensor_utils.hpp"
#include "type_names.hpp"

using namespace metatensor_torch;

#if defined(__GLIBCXX__) && !defined(_GLIBCXX_DEBUG) && UINTPTR_MAX == UINT64_MAX
static_assert(sizeof(TorchDataArray) == 40, "the layout of TorchDataArray is fixed");
#endif

namespace {

mts_data_origin_t torch_data_origin() {
    static const mts_data_origin_t ORIGIN = []() {
        mts_data_origin_t origin = 0;
        metatensor::details::check_status(
            mts_register_data_origin("metatensor_torch::TorchDataArray", &origin));
        return origin;
    }();
    return ORIGIN;
}

std::vector<uintptr_t> unsigned_shape(const torch::Tensor& tensor) {
    const auto sizes = tensor.sizes();
    return std::vector<uintptr_t>(sizes.begin(), sizes.end());
}

std::vector<int64_t> signed_shape(const std::vector<uintptr_t>& shape) {
    return std::vector<int64_t>(shape.begin(), shape.end());
}

/// Wait for the work queued on the current stream, unless `stream` (see the
/// Python specification of DLPack) runs after it anyway. Torch has no way to
/// make a foreign stream wait without linking to the library of the device.
void synchronize_for(torch::Device device, int64_t stream) {
    constexpr int64_t NO_SYNCHRONIZATION = -1;
    constexpr int64_t LEGACY_DEFAULT_STREAM = 1;
    if (stream == NO_SYNCHRONIZATION) {
        return;
    }
    const auto guard = c10::impl::VirtualGuardImpl(device.type());
    const auto current = guard.getStream(device);
    const bool asks_default = stream == 0 || stream == LEGACY_DEFAULT_STREAM;
    if (asks_default && current == guard.getDefaultStream(device)) {
        return;
    }
    current.synchronize();
}

} // namespace

mts_data_origin_t metatensor_torch::TORCH_DATA_ORIGIN = torch_data_origin();

TorchDataArray::TorchDataArray(torch::Tensor tensor)
    : shape_(unsigned_shape(tensor)), tensor_(std::move(tensor)) {}

mts_data_origin_t TorchDataArray::origin() const {
    return torch_data_origin();
}

DLDevice TorchDataArray::device() const {
    if (tensor_.layout() != torch::kStrided) {
        return DLDevice{kDLExtDev, 0};
    }
    return details::device_to_dlpack(tensor_.device());
}

DLDataType TorchDataArray::dtype() const {
    return details::dtype_to_dlpack(tensor_.scalar_type());
}

DLManagedTensorVersioned* TorchDataArray::as_dlpack(DLDevice device, const int64_t* stream,
                                                    DLPackVersion max_version) {
    if (max_version.major != DLPACK_MAJOR_VERSION) {
        const auto to_string = [](uint32_t major, uint32_t minor) {
            return std::to_string(major) + "." + std::to_string(minor);
        };
        throw metatensor::Error("torch arrays can be exported to DLPack " +
                                to_string(DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION) +
                                ", which is not compatible "
                                "with the requested version " +
                                to_string(max_version.major, max_version.minor));
    }
    const auto version = DLPackVersion{
        DLPACK_MAJOR_VERSION, std::min<uint32_t>(DLPACK_MINOR_VERSION, max_version.minor)};

    if (device.device_type == kDLCPU && stream != nullptr) {
        throw metatensor::Error("the stream must be null when exporting an array to CPU");
    }

    auto tensor = details::unwrap(tensor_);
    if (device.device_type == kDLExtDev || !details::has_data(tensor)) {
        throw metatensor::Error(
            "can not export to DLPack a tensor without data (device '" +
            tensor.device().str() +
            "'; meta, fake, batched and sparse tensors have no data in memory)");
    }

    const details::PlainTensorScope plain;
    tensor = tensor.detach().resolve_conj().resolve_neg();
    const auto resident = details::device_to_dlpack(tensor.device());
    if (resident.device_type != device.device_type || resident.device_id != device.device_id) {
        tensor = tensor.to(dlpack_device_to_torch(device));
    }
    if (stream != nullptr) {
        synchronize_for(tensor.device(), *stream);
    }

    return details::tensor_to_dlpack(tensor, version).release();
}

std::unique_ptr<metatensor::DataArrayBase>
TorchDataArray::from_dlpack(DLManagedTensorVersioned* dl_tensor) const {
    auto owned = metatensor::details::UniqueDLPack(dl_tensor);
    if (owned == nullptr) {
        throw metatensor::Error("can not create an array from a null DLPack tensor");
    }
    if (owned->version.major != DLPACK_MAJOR_VERSION) {
        throw metatensor::Error("can not import DLPack version " +
                                std::to_string(owned->version.major) + "." +
                                std::to_string(owned->version.minor) + ", only version " +
                                std::to_string(DLPACK_MAJOR_VERSION) + " is supported");
    }
    return std::make_unique<TorchDataArray>(details::tensor_from_dlpack(std::move(owned)));
}

std::unique_ptr<metatensor::DataArrayBase> TorchDataArray::copy(DLDevice device) const {
    auto copied = tensor_.to(tensor_.options().device(dlpack_device_to_torch(device)),
                             /*non_blocking=*/false,
                             /*copy=*/true);
    return std::make_unique<TorchDataArray>(std::move(copied));
}

std::unique_ptr<metatensor::DataArrayBase>
TorchDataArray::create(std::vector<uintptr_t> shape, metatensor::MtsArray fill_value) const {
    if (!fill_value.shape().empty()) {
        throw std::runtime_error("the fill value must be a scalar, got an array with " +
                                 std::to_string(fill_value.shape().size()) + " dimensions");
    }
    const auto fill_dtype = details::dtype_from_dlpack(fill_value.dtype());
    if (fill_dtype != tensor_.scalar_type()) {
        throw std::runtime_error("the fill value must have the dtype of the array: expected " +
                                 details::dtype_name(tensor_.scalar_type()) + ", got " +
                                 details::dtype_name(fill_dtype));
    }

    const auto scalar = [&]() {
        const auto cpu = DLDevice{kDLCPU, 0};
        const auto version = DLPackVersion{DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION};
        auto dl_tensor =
            metatensor::details::UniqueDLPack(fill_value.as_dlpack(cpu, nullptr, version));
        const details::PlainTensorScope plain;
        return details::tensor_from_dlpack(std::move(dl_tensor)).item();
    }();
    // not in a plain scope, and from our tensor: inside functorch transforms, the
    // new values must be able to hold what these transforms put in ours
    auto created = tensor_.new_full(signed_shape(shape), scalar);
    return std::make_unique<TorchDataArray>(std::move(created));
}

const std::vector<uintptr_t>& TorchDataArray::shape() const& {
    return shape_;
}

void TorchDataArray::reshape(const std::vector<uintptr_t>& shape) {
    tensor_ = tensor_.reshape(signed_shape(shape));
    shape_ = unsigned_shape(tensor_);
}

void TorchDataArray::swap_axes(uintptr_t axis_1, uintptr_t axis_2) {
    tensor_ = tensor_.transpose(static_cast<int64_t>(axis_1), static_cast<int64_t>(axis_2));
    shape_ = unsigned_shape(tensor_);
}
