#include "staging.hpp"

#include <cstdint>
#include <cstring>
#include <utility>

#include "tensor_utils.hpp"

using metatensor_torch::details::StagedTransfer;

/// Alignment inside of the buffer, enough for vectorized kernels
static constexpr size_t ALIGNMENT = 16;

static size_t aligned(size_t size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static StagedTransfer*& current_transfer() {
    thread_local StagedTransfer* current = nullptr;
    return current;
}

StagedTransfer::StagedTransfer(torch::Device device)
    : device_(with_index(device)), previous_(std::exchange(current_transfer(), this)) {}

StagedTransfer::~StagedTransfer() {
    current_transfer() = previous_;
}

StagedTransfer* StagedTransfer::current(torch::Device device) {
    auto* current = current_transfer();
    if (current == nullptr || device.is_cpu() || current->device_ != with_index(device)) {
        return nullptr;
    }
    return current;
}

torch::Tensor StagedTransfer::add(const torch::Tensor& host) {
    if (device_.is_cpu()) {
        return host;
    }
    const PlainTensorScope plain;
    // without memory until the size of all tensors is known
    auto moved = torch::empty({0}, host.options().device(device_));
    moved.unsafeGetTensorImpl()->set_sizes_contiguous(host.sizes());
    pending_.push_back({host, moved});
    return moved;
}

void StagedTransfer::run() {
    moves_.prepare([&](const torch::Tensor& host) { return this->add(host); });
    this->copy();
    moves_.run();
}

void StagedTransfer::copy() {
    if (pending_.empty()) {
        return;
    }
    size_t total = 0;
    for (const auto& one : pending_) {
        total += aligned(one.host.nbytes());
    }
    const PlainTensorScope plain;
    const auto options =
        torch::TensorOptions().dtype(torch::kUInt8).pinned_memory(device_.is_cuda());
    const auto staging = torch::empty({static_cast<int64_t>(total)}, options);
    auto* bytes = static_cast<uint8_t*>(staging.mutable_data_ptr());
    for (const auto& one : pending_) {
        if (one.host.nbytes() != 0) {
            std::memcpy(bytes, one.host.const_data_ptr(), one.host.nbytes());
        }
        bytes += aligned(one.host.nbytes());
    }
    // the allocator of pinned memory waits for the copy before using it again
    const auto buffer = staging.to(device_, torch::kUInt8, /*non_blocking=*/device_.is_cuda());
    size_t offset = 0;
    for (const auto& one : pending_) {
        auto* tensor = one.moved.unsafeGetTensorImpl();
        tensor->set_storage_keep_dtype(buffer.storage());
        tensor->set_storage_offset(static_cast<int64_t>(offset / one.host.element_size()));
        offset += aligned(one.host.nbytes());
    }
    pending_.clear();
}
