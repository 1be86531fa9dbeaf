#include <optional>
#include <tuple>
#include <utility>

#include "kernels/label_rows.hpp"
#include "labels_array.hpp"
#include "labels_details.hpp"
#include "metatensor/torch/labels.hpp"
#include "tensor_utils.hpp"

using namespace metatensor_torch;
using metatensor_torch::details::LabelsAccess;
using metatensor_torch::details::Uniqueness;

namespace {

/// Labels, and the positions in these of the entries of both operands
struct Result {
    Labels labels;
    torch::Tensor first_mapping;
    torch::Tensor second_mapping;
};

/// A set operation which is the same on the host and on a device
struct Operation {
    /// function of metatensor, for values known on the host
    decltype(&mts_labels_union) host;
    /// function for values which are only on a device
    kernels::RowSet (*device)(const torch::Tensor&, const torch::Tensor&);
};

mts_status_t difference_on_host(const mts_labels_t* first, const mts_labels_t* second,
                                const mts_labels_t** result, int64_t* first_mapping,
                                uintptr_t first_mapping_count, int64_t* /*second_mapping*/,
                                uintptr_t /*second_mapping_count*/
) {
    return mts_labels_difference(first, second, result, first_mapping, first_mapping_count);
}

constexpr auto UNION = Operation{mts_labels_union, kernels::rows_union};
constexpr auto INTERSECTION = Operation{mts_labels_intersection, kernels::rows_intersection};
constexpr auto DIFFERENCE = Operation{difference_on_host, kernels::rows_difference};

/// Errors are for metatensor to give, on the host
bool run_on_device(const LabelsHolder& first, const LabelsHolder& second) {
    return details::prefer_device(first, second) &&
           LabelsAccess::names(first) == LabelsAccess::names(second);
}

/// Where metatensor writes the positions of the entries of `labels`, if needed
std::optional<torch::Tensor> host_mapping(const LabelsHolder& labels, bool needed) {
    if (!needed) {
        return std::nullopt;
    }
    return torch::empty({labels.count()}, torch::TensorOptions().dtype(torch::kInt64));
}

Result run(const Operation& operation, const LabelsHolder& first, const LabelsHolder& second,
           bool need_mappings) {
    const auto* first_labels = first.as_metatensor().as_mts_labels_t();
    const auto* second_labels = second.as_metatensor().as_mts_labels_t();
    const details::PlainTensorScope plain;

    if (run_on_device(first, second)) {
        auto rows = operation.device(first.values(), second.values());
        auto labels = details::make_labels(first.names(), rows.values, Uniqueness::Assume);
        return {
            torch::make_intrusive<LabelsHolder>(std::move(labels)),
            std::move(rows.first_mapping),
            std::move(rows.second_mapping),
        };
    }

    auto mappings =
        std::pair(host_mapping(first, need_mappings), host_mapping(second, need_mappings));
    const auto pointer = [](const std::optional<torch::Tensor>& mapping) {
        return mapping ? mapping->data_ptr<int64_t>() : nullptr;
    };
    const auto count = [](const std::optional<torch::Tensor>& mapping) {
        return mapping ? static_cast<uintptr_t>(mapping->size(0)) : 0;
    };
    const mts_labels_t* result = nullptr;
    metatensor::details::check_status(operation.host(
        first_labels, second_labels, &result, pointer(mappings.first), count(mappings.first),
        pointer(mappings.second), count(mappings.second)));

    const auto finish = [&](const std::optional<torch::Tensor>& mapping) {
        return mapping ? details::host_to_device(*mapping, first.device()) : torch::Tensor();
    };
    return {
        torch::make_intrusive<LabelsHolder>(metatensor::Labels::unsafe_from_ptr(result)),
        finish(mappings.first),
        finish(mappings.second),
    };
}

} // namespace

Labels LabelsHolder::set_union(const Labels& other) const {
    return run(UNION, *this, *other, /*need_mappings=*/false).labels;
}

std::tuple<Labels, torch::Tensor, torch::Tensor>
LabelsHolder::union_and_mapping(const Labels& other) const {
    auto result = run(UNION, *this, *other, /*need_mappings=*/true);
    return {result.labels, result.first_mapping, result.second_mapping};
}

Labels LabelsHolder::set_intersection(const Labels& other) const {
    return run(INTERSECTION, *this, *other, /*need_mappings=*/false).labels;
}

std::tuple<Labels, torch::Tensor, torch::Tensor>
LabelsHolder::intersection_and_mapping(const Labels& other) const {
    auto result = run(INTERSECTION, *this, *other, /*need_mappings=*/true);
    return {result.labels, result.first_mapping, result.second_mapping};
}

Labels LabelsHolder::set_difference(const Labels& other) const {
    return run(DIFFERENCE, *this, *other, /*need_mappings=*/false).labels;
}

std::tuple<Labels, torch::Tensor>
LabelsHolder::difference_and_mapping(const Labels& other) const {
    auto result = run(DIFFERENCE, *this, *other, /*need_mappings=*/true);
    return {result.labels, result.first_mapping};
}
