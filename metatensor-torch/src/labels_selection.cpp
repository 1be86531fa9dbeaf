#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernels/label_rows.hpp"
#include "labels_array.hpp"
#include "labels_details.hpp"
#include "metatensor/torch/labels.hpp"
#include "tensor_utils.hpp"
#include "type_names.hpp"

using namespace metatensor_torch;

namespace {

std::vector<int64_t> tensor_entry(torch::Tensor tensor) {
    if (!c10::isIntegralType(tensor.scalar_type(), /*includeBool=*/true)) {
        C10_THROW_ERROR(
            ValueError,
            "entry passed to Labels.position must be a Tensor of 32-bit integers, got " +
                details::dtype_name(tensor.scalar_type()));
    }
    if (tensor.dim() != 1) {
        C10_THROW_ERROR(ValueError,
                        "entry passed to Labels.position must be a 1D Tensor, got " +
                            std::to_string(tensor.dim()) + " dimensions");
    }

    tensor = details::unwrap(std::move(tensor));
    if (!details::has_data(tensor)) {
        throw metatensor::Error("the entry passed to Labels.position has no data (device '" +
                                tensor.device().str() + "')");
    }
    const details::PlainTensorScope plain;
    tensor = tensor.to(torch::TensorOptions().dtype(torch::kInt64).device(torch::kCPU));
    tensor = tensor.contiguous();
    const auto* data = tensor.const_data_ptr<int64_t>();
    return std::vector<int64_t>(data, data + tensor.size(0));
}

std::vector<int64_t> sequence_entry(const torch::IValue& entry) {
    const auto* kind = entry.isList() ? "list" : "tuple";
    const auto elements = entry.isList() ? entry.toListRef() : entry.toTupleRef().elements();
    auto result = std::vector<int64_t>();
    result.reserve(elements.size());
    for (const torch::IValue& element : elements) {
        if (!element.isInt()) {
            C10_THROW_ERROR(TypeError, std::string(kind) +
                                           " parameter to Labels.position must be a " + kind +
                                           " of integers, got an element of type '" +
                                           details::type_name(element) + "'");
        }
        result.push_back(element.toInt());
    }
    return result;
}

std::vector<int64_t> custom_class_entry(const torch::IValue& entry) {
    if (entry.type()->isSubtypeOf(*c10::getCustomClassType<LabelsEntry>())) {
        const auto labels_entry = entry.toCustomClass<LabelsEntryHolder>();
        auto result = std::vector<int64_t>();
        for (int64_t i = 0; i < labels_entry->size(); i++) {
            result.push_back((*labels_entry)[i]);
        }
        return result;
    }
    C10_THROW_ERROR(TypeError, "parameter to Labels.position must be a LabelsEntry, tensor, "
                               "or list/tuple of integers, "
                               "got '" +
                                   details::type_name(entry) + "' instead");
}

std::vector<int64_t> normalize_entry(const torch::IValue& entry) {
    if (entry.isTensor()) {
        return tensor_entry(entry.toTensor());
    }
    if (entry.isList() || entry.isTuple()) {
        return sequence_entry(entry);
    }
    return custom_class_entry(entry);
}

/// Selection with values which are only on a device; none if the dimensions of the
/// selection are not in the labels, for metatensor to explain.
std::optional<torch::Tensor> select_on_device(const LabelsHolder& labels,
                                              const LabelsHolder& selection) {
    const auto& names = details::LabelsAccess::names(selection);
    if (details::LabelsAccess::names(labels) == names) {
        return kernels::rows_find(labels.values(), selection.values());
    }

    auto columns = std::vector<int64_t>();
    for (const auto& name : names) {
        const auto column = details::dimension_index(labels, name);
        if (column < 0) {
            return std::nullopt;
        }
        columns.push_back(column);
    }
    return kernels::rows_matching(labels.values(), columns, selection.values());
}

} // namespace

std::optional<int64_t> LabelsHolder::position(torch::IValue entry) const {
    const auto values = normalize_entry(entry);

    bool in_range = true;
    auto narrow_values = std::vector<int32_t>();
    narrow_values.reserve(values.size());
    for (const auto value : values) {
        in_range = in_range && value >= std::numeric_limits<int32_t>::min() &&
                   value <= std::numeric_limits<int32_t>::max();
        narrow_values.push_back(static_cast<int32_t>(value));
    }

    // also with values out of range, to check the number of values
    const auto position = this->as_metatensor().position(narrow_values);
    if (!position.has_value() || !in_range) {
        return std::nullopt;
    }
    return static_cast<int64_t>(*position);
}

torch::Tensor LabelsHolder::select(const Labels& selection) const {
    const details::PlainTensorScope plain;
    const auto& labels = this->as_metatensor();
    const auto& selection_labels = selection->as_metatensor();

    if (details::prefer_device(*this, *selection)) {
        if (auto selected = select_on_device(*this, *selection)) {
            return *selected;
        }
    }

    auto selected = torch::empty(
        {this->count()}, torch::TensorOptions().dtype(torch::kInt64).device(torch::kCPU));
    if (this->count() != 0) {
        auto count = static_cast<size_t>(this->count());
        static_assert(sizeof(uint64_t) == sizeof(int64_t));
        auto* data = reinterpret_cast<uint64_t*>(selected.data_ptr<int64_t>());
        labels.select(selection_labels, data, &count);
        selected.resize_({static_cast<int64_t>(count)});
    }
    return details::host_to_device(selected, this->device());
}
