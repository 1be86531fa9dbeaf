#ifndef METATENSOR_TORCH_TENSOR_UTILS_HPP
#define METATENSOR_TORCH_TENSOR_UTILS_HPP

#include <cstdint>

#include <torch/script.h>
#include <torch/version.h>

namespace metatensor_torch::details {

/// Keys of the dispatcher through which tracing tools see, and replace, what
/// operators return: functorch transforms, `__torch_dispatch__` modes (fake
/// tensors, proxies).
inline c10::DispatchKeySet interception_keys() {
    auto keys = c10::DispatchKeySet({
        c10::DispatchKey::Python,
        c10::DispatchKey::PythonTLSSnapshot,
        c10::DispatchKey::FuncTorchDynamicLayerBackMode,
        c10::DispatchKey::FuncTorchDynamicLayerFrontMode,
        c10::DispatchKey::FuncTorchBatched,
        c10::DispatchKey::FuncTorchVmapMode,
        c10::DispatchKey::FuncTorchGradWrapper,
        c10::DispatchKey::PreDispatch,
    });
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 15)
    keys = keys.add(c10::DispatchKey::Fake);
#endif
    return keys;
}

/// While this is alive, new tensors are plain tensors, even inside functorch
/// transforms or fake tensor modes. Used for the values of labels, which are
/// constants for all of these.
class PlainTensorScope {
public:
    PlainTensorScope() : guard_(interception_keys()) {}

    PlainTensorScope(const PlainTensorScope&) = delete;
    PlainTensorScope& operator=(const PlainTensorScope&) = delete;

private:
    c10::impl::ExcludeDispatchKeyGuard guard_;
};

/// Does `tensor` have values in memory? False for meta and fake tensors, sparse
/// tensors, and the wrappers of functorch.
bool has_data(const torch::Tensor& tensor);

/// Can code run on `tensor` inside a `PlainTensorScope`? False for tensor
/// subclasses and wrappers, which only work through their own dispatch.
bool is_plain(const torch::Tensor& tensor);

/// The tensor inside the wrappers made by the differentiating and functionalizing
/// transforms of functorch (grad, jvp, functionalize, …), or `tensor` itself.
torch::Tensor unwrap(torch::Tensor tensor);

/// Number of in-place modifications of `tensor`, 0 if they are not counted
uint32_t tensor_version(const torch::Tensor& tensor);

/// Copy of a CPU tensor on `device`, the tensor itself if this is the CPU. Where
/// this is safe for memory which is not pinned, the device is not waited for.
torch::Tensor host_to_device(const torch::Tensor& tensor, torch::Device device);

/// Same device, giving the index of the current device to devices without index
torch::Device with_index(torch::Device device);

} // namespace metatensor_torch::details

#endif
