#include "label_lists.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "../labels_array.hpp"
#include "../tensor_utils.hpp"

using namespace metatensor_torch;
using metatensor_torch::maps::LabelsList;

namespace {

bool is_on_host(const Labels& labels) {
    return labels->device().is_cpu() && details::known_host_values(*labels).has_value();
}

Labels adopt(const mts_labels_t* labels) {
    metatensor::details::check_pointer(labels);
    return LabelsHolder::from_metatensor(metatensor::Labels::unsafe_from_ptr(labels));
}

/// Indices for the rows of labels on the host
torch::Tensor new_index(int64_t count) {
    return torch::empty({count}, torch::TensorOptions().dtype(torch::kInt64));
}

/// Indices given by the caller, as the core library wants them
torch::Tensor host_index(const torch::Tensor& index) {
    return index.to(torch::kCPU, torch::kInt64).contiguous();
}

} // namespace

bool maps::all_on_host(const LabelsList& labels) {
    return std::all_of(labels.begin(), labels.end(), is_on_host);
}

std::tuple<LabelsList, std::vector<int64_t>> maps::distinct_labels(const LabelsList& labels) {
    auto distinct = LabelsList();
    auto where = std::vector<int64_t>();
    where.reserve(labels.size());
    auto known = std::unordered_map<const LabelsHolder*, int64_t>();
    for (const auto& one : labels) {
        const auto next = static_cast<int64_t>(distinct.size());
        const auto [position, is_new] = known.emplace(one.get(), next);
        if (is_new) {
            distinct.push_back(one);
        }
        where.push_back(position->second);
    }
    return {std::move(distinct), std::move(where)};
}

std::tuple<std::vector<int64_t>, std::vector<int64_t>>
maps::distinct_pairs(const LabelsList& labels, const std::vector<int64_t>& others) {
    auto columns = std::vector<std::vector<int64_t>>{std::get<1>(distinct_labels(labels))};
    columns.push_back(others);
    return distinct_rows(columns);
}

std::tuple<std::vector<int64_t>, std::vector<int64_t>>
maps::distinct_rows(const std::vector<std::vector<int64_t>>& columns) {
    const auto count = columns.empty() ? 0 : columns.front().size();
    for (const auto& column : columns) {
        if (column.size() != count) {
            C10_THROW_ERROR(ValueError, "columns must have the same length, got " +
                                            std::to_string(count) + " and " +
                                            std::to_string(column.size()) + " numbers");
        }
    }
    auto first = std::vector<int64_t>();
    auto where = std::vector<int64_t>();
    where.reserve(count);
    auto known = std::map<std::vector<int64_t>, int64_t>();
    auto row = std::vector<int64_t>(columns.size());
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < columns.size(); j++) {
            row[j] = columns[j][i];
        }
        const auto next = static_cast<int64_t>(first.size());
        const auto [position, is_new] = known.emplace(row, next);
        if (is_new) {
            first.push_back(static_cast<int64_t>(i));
        }
        where.push_back(position->second);
    }
    return {std::move(first), std::move(where)};
}

namespace {

/// Entries of all labels, with one more column if there is a new dimension
torch::Tensor join_values(const LabelsList& labels, bool numbered) {
    auto parts = std::vector<torch::Tensor>();
    int64_t number = 0;
    for (const auto& one : labels) {
        parts.push_back(one->values());
        if (numbered) {
            const auto column = torch::full({one->count(), 1}, number, parts.back().options());
            parts.back() = torch::cat({parts.back(), column}, 1);
        }
        number += 1;
    }
    return torch::cat(parts, 0);
}

} // namespace

LabelsList maps::join_labels(const std::vector<LabelsList>& parts,
                             const std::optional<std::string>& add_dimension) {
    const details::PlainTensorScope plain;
    auto result = LabelsList();
    result.reserve(parts.size());
    for (const auto& labels : parts) {
        if (labels.empty()) {
            C10_THROW_ERROR(ValueError, "there must be labels to join");
        }
        auto names = labels.front()->names();
        auto values = join_values(labels, add_dimension.has_value());
        if (add_dimension.has_value()) {
            names.push_back(*add_dimension);
        }
        // entries of different inputs are different in the new dimension
        result.push_back(add_dimension.has_value()
                             ? torch::make_intrusive<LabelsHolder>(names, values,
                                                                   metatensor::assume_unique{})
                             : torch::make_intrusive<LabelsHolder>(names, values));
    }
    return result;
}

LabelsList maps::insert_in_labels(const LabelsList& labels, int64_t index,
                                  const std::string& name, int64_t value) {
    auto result = LabelsList();
    result.reserve(labels.size());
    for (const auto& one : labels) {
        // the first one goes the usual way, which checks the arguments
        if (result.empty() || !is_on_host(one)) {
            const details::PlainTensorScope plain;
            const auto options = one->values().options().dtype(torch::kInt32);
            const auto column = torch::full({one->count()}, value, options);
            result.push_back(one->insert(index, name, column));
        } else {
            const auto constant = static_cast<int32_t>(value);
            result.push_back(adopt(mts_labels_insert(one->as_metatensor().as_mts_labels_t(),
                                                     static_cast<uintptr_t>(index),
                                                     name.c_str(), &constant, 1)));
        }
    }
    return result;
}

