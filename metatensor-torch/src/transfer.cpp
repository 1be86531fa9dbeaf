#include "transfer.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "metatensor/torch/labels.hpp"
#include "packing.hpp"

using namespace metatensor_torch;
using metatensor_torch::details::BlockParts;
using metatensor_torch::details::Transfer;

Transfer::Transfer(
    std::optional<torch::Dtype> dtype,
    std::optional<torch::Device> device,
    bool non_blocking
) :
    dtype_(dtype), device_(device), non_blocking_(non_blocking) {}

void Transfer::add(const metatensor::Labels& labels) {
    // without a new device labels are shared, there is no need to list them
    if (device_.has_value()) {
        auto [_, is_new] = positions_.emplace(labels.as_mts_labels_t(), labels_.size());
        if (is_new) {
            labels_.push_back(labels);
        }
    }
}

void Transfer::add(BlockParts& block) {
    values_.push_back(&block.values);
    this->add(block.samples);
    for (const auto& component : block.components) {
        this->add(component);
    }
    this->add(block.properties);

    for (auto& [_, gradient] : block.gradients) {
        this->add(gradient);
    }
    blocks_.push_back(&block);
}

void Transfer::run() {
    this->run_labels();
    this->run_values();
    for (auto* block : blocks_) {
        this->replace_labels(*block);
    }
}

const metatensor::Labels& Transfer::moved(const metatensor::Labels& labels) const {
    auto it = positions_.find(labels.as_mts_labels_t());
    return it == positions_.end() ? labels : labels_[it->second];
}

void Transfer::run_labels() {
    for (auto& labels : labels_) {
        auto holder = LabelsHolder(labels);
        labels = holder.to(device_.value(), non_blocking_)->as_metatensor();
    }
}

void Transfer::run_values() {
    if (device_.has_value()) {
        pack_and_move(values_, device_.value(), non_blocking_);
    }

    for (auto* values : values_) {
        // the same tensor comes back if device and dtype are the right ones
        *values = values->to(
            device_.value_or(values->device()),
            dtype_.value_or(values->scalar_type()),
            non_blocking_,
            /*copy=*/false,
            torch::MemoryFormat::Preserve
        );
    }
}

void Transfer::replace_labels(BlockParts& block) const {
    block.samples = this->moved(block.samples);
    for (auto& component : block.components) {
        component = this->moved(component);
    }
    block.properties = this->moved(block.properties);
}
