#include "packing.hpp"

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
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

/// Size in bytes of a buffer for these tensors
static size_t total_size(const std::vector<torch::Tensor>& tensors) {
    size_t total = 0;
    for (const auto& tensor : tensors) {
        total += aligned(tensor.nbytes());
    }
    return total;
}

/// Is somebody tracing us, who wants to see one operation for each tensor?
static bool is_intercepted() {
    const auto active_keys = c10::impl::tls_local_dispatch_key_set().included_;
    return active_keys.has_any(details::interception_keys());
}

bool details::is_packable(const torch::Tensor& tensor) {
    return tensor.defined() && tensor.layout() == torch::kStrided && tensor.has_storage() &&
           !tensor.is_meta() && !tensor.key_set().has(c10::DispatchKey::Python) &&
           !tensor.requires_grad() && tensor.is_contiguous() && !tensor.is_conj() &&
           !tensor.is_neg() && tensor.nbytes() <= MAX_PACKED_BYTES;
}

/// Copy the bytes of all `tensors` in a single CPU tensor
static torch::Tensor gather_on_host(const std::vector<torch::Tensor>& tensors, size_t total,
                                    bool pinned) {
    auto options = torch::TensorOptions().dtype(torch::kUInt8).pinned_memory(pinned);
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

/// Tensors like `tensors`, containing the bytes of a buffer which was gathered from them
static std::vector<torch::Tensor> unpack(const torch::Tensor& buffer,
                                         const std::vector<torch::Tensor>& tensors) {
    auto results = std::vector<torch::Tensor>();
    results.reserve(tensors.size());
    const auto start = buffer.storage_offset();
    size_t offset = 0;
    for (const auto& tensor : tensors) {
        auto options = tensor.options().device(buffer.device()).requires_grad(false);
        // unlike views, these tensors do not share a version counter: changing
        // one in place must not invalidate the others for autograd
        auto result = torch::empty({0}, options.pinned_memory(false));
        result.set_(buffer.storage(),
                    static_cast<int64_t>((static_cast<size_t>(start) + offset) /
                                         tensor.element_size()),
                    tensor.sizes(), tensor.strides());
        offset += aligned(tensor.nbytes());
        results.push_back(std::move(result));
    }
    return results;
}

/// The part of pinned memory with all tensors, if these were put there by `pin_all` in the
/// same order. There is nothing to gather then.
static std::optional<torch::Tensor> already_gathered(const std::vector<torch::Tensor>& tensors,
                                                     size_t total) {
    const auto& first = tensors.front();
    auto offset = static_cast<size_t>(first.storage_offset()) * first.element_size();
    const auto start = offset;
    for (const auto& tensor : tensors) {
        if (!tensor.storage().is_alias_of(first.storage()) ||
            static_cast<size_t>(tensor.storage_offset()) * tensor.element_size() != offset) {
            return std::nullopt;
        }
        offset += aligned(tensor.nbytes());
    }
    if (offset > first.storage().nbytes() || !first.is_pinned()) {
        return std::nullopt;
    }
    auto buffer = torch::empty({0}, torch::TensorOptions().dtype(torch::kUInt8));
    buffer.set_(first.storage(), static_cast<int64_t>(start), {static_cast<int64_t>(total)},
                {1});
    return buffer;
}

std::vector<torch::Tensor> details::packed_copy(const std::vector<torch::Tensor>& tensors,
                                                torch::Device device, bool non_blocking) {
    if (tensors.empty()) {
        return {};
    }

    const auto total = total_size(tensors);
    auto buffer = torch::Tensor();
    if (tensors.front().is_cpu()) {
        if (auto gathered = already_gathered(tensors, total)) {
            buffer = std::move(*gathered);
        } else {
            buffer = gather_on_host(tensors, total, device.is_cuda());
            // nobody else can write in a pinned staging buffer, and the allocator
            // waits for the copy before using this memory again
            non_blocking = non_blocking || buffer.is_pinned();
        }
    } else {
        buffer = gather_on_device(tensors);
    }
    buffer = buffer.to(device, buffer.scalar_type(), non_blocking);

    return unpack(buffer, tensors);
}

void details::pack_and_move(const std::vector<torch::Tensor*>& tensors, torch::Device device,
                            bool non_blocking) {
    // there is nothing to copy without data
    if (device.is_meta() || is_intercepted()) {
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

bool details::is_pinned(const torch::Tensor& tensor) {
    return tensor.is_cpu() && (tensor.numel() == 0 || tensor.is_pinned());
}

void details::pin_all(const std::vector<torch::Tensor*>& tensors) {
    auto packed = std::vector<torch::Tensor*>();
    for (auto* tensor : tensors) {
        if (is_pinned(*tensor)) {
            continue;
        }
        if (is_packable(*tensor) && !is_intercepted()) {
            packed.push_back(tensor);
        } else {
            *tensor = tensor->pin_memory();
        }
    }
    if (packed.size() == 1) {
        *packed[0] = packed[0]->pin_memory();
    } else if (!packed.empty()) {
        auto originals = std::vector<torch::Tensor>();
        originals.reserve(packed.size());
        for (const auto* tensor : packed) {
            originals.push_back(*tensor);
        }
        const auto buffer = gather_on_host(originals, total_size(originals), /*pinned=*/true);
        auto pinned = unpack(buffer, originals);
        for (size_t i = 0; i < packed.size(); i++) {
            *packed[i] = std::move(pinned[i]);
        }
    }
}
