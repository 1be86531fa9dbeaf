#include "dlpack.hpp"

#include <string>
#include <utility>
#include <vector>

#include "metatensor/torch/array.hpp"
#include "type_names.hpp"

namespace metatensor_torch {

torch::Device dlpack_device_to_torch(DLDevice device) {
    const auto index = static_cast<c10::DeviceIndex>(device.device_id);
    switch (device.device_type) {
    case kDLCPU:
    case kDLCUDAHost:
    case kDLROCMHost:
        return torch::Device(torch::kCPU);
    case kDLCUDA:
        return torch::Device(torch::kCUDA, index);
    case kDLROCM:
        // torch built for ROCm calls its devices "cuda"
        return torch::Device(torch::kCUDA, index);
    case kDLMetal:
        return torch::Device(torch::kMPS, index);
    case kDLOneAPI:
        return torch::Device(torch::kXPU, index);
    case kDLTrn:
        return torch::Device(torch::kXLA, index);
    case kDLVulkan:
        return torch::Device(torch::kVulkan, index);
    case kDLExtDev:
        return torch::Device(torch::kMeta);
    default:
        throw metatensor::Error("torch has no device for the DLPack device '" +
                                metatensor::details::device_name(device) + "'");
    }
}

} // namespace metatensor_torch

namespace metatensor_torch::details {

using metatensor::details::UniqueDLPack;

DLDataType dtype_to_dlpack(torch::ScalarType dtype) {
    const auto make = [dtype](DLDataTypeCode code) {
        return DLDataType{static_cast<uint8_t>(code),
                          static_cast<uint8_t>(8 * c10::elementSize(dtype)), 1};
    };
    switch (dtype) {
    case torch::kFloat16:
    case torch::kFloat32:
    case torch::kFloat64:
        return make(kDLFloat);
    case torch::kBFloat16:
        return make(kDLBfloat);
    case torch::kInt8:
    case torch::kInt16:
    case torch::kInt32:
    case torch::kInt64:
        return make(kDLInt);
    case torch::kUInt8:
        return make(kDLUInt);
    case torch::kBool:
        return make(kDLBool);
    case torch::kComplexHalf:
    case torch::kComplexFloat:
    case torch::kComplexDouble:
        return make(kDLComplex);
    default:
        throw metatensor::Error("metatensor can not use arrays with dtype " +
                                dtype_name(dtype));
    }
}

torch::ScalarType dtype_from_dlpack(DLDataType dtype) {
    static constexpr torch::ScalarType ALL[] = {
        torch::kFloat64,       torch::kFloat32,  torch::kInt64,       torch::kInt32,
        torch::kFloat16,       torch::kBFloat16, torch::kInt8,        torch::kInt16,
        torch::kUInt8,         torch::kBool,     torch::kComplexHalf, torch::kComplexFloat,
        torch::kComplexDouble,
    };
    for (const auto candidate : ALL) {
        const auto other = dtype_to_dlpack(candidate);
        if (other.code == dtype.code && other.bits == dtype.bits &&
            other.lanes == dtype.lanes) {
            return candidate;
        }
    }
    throw metatensor::Error("torch has no dtype for DLPack dtype with code " +
                            std::to_string(dtype.code) + ", " + std::to_string(dtype.bits) +
                            " bits and " + std::to_string(dtype.lanes) + " lanes");
}

DLDevice device_to_dlpack(torch::Device device) {
    const auto make = [device](DLDeviceType type) {
        return DLDevice{type, device.has_index() ? static_cast<int32_t>(device.index()) : 0};
    };
    switch (device.type()) {
    case torch::kCPU:
        return DLDevice{kDLCPU, 0};
    case torch::kMeta:
        return DLDevice{kDLExtDev, 0};
    case torch::kCUDA:
#if defined(USE_ROCM)
        return make(kDLROCM);
#else
        return make(kDLCUDA);
#endif
    case torch::kHIP:
        return make(kDLROCM);
    case torch::kMPS:
        return make(kDLMetal);
    case torch::kXPU:
        return make(kDLOneAPI);
    case torch::kXLA:
        return make(kDLTrn);
    case torch::kVulkan:
        return make(kDLVulkan);
    default:
        throw metatensor::Error("metatensor can not use arrays on the device '" +
                                device.str() + "'");
    }
}

namespace {

/// What an exported tensor owns
struct ExportedTensor {
    torch::Tensor tensor;
    std::vector<int64_t> shape;
    std::vector<int64_t> strides;
    DLManagedTensorVersioned managed = {};
};

} // namespace

UniqueDLPack tensor_to_dlpack(const torch::Tensor& tensor, DLPackVersion version) {
    auto exported = std::make_unique<ExportedTensor>();
    exported->tensor = tensor;
    exported->shape = tensor.sizes().vec();
    exported->strides = tensor.strides().vec();
    // axes with a single element can have any stride, not all readers know it
    for (size_t axis = 0; axis < exported->shape.size(); axis++) {
        if (exported->shape[axis] < 2) {
            exported->strides[axis] = 1;
        }
    }

    auto& managed = exported->managed;
    managed.version = version;
    managed.flags = 0;
    managed.dl_tensor.data = tensor.numel() == 0 ? nullptr : tensor.data_ptr();
    managed.dl_tensor.device = device_to_dlpack(tensor.device());
    managed.dl_tensor.ndim = static_cast<int32_t>(tensor.dim());
    managed.dl_tensor.dtype = dtype_to_dlpack(tensor.scalar_type());
    managed.dl_tensor.shape = exported->shape.data();
    managed.dl_tensor.strides = exported->strides.data();
    managed.dl_tensor.byte_offset = 0;
    managed.manager_ctx = exported.get();
    managed.deleter = [](DLManagedTensorVersioned* self) {
        delete static_cast<ExportedTensor*>(self->manager_ctx);
    };

    return UniqueDLPack(&exported.release()->managed);
}

torch::Tensor tensor_from_dlpack(UniqueDLPack dl_tensor) {
    const auto& source = dl_tensor->dl_tensor;
    const auto device = dlpack_device_to_torch(source.device);
    const auto options =
        torch::TensorOptions().dtype(dtype_from_dlpack(source.dtype)).device(device);
    const auto shape = at::IntArrayRef(source.shape, static_cast<size_t>(source.ndim));

    auto* data = source.data == nullptr ? nullptr
                                        : static_cast<char*>(source.data) + source.byte_offset;
    auto maker = at::for_blob(data, shape);
    maker.options(options).target_device(device);
    if (source.strides != nullptr) {
        maker.strides(at::IntArrayRef(source.strides, static_cast<size_t>(source.ndim)));
    }

    maker.context(dl_tensor.get(), [](void* context) {
        metatensor::details::DLPackDeleter()(static_cast<DLManagedTensorVersioned*>(context));
    });
    // the context owns the DLPack tensor from here, also if this throws
    // NOLINTNEXTLINE(bugprone-unused-return-value)
    static_cast<void>(dl_tensor.release());
    return maker.make_tensor();
}

} // namespace metatensor_torch::details
