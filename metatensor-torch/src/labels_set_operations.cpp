#include <tuple>
#include <utility>

#include "metatensor/torch/labels.hpp"
#include "tensor_utils.hpp"

using namespace metatensor_torch;

// The operations run on the host, where metatensor finds the values of labels
// which were ever there; the result is on the device of the first operand.

namespace {

/// Where metatensor writes the positions of the entries of `labels` in a result
torch::Tensor empty_mapping(const LabelsHolder& labels) {
    return torch::empty(
        {labels.count()}, torch::TensorOptions().dtype(torch::kInt64).device(torch::kCPU)
    );
}

size_t mapping_size(const torch::Tensor& mapping) {
    return static_cast<size_t>(mapping.size(0));
}

Labels wrap(metatensor::Labels labels) {
    return torch::make_intrusive<LabelsHolder>(std::move(labels));
}

} // namespace

Labels LabelsHolder::set_union(const Labels& other) const {
    return wrap(this->as_metatensor().set_union(other->as_metatensor()));
}

std::tuple<Labels, torch::Tensor, torch::Tensor>
LabelsHolder::union_and_mapping(const Labels& other) const {
    const details::PlainTensorScope plain;
    const auto first = empty_mapping(*this);
    const auto second = empty_mapping(*other);
    auto result = this->as_metatensor().set_union(
        other->as_metatensor(),
        first.data_ptr<int64_t>(),
        mapping_size(first),
        second.data_ptr<int64_t>(),
        mapping_size(second)
    );
    return {wrap(std::move(result)), first.to(this->device()), second.to(this->device())};
}

Labels LabelsHolder::set_intersection(const Labels& other) const {
    return wrap(this->as_metatensor().set_intersection(other->as_metatensor()));
}

std::tuple<Labels, torch::Tensor, torch::Tensor>
LabelsHolder::intersection_and_mapping(const Labels& other) const {
    const details::PlainTensorScope plain;
    const auto first = empty_mapping(*this);
    const auto second = empty_mapping(*other);
    auto result = this->as_metatensor().set_intersection(
        other->as_metatensor(),
        first.data_ptr<int64_t>(),
        mapping_size(first),
        second.data_ptr<int64_t>(),
        mapping_size(second)
    );
    return {wrap(std::move(result)), first.to(this->device()), second.to(this->device())};
}

Labels LabelsHolder::set_difference(const Labels& other) const {
    return wrap(this->as_metatensor().set_difference(other->as_metatensor()));
}

std::tuple<Labels, torch::Tensor> LabelsHolder::difference_and_mapping(const Labels& other) const {
    const details::PlainTensorScope plain;
    const auto first = empty_mapping(*this);
    auto result = this->as_metatensor().set_difference(
        other->as_metatensor(), first.data_ptr<int64_t>(), mapping_size(first)
    );
    return {wrap(std::move(result)), first.to(this->device())};
}
