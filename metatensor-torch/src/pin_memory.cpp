#include <algorithm>
#include <string>
#include <vector>

#include "block_parts.hpp"
#include "metatensor/torch/tensor.hpp"
#include "packing.hpp"
#include "tensor_utils.hpp"
#include "transfer.hpp"

using namespace metatensor_torch;
using metatensor_torch::details::BlockParts;

[[noreturn]] static void throw_not_on_cpu(const std::string& what, torch::Device device) {
    C10_THROW_ERROR(Error, "can not pin the memory of this " + what + ": it is on device '" +
                               device.str() + "', only what is on CPU can be pinned");
}

static void check_device(const std::string& what, torch::Device device) {
    if (!device.is_cpu()) {
        throw_not_on_cpu(what, device);
    }
}

static bool labels_are_pinned(const metatensor::Labels& labels) {
    return details::is_pinned(LabelsHolder(labels).values());
}

static bool block_is_pinned(const BlockParts& block) {
    return details::is_pinned(block.values) && labels_are_pinned(block.samples) &&
           labels_are_pinned(block.properties) &&
           std::all_of(block.components.begin(), block.components.end(), labels_are_pinned) &&
           std::all_of(block.gradients.begin(), block.gradients.end(),
                       [](const auto& gradient) { return block_is_pinned(gradient.second); });
}

bool LabelsHolder::is_pinned() const {
    return details::is_pinned(values_);
}

Labels LabelsHolder::pin_memory(Labels self) {
    check_device("Labels", self->device());
    if (self->is_pinned()) {
        return self;
    }
    const auto& labels = self->as_metatensor();
    auto transfer = details::Transfer(torch::nullopt, self->device(), false);
    transfer.add(labels);
    transfer.pin();
    return from_metatensor(transfer.moved(labels));
}

bool TensorBlockHolder::is_pinned() const {
    return block_is_pinned(details::block_parts(block_));
}

TensorBlock TensorBlockHolder::pin_memory(TensorBlock self) {
    check_device("TensorBlock", self->device());
    auto parts = details::block_parts(self->block_);
    if (block_is_pinned(parts)) {
        return self;
    }
    auto transfer = details::Transfer(torch::nullopt, self->device(), false);
    transfer.add(parts);
    transfer.pin();
    return from_metatensor(details::build_block(parts));
}

bool TensorMapHolder::is_pinned() const {
    const auto blocks = details::all_block_parts(tensor_);
    return labels_are_pinned(tensor_.keys()) &&
           std::all_of(blocks.begin(), blocks.end(), block_is_pinned);
}

TensorMap TensorMapHolder::pin_memory(TensorMap self) {
    check_device("TensorMap", self->device());
    if (self->is_pinned()) {
        return self;
    }
    const auto keys = self->tensor_.keys();
    auto blocks = details::all_block_parts(self->tensor_);
    auto transfer = details::Transfer(torch::nullopt, self->device(), false);
    transfer.add(keys);
    for (auto& block : blocks) {
        transfer.add(block);
    }
    transfer.pin();
    return from_metatensor(details::build_tensor(self->tensor_, transfer.moved(keys), blocks));
}
