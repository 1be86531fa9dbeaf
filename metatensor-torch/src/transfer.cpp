#include "transfer.hpp"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "labels_array.hpp"
#include "metatensor/torch/labels.hpp"
#include "packing.hpp"
#include "tensor_utils.hpp"

using namespace metatensor_torch;
using metatensor_torch::details::BlockParts;
using metatensor_torch::details::Transfer;

Transfer::Transfer(std::optional<torch::Dtype> dtype, std::optional<torch::Device> device,
                   bool non_blocking)
    : dtype_(dtype), device_(device), non_blocking_(non_blocking) {}

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

void Transfer::pin() {
    auto values = std::vector<torch::Tensor>();
    values.reserve(labels_.size());
    auto tensors = std::vector<torch::Tensor*>();
    for (const auto& labels : labels_) {
        values.push_back(LabelsHolder(labels).values());
        tensors.push_back(&values.back());
    }
    const auto originals = values;
    tensors.insert(tensors.end(), values_.begin(), values_.end());
    details::pin_all(tensors);

    const details::PlainTensorScope plain;
    for (size_t i = 0; i < labels_.size(); i++) {
        if (!values[i].is_same(originals[i])) {
            labels_[i] =
                details::make_labels(LabelsHolder(labels_[i]).names(), std::move(values[i]),
                                     details::Uniqueness::Assume);
        }
    }
    for (auto* block : blocks_) {
        this->replace_labels(*block);
    }
}

const metatensor::Labels& Transfer::moved(const metatensor::Labels& labels) const {
    auto it = positions_.find(labels.as_mts_labels_t());
    return it == positions_.end() ? labels : labels_[it->second];
}

/// Can moving these labels be done together with others? This is the case if
/// their values are known on the host, and not on the new device.
static bool can_pack_labels(const LabelsHolder& labels, torch::Device device) {
    // labels without dimensions are always on CPU
    if (device.is_cpu() || device.is_meta() || labels.device() == device ||
        labels.size() == 0) {
        return false;
    }
    auto host = details::known_host_values(labels);
    if (!host.has_value() || !details::is_packable(*host)) {
        return false;
    }
    auto* array = details::find_labels_array(labels);
    return array == nullptr || !array->mirrors()->on_device(device).has_value();
}

void Transfer::run_labels() {
    if (!device_.has_value()) {
        return;
    }
    auto device = details::with_index(*device_);

    auto packed = std::vector<size_t>();
    auto host_values = std::vector<torch::Tensor>();
    for (size_t i = 0; i < labels_.size(); i++) {
        auto holder = LabelsHolder(labels_[i]);
        if (can_pack_labels(holder, device)) {
            packed.push_back(i);
            host_values.push_back(*details::known_host_values(holder));
        } else {
            labels_[i] = holder.to(device, non_blocking_)->as_metatensor();
        }
    }

    // labels are constants for everything which is tracing or differentiating us
    const details::PlainTensorScope plain;
    auto new_values = details::packed_copy(host_values, device, non_blocking_);
    for (size_t i = 0; i < packed.size(); i++) {
        auto& labels = labels_[packed[i]];
        auto* array = details::LabelsArray::find(labels);
        auto mirrors =
            array == nullptr ? std::make_shared<details::LabelsMirrors>() : array->mirrors();
        // when coming back to the host, there will be nothing to transfer
        mirrors->add_host(host_values[i]);
        labels = details::make_labels(LabelsHolder(labels).names(), std::move(new_values[i]),
                                      details::Uniqueness::Assume, std::move(mirrors));
    }
}

void Transfer::run_values() {
    if (device_.has_value()) {
        pack_and_move(values_, device_.value(), non_blocking_);
    }

    for (auto* values : values_) {
        // the same tensor comes back if device and dtype are the right ones
        *values = values->to(device_.value_or(values->device()),
                             dtype_.value_or(values->scalar_type()), non_blocking_,
                             /*copy=*/false, torch::MemoryFormat::Preserve);
    }
}

void Transfer::replace_labels(BlockParts& block) const {
    block.samples = this->moved(block.samples);
    for (auto& component : block.components) {
        component = this->moved(component);
    }
    block.properties = this->moved(block.properties);
}
