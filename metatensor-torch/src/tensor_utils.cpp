#include "tensor_utils.hpp"

#include <utility>

#include <ATen/FunctionalTensorWrapper.h>
#include <ATen/functorch/TensorWrapper.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace metatensor_torch::details {

bool is_plain(const torch::Tensor& tensor) {
    const auto keys = interception_keys().add(c10::DispatchKey::Functionalize);
    return !tensor.unsafeGetTensorImpl()->key_set().has_any(keys);
}

bool has_data(const torch::Tensor& tensor) {
    return !tensor.is_meta() && tensor.layout() == torch::kStrided && tensor.has_storage() &&
           is_plain(tensor);
}

torch::Tensor unwrap(torch::Tensor tensor) {
    while (true) {
        if (const auto* wrapper = at::functorch::maybeGetTensorWrapper(tensor)) {
            // keep the value alive while its owner is replaced
            auto value = wrapper->value();
            tensor = std::move(value);
        } else if (at::functionalization::impl::isFunctionalTensor(tensor)) {
            at::functionalization::impl::sync(tensor);
            tensor = at::functionalization::impl::from_functional_tensor(tensor);
        } else {
            return tensor;
        }
    }
}

uint32_t tensor_version(const torch::Tensor& tensor) {
    const auto& counter = tensor.unsafeGetTensorImpl()->version_counter();
    return counter.enabled() ? counter.current_version() : 0;
}

torch::Tensor host_to_device(const torch::Tensor& tensor, torch::Device device) {
    // CUDA and ROCm stage pageable memory before returning from the copy
    return tensor.to(device, /*non_blocking=*/device.is_cuda() || device.is_hip());
}

torch::Device with_index(torch::Device device) {
    if (device.has_index() || device.is_cpu() || device.is_meta()) {
        return torch::Device(device.type(),
                             device.is_cpu() || device.is_meta() ? -1 : device.index());
    }

    const auto type = static_cast<size_t>(device.type());
    if (c10::impl::device_guard_impl_registry[type].load() == nullptr) {
        // let the operation using this device explain that it does not exist
        return device;
    }
    return c10::impl::VirtualGuardImpl(device.type()).getDevice();
}

} // namespace metatensor_torch::details
