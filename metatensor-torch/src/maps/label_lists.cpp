#include "label_lists.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "../tensor_utils.hpp"
#include "host_labels.hpp"

using namespace metatensor_torch;
using metatensor_torch::maps::HostLabels;
using metatensor_torch::maps::LabelsList;

namespace {

Labels adopt(const mts_labels_t* labels) {
    metatensor::details::check_pointer(labels);
    return LabelsHolder::from_metatensor(metatensor::Labels::unsafe_from_ptr(labels));
}

/// Indices for the rows of labels on the host
torch::Tensor new_index(int64_t count) {
    return torch::empty({count}, torch::TensorOptions().dtype(torch::kInt64));
}

template <typename Function>
LabelsList for_each(const LabelsList& labels, const Function& function) {
    auto result = LabelsList();
    result.reserve(labels.size());
    for (const auto& one : labels) {
        result.push_back(function(one));
    }
    return result;
}

/// Call `first` for the first labels, and the C function `others` for all the others
template <typename First, typename Others>
LabelsList first_and_others(const LabelsList& labels, const First& first,
                            const Others& others) {
    auto result = LabelsList();
    result.reserve(labels.size());
    for (const auto& one : labels) {
        result.push_back(result.empty()
                             ? first(one)
                             : adopt(others(one->as_metatensor().as_mts_labels_t())));
    }
    return result;
}

} // namespace

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
    // the first one goes the usual way, which checks the arguments
    const auto insert = [&](const Labels& one) {
        const details::PlainTensorScope plain;
        const auto options = one->values().options().dtype(torch::kInt32);
        return one->insert(index, name, torch::full({one->count()}, value, options));
    };
    if (!all_known_on_host(labels)) {
        return for_each(labels, insert);
    }
    const auto host = HostLabels(labels);
    const auto constant = static_cast<int32_t>(value);
    return host.move_back(first_and_others(host.list(), insert, [&](const mts_labels_t* one) {
        return mts_labels_insert(one, static_cast<uintptr_t>(index), name.c_str(), &constant,
                                 1);
    }));
}

LabelsList maps::permute_labels(const LabelsList& labels,
                                const std::vector<int64_t>& dimensions_indexes) {
    const auto permute = [&](const Labels& one) { return one->permute(dimensions_indexes); };
    if (!all_known_on_host(labels)) {
        return for_each(labels, permute);
    }
    const auto host = HostLabels(labels);
    const auto size = static_cast<int64_t>(dimensions_indexes.size());
    auto order = std::vector<uintptr_t>();
    for (const auto index : dimensions_indexes) {
        order.push_back(static_cast<uintptr_t>(index < 0 ? index + size : index));
    }
    return host.move_back(first_and_others(host.list(), permute, [&](const mts_labels_t* one) {
        return mts_labels_permute(one, order.data(), order.size());
    }));
}

LabelsList maps::remove_from_labels(const LabelsList& labels, const std::string& name) {
    const auto remove = [&](const Labels& one) { return one->remove(name); };
    if (!all_known_on_host(labels)) {
        return for_each(labels, remove);
    }
    const auto host = HostLabels(labels);
    const auto* c_name = name.c_str();
    return host.move_back(first_and_others(host.list(), remove, [&](const mts_labels_t* one) {
        return mts_labels_remove(one, &c_name, 1);
    }));
}

std::vector<torch::Tensor> maps::select_in_labels(const LabelsList& labels,
                                                  const Labels& selection) {
    auto both = labels;
    both.push_back(selection);
    const auto same_device = std::all_of(labels.begin(), labels.end(), [&](const Labels& one) {
        return one->device() == selection->device();
    });
    const auto on_host = same_device && all_known_on_host(both);
    const auto host = on_host ? std::optional<HostLabels>(both) : std::nullopt;
    const auto& list = on_host ? host->list() : both;
    auto result = std::vector<torch::Tensor>();
    result.reserve(labels.size());
    for (size_t i = 0; i < labels.size(); i++) {
        result.push_back(list[i]->select(list.back()));
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
    const auto on_host = all_known_on_host(labels) &&
                         std::all_of(index.begin(), index.end(),
                                     [](const torch::Tensor& rows) { return rows.is_cpu(); });
    auto result = LabelsList();
    result.reserve(labels.size());
    const details::PlainTensorScope plain;
    if (!on_host) {
        for (size_t i = 0; i < labels.size(); i++) {
            const auto values = labels[i]->values();
            result.push_back(torch::make_intrusive<LabelsHolder>(
                labels[i]->names(), values.index_select(0, index[i].to(values.device())),
                metatensor::assume_unique{}));
        }
        return result;
    }
    const auto host = HostLabels(labels);
    for (size_t i = 0; i < labels.size(); i++) {
        const auto rows = index[i].to(torch::kInt64).contiguous();
        const auto* one = host.list()[i]->as_metatensor().as_mts_labels_t();
        result.push_back(adopt(mts_labels_take(one, rows.const_data_ptr<int64_t>(),
                                               static_cast<uintptr_t>(rows.numel()))));
    }
    return host.move_back(result);
}

std::tuple<LabelsList, std::vector<torch::Tensor>>
maps::group_labels(const LabelsList& labels, const std::vector<int64_t>& columns) {
    auto groups = LabelsList();
    auto inverses = std::vector<torch::Tensor>();
    groups.reserve(labels.size());
    inverses.reserve(labels.size());
    const details::PlainTensorScope plain;
    const auto host = HostLabels(labels);
    for (const auto& one : host.list()) {
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
    return {host.move_back(groups), host.move_back(inverses)};
}

namespace {

bool is_identity(const torch::Tensor& order) {
    const auto* data = order.const_data_ptr<int64_t>();
    for (int64_t i = 0; i < order.numel(); i++) {
        if (data[i] != i) {
            return false;
        }
    }
    return true;
}

} // namespace

std::tuple<LabelsList, std::vector<torch::Tensor>, std::vector<int64_t>>
maps::sort_labels(const LabelsList& labels, bool descending) {
    auto sorted = LabelsList();
    auto orders = std::vector<torch::Tensor>();
    auto where = std::vector<int64_t>();
    const details::PlainTensorScope plain;
    const auto host = HostLabels(labels);
    for (size_t i = 0; i < labels.size(); i++) {
        const auto& one = host.list()[i];
        const auto* core = one->as_metatensor().as_mts_labels_t();
        const auto count = static_cast<uintptr_t>(one->count());
        auto order = new_index(one->count());
        metatensor::details::check_status(
            mts_labels_argsort(core, descending, order.mutable_data_ptr<int64_t>(), count));
        const auto same = is_identity(order);
        where.push_back(same ? -1 : static_cast<int64_t>(i));
        sorted.push_back(
            same ? one : adopt(mts_labels_take(core, order.const_data_ptr<int64_t>(), count)));
        orders.push_back(std::move(order));
    }
    auto moved = host.move_back(sorted);
    for (size_t i = 0; i < labels.size(); i++) {
        if (where[i] < 0) {
            moved[i] = labels[i];
        }
    }
    return {std::move(moved), host.move_back(orders), std::move(where)};
}
