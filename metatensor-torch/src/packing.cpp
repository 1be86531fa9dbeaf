#include "packing.hpp"

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "tensor_utils.hpp"

using namespace metatensor_torch;

/// Alignment of tensors inside the buffer, enough for all dtypes and for
/// vectorized kernels
static constexpr size_t ALIGNMENT = 16;

/// With fewer tensors than this, one transfer per tensor is as fast
static constexpr size_t MIN_PACKED_TENSORS = 4;

static size_t aligned(size_t size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

bool details::is_packable(const torch::Tensor& tensor) {
    return tensor.defined() && tensor.layout() == torch::kStrided && tensor.has_storage() &&
           !tensor.is_meta() && !tensor.key_set().has(c10::DispatchKey::Python) &&
           !tensor.requires_grad() && tensor.is_contiguous() && !tensor.is_conj() &&
           !tensor.is_neg() && tensor.nbytes() <= MAX_PACKED_BYTES;
}

/// Copy the bytes of all `tensors` in a single CPU tensor, in pinned memory if
/// this makes the transfer to `device` asynchronous.
static torch::Tensor gather_on_host(const std::vector<torch::Tensor>& tensors, size_t total,
                                    torch::Device device) {
    auto options = torch::TensorOptions().dtype(torch::kUInt8).pinned_memory(device.is_cuda());
    auto buffer = torch::empty({static_cast<int64_t>(total)}, options);

    auto* destination = static_cast<uint8_t*>(buffer.mutable_data_ptr());
    for (const auto& tensor : tensors) {
        auto size = tensor.nbytes();
        if (size != 0) {
            std::memcpy(destination, tensor.const_data_ptr(), size);
        }
        destination += aligned(size);
    }
    return buffer;
}

/// Copy the bytes of all `tensors` in a single tensor on their device
static torch::Tensor gather_on_device(const std::vector<torch::Tensor>& tensors) {
    auto options = tensors.front().options().dtype(torch::kUInt8);
    auto padding = torch::zeros({static_cast<int64_t>(ALIGNMENT)}, options);

    auto pieces = std::vector<torch::Tensor>();
    pieces.reserve(2 * tensors.size());
    for (const auto& tensor : tensors) {
        auto size = tensor.nbytes();
        pieces.push_back(tensor.detach().reshape({-1}).view(torch::kUInt8));
        if (aligned(size) != size) {
            pieces.push_back(padding.narrow(0, 0, static_cast<int64_t>(aligned(size) - size)));
        }
    }
    return torch::cat(pieces);
}

std::vector<torch::Tensor> details::packed_copy(const std::vector<torch::Tensor>& tensors,
                                                torch::Device device, bool non_blocking) {
    if (tensors.empty()) {
        return {};
    }

    size_t total = 0;
    for (const auto& tensor : tensors) {
        total += aligned(tensor.nbytes());
    }

    auto buffer = torch::Tensor();
    if (tensors.front().is_cpu()) {
        buffer = gather_on_host(tensors, total, device);
        // nobody else can write in a pinned staging buffer, and the allocator
        // waits for the copy before using this memory again
        non_blocking = non_blocking || buffer.is_pinned();
    } else {
        buffer = gather_on_device(tensors);
    }
    buffer = buffer.to(device, buffer.scalar_type(), non_blocking);

    auto results = std::vector<torch::Tensor>();
    results.reserve(tensors.size());
    size_t offset = 0;
    for (const auto& tensor : tensors) {
        auto options = tensor.options().device(device).requires_grad(false);
        // unlike views, these tensors do not share a version counter: changing
        // one in place must not invalidate the others for autograd
        auto result = torch::empty({0}, options);
        result.set_(buffer.storage(), static_cast<int64_t>(offset / tensor.element_size()),
                    tensor.sizes(), tensor.strides());
        offset += aligned(tensor.nbytes());
        results.push_back(std::move(result));
    }
    return results;
}

void details::pack_and_move(const std::vector<torch::Tensor*>& tensors, torch::Device device,
                            bool non_blocking) {
    // there is nothing to copy without data, and whoever is tracing us wants to
    // see one operation for each tensor
    const auto active_keys = c10::impl::tls_local_dispatch_key_set().included_;
    if (device.is_meta() || active_keys.has_any(interception_keys())) {
        return;
    }

    auto by_device = std::map<std::string, std::vector<torch::Tensor*>>();
    for (auto* tensor : tensors) {
        auto crosses = tensor->is_cpu() != device.is_cpu();
        if (crosses && is_packable(*tensor)) {
            by_device[tensor->device().str()].push_back(tensor);
        }
    }

    for (auto& [_, group] : by_device) {
        if (group.size() < MIN_PACKED_TENSORS) {
            continue;
        }

        auto originals = std::vector<torch::Tensor>();
        originals.reserve(group.size());
        for (const auto* tensor : group) {
            originals.push_back(*tensor);
        }

        auto copies = packed_copy(originals, device, non_blocking);
        for (size_t i = 0; i < group.size(); i++) {
            *group[i] = std::move(copies[i]);
        }
    }
}
