#include "host_labels.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "../labels_array.hpp"
#include "../tensor_utils.hpp"
#include "../transfer.hpp"

using namespace metatensor_torch;

bool maps::all_known_on_host(const std::vector<Labels>& labels) {
    return std::all_of(labels.begin(), labels.end(), [](const Labels& one) {
        return details::known_host_values(*one).has_value();
    });
}

maps::HostLabels::HostLabels(const std::vector<Labels>& labels) {
    host_.reserve(labels.size());
    for (const auto& one : labels) {
        if (one->device().is_cpu()) {
            host_.push_back(one);
        } else {
            device_ = one->device();
            host_.push_back(torch::make_intrusive<LabelsHolder>(
                one->names(), details::host_values(*one), metatensor::assume_unique{}));
        }
    }
}

std::vector<Labels> maps::HostLabels::move_back(const std::vector<Labels>& labels) const {
    if (device_.is_cpu()) {
        return labels;
    }
    auto transfer = details::Transfer(std::nullopt, device_, /*non_blocking=*/false);
    for (const auto& one : labels) {
        transfer.add(one->as_metatensor());
    }
    transfer.run();
    auto moved = std::vector<Labels>();
    moved.reserve(labels.size());
    for (const auto& one : labels) {
        moved.push_back(LabelsHolder::from_metatensor(transfer.moved(one->as_metatensor())));
    }
    return moved;
}

std::vector<torch::Tensor>
maps::HostLabels::move_back(const std::vector<torch::Tensor>& index) const {
    return pack_to(device_, index);
}

std::vector<torch::Tensor> maps::pack_to(torch::Device device,
                                         const std::vector<torch::Tensor>& index) {
    if (device.is_cpu() || index.empty()) {
        return index;
    }
    const details::PlainTensorScope plain;
    auto sizes = std::vector<int64_t>();
    sizes.reserve(index.size());
    for (const auto& one : index) {
        sizes.push_back(one.numel());
    }
    return details::host_to_device(torch::cat(index), device).split_with_sizes(sizes);
}
