#include <algorithm>
#include <optional>
#include <utility>

#include "labels_array.hpp"
#include "labels_details.hpp"
#include "metatensor/torch/labels.hpp"
#include "tensor_utils.hpp"

using namespace metatensor_torch;
using metatensor_torch::details::LabelsMirrors;
using metatensor_torch::details::Uniqueness;

namespace {

/// The rows of existing labels are unique, and stay so when dimensions are added,
/// renamed or reordered; unless somebody wrote in the values.
Uniqueness known_uniqueness(const LabelsHolder& labels) {
    const auto* array = details::find_labels_array(labels);
    const bool modified = array != nullptr ? array->is_modified()
                                           : details::tensor_version(labels.values()) != 0;
    return modified ? Uniqueness::Check : Uniqueness::Assume;
}

/// Call `edit` on the values of `labels`, and on their host values if these are
/// known and somewhere else: what is known on the host stays known.
template <typename Edit>
std::pair<torch::Tensor, std::shared_ptr<LabelsMirrors>>
edit_values(const LabelsHolder& labels, const Edit& edit) {
    const auto values = labels.values();
    if (!details::is_plain(values)) {
        return {edit(values), nullptr};
    }

    const details::PlainTensorScope plain;
    std::shared_ptr<LabelsMirrors> mirrors;
    if (!values.is_cpu()) {
        if (const auto host = details::known_host_values(labels)) {
            mirrors = std::make_shared<LabelsMirrors>();
            mirrors->add_host(edit(*host));
        }
    }
    return {edit(values), std::move(mirrors)};
}

Labels make_holder(std::vector<std::string> names, torch::Tensor values, Uniqueness uniqueness,
                   std::shared_ptr<LabelsMirrors> mirrors) {
    auto labels = details::make_labels(names, values, uniqueness, std::move(mirrors));
    return torch::make_intrusive<LabelsHolder>(std::move(names), std::move(values),
                                               std::move(labels));
}

int64_t existing_dimension(const LabelsHolder& labels, const std::string& name) {
    const auto index = details::dimension_index(labels, name);
    if (index < 0) {
        C10_THROW_ERROR(ValueError,
                        "'" + name + "' not found in the dimensions of these Labels");
    }
    return index;
}

/// Values of a new dimension, as one column
torch::Tensor normalize_column(const LabelsHolder& labels, torch::Tensor values) {
    if (values.dim() != 1) {
        C10_THROW_ERROR(ValueError, "`values` must be a 1D tensor, got " +
                                        std::to_string(values.dim()) + " dimensions");
    }
    if (values.size(0) != labels.count()) {
        C10_THROW_ERROR(ValueError, "the new `values` contains " +
                                        std::to_string(values.size(0)) +
                                        " entries, but the Labels contains " +
                                        std::to_string(labels.count()));
    }
    if (details::with_index(values.device()) != details::with_index(labels.device())) {
        throw metatensor::Error(
            "the new `values` must be on the same device as the Labels: expected " +
            labels.device().str() + ", got " + values.device().str());
    }

    values = details::unwrap(std::move(values));
    auto plain = std::optional<details::PlainTensorScope>();
    if (details::is_plain(values)) {
        plain.emplace();
    }
    return details::normalize_values(values.unsqueeze(1), 1);
}

} // namespace

Labels LabelsHolder::append(std::string name, torch::Tensor values) const {
    return this->insert(this->size(), std::move(name), std::move(values));
}

Labels LabelsHolder::insert(int64_t index, std::string name, torch::Tensor values) const {
    const auto size = this->size();
    if (index < 0 || index > size) {
        C10_THROW_ERROR(IndexError, "index " + std::to_string(index) +
                                        " is out of bounds to insert a dimension in Labels "
                                        "with " +
                                        std::to_string(size) + " dimensions");
    }
    const auto column = normalize_column(*this, std::move(values));

    auto names = names_;
    names.insert(names.begin() + index, std::move(name));

    auto plain = std::optional<details::PlainTensorScope>();
    if (details::is_plain(values_) && details::is_plain(column)) {
        plain.emplace();
    }
    auto new_values = torch::cat(
        {values_.narrow(1, 0, index), column, values_.narrow(1, index, size - index)}, 1);
    return make_holder(std::move(names), std::move(new_values), known_uniqueness(*this),
                       nullptr);
}

Labels LabelsHolder::permute(std::vector<int64_t> dimensions_indexes) const {
    const auto size = this->size();
    if (static_cast<int64_t>(dimensions_indexes.size()) != size) {
        C10_THROW_ERROR(ValueError,
                        "the length of `dimensions_indexes` (" +
                            std::to_string(dimensions_indexes.size()) +
                            ") does not match the number of dimensions in the Labels (" +
                            std::to_string(size) + ")");
    }

    auto names = std::vector<std::string>();
    for (auto& index : dimensions_indexes) {
        if (index < -size || index >= size) {
            C10_THROW_ERROR(IndexError, "out of range index " + std::to_string(index) +
                                            " for labels dimensions (" + std::to_string(size) +
                                            ")");
        }
        index = index < 0 ? index + size : index;
        names.push_back(names_[static_cast<size_t>(index)]);
    }
    if (names.empty()) {
        return this->to(this->device());
    }

    auto [values, mirrors] = edit_values(*this, [&](const torch::Tensor& tensor) {
        auto columns = std::vector<torch::Tensor>();
        for (const auto index : dimensions_indexes) {
            columns.push_back(tensor.select(1, index));
        }
        return torch::stack(columns, 1);
    });
    return make_holder(std::move(names), std::move(values), known_uniqueness(*this),
                       std::move(mirrors));
}

Labels LabelsHolder::remove(std::string name) const {
    const auto index = existing_dimension(*this, name);
    auto names = names_;
    names.erase(names.begin() + index);

    auto [values, mirrors] = edit_values(*this, [&](const torch::Tensor& tensor) {
        const auto after = tensor.size(1) - index - 1;
        return torch::cat({tensor.narrow(1, 0, index), tensor.narrow(1, index + 1, after)}, 1);
    });
    values = details::normalize_values(std::move(values), names.size());
    return make_holder(std::move(names), std::move(values), Uniqueness::Check,
                       std::move(mirrors));
}

Labels LabelsHolder::rename(std::string old_name, std::string new_name) const {
    const auto index = existing_dimension(*this, old_name);
    auto names = names_;
    names[static_cast<size_t>(index)] = std::move(new_name);

    auto* array = details::find_labels_array(*this);
    return make_holder(std::move(names), values_, known_uniqueness(*this),
                       array != nullptr ? array->mirrors() : nullptr);
}