LabelsList maps::permute_labels(const LabelsList& labels,
                                const std::vector<int64_t>& dimensions_indexes) {
    auto order = std::vector<uintptr_t>();
    auto result = LabelsList();
    result.reserve(labels.size());
    for (const auto& one : labels) {
        if (result.empty() || !is_on_host(one)) {
            result.push_back(one->permute(dimensions_indexes));
            order.clear();
            for (const auto index : dimensions_indexes) {
                order.push_back(
                    static_cast<uintptr_t>(index < 0 ? index + one->size() : index));
            }
        } else {
            result.push_back(adopt(mts_labels_permute(one->as_metatensor().as_mts_labels_t(),
                                                      order.data(), order.size())));
        }
    }
    return result;
}

LabelsList maps::remove_from_labels(const LabelsList& labels, const std::string& name) {
    const auto* c_name = name.c_str();
    auto result = LabelsList();
    result.reserve(labels.size());
    for (const auto& one : labels) {
        if (result.empty() || !is_on_host(one)) {
            result.push_back(one->remove(name));
        } else {
            result.push_back(
                adopt(mts_labels_remove(one->as_metatensor().as_mts_labels_t(), &c_name, 1)));
        }
    }
    return result;
}

std::vector<torch::Tensor> maps::select_in_labels(const LabelsList& labels,
                                                  const Labels& selection) {
    auto result = std::vector<torch::Tensor>();
    result.reserve(labels.size());
    for (const auto& one : labels) {
        result.push_back(one->select(selection));
    }
    return result;
}

LabelsList maps::take_from_labels(const LabelsList& labels,
                                  const std::vector<torch::Tensor>& index) {
    if (labels.size() != index.size()) {
        C10_THROW_ERROR(ValueError, "expected one index for each labels, got " +
                                        std::to_string(index.size()) + " for " +
                                        std::to_string(labels.size()));
    }
    auto result = LabelsList();
    result.reserve(labels.size());
    for (size_t i = 0; i < labels.size(); i++) {
        const auto& one = labels[i];
        if (is_on_host(one)) {
            const auto rows = host_index(index[i]);
            result.push_back(adopt(mts_labels_take(one->as_metatensor().as_mts_labels_t(),
                                                   rows.const_data_ptr<int64_t>(),
                                                   static_cast<uintptr_t>(rows.numel()))));
        } else {
            const details::PlainTensorScope plain;
            auto values = one->values().index_select(0, index[i]);
            result.push_back(torch::make_intrusive<LabelsHolder>(
                one->names(), std::move(values), metatensor::assume_unique{}));
        }
    }
    return result;
}

std::tuple<LabelsList, std::vector<torch::Tensor>>
maps::group_labels(const LabelsList& labels, const std::vector<int64_t>& columns) {
    auto groups = LabelsList();
    auto inverses = std::vector<torch::Tensor>();
    groups.reserve(labels.size());
    inverses.reserve(labels.size());
    const details::PlainTensorScope plain;
    for (const auto& one : labels) {
        const auto all_names = one->names();
        auto names = std::vector<const char*>();
        for (const auto column : columns) {
            if (column < 0 || column >= one->size()) {
                C10_THROW_ERROR(IndexError, "dimension " + std::to_string(column) +
                                                " is out of range for labels with " +
                                                std::to_string(one->size()) + " dimensions");
            }
            names.push_back(all_names[static_cast<size_t>(column)].c_str());
        }
        auto inverse = new_index(one->count());
        const mts_labels_t* result = nullptr;
        metatensor::details::check_status(mts_labels_group_by(
            one->as_metatensor().as_mts_labels_t(), names.data(), names.size(),
            /*sorted=*/true, &result, inverse.mutable_data_ptr<int64_t>(),
            static_cast<uintptr_t>(one->count()), nullptr, 0, nullptr, 0));
        groups.push_back(adopt(result));
        inverses.push_back(std::move(inverse));
    }
    return {std::move(groups), std::move(inverses)};
}

std::vector<torch::Tensor> maps::sorting_orders(const LabelsList& labels, bool descending) {
    auto result = std::vector<torch::Tensor>();
    result.reserve(labels.size());
    const details::PlainTensorScope plain;
    for (const auto& one : labels) {
        auto order = new_index(one->count());
        metatensor::details::check_status(mts_labels_argsort(
            one->as_metatensor().as_mts_labels_t(), descending,
            order.mutable_data_ptr<int64_t>(), static_cast<uintptr_t>(one->count())));
        result.push_back(std::move(order));
    }
    return result;
}
