#include "plans.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "../labels_array.hpp"
#include "../staging.hpp"
#include "../tensor_utils.hpp"
#include "joins.hpp"
#include "lazy_maps.hpp"
#include "leaves.hpp"
#include "reductions.hpp"
#include "row_selections.hpp"

using namespace metatensor_torch;
using metatensor_torch::details::StagedTransfer;

namespace {

/// A map taken apart, for which plans can be made
struct Input : maps::MapParts {
    torch::Device device;
};

/// Is somebody watching or replacing the operators of torch?
bool is_intercepted() {
    const auto active = c10::impl::tls_local_dispatch_key_set().included_;
    return active.has_any(details::interception_keys().add(c10::DispatchKey::Tracer));
}

bool has_known_values(const mts_metadata_t& metadata, uintptr_t position) {
    if (metadata.labels_values[position] != nullptr || metadata.labels_rows[position] == 0 ||
        metadata.labels_sizes[position] == 0) {
        return true;
    }
    const auto* shared = mts_labels_clone(metadata.labels[position]);
    metatensor::details::check_pointer(shared);
    const auto labels = metatensor::Labels::unsafe_from_ptr(shared);
    auto* array = details::LabelsArray::find(labels);
    return array != nullptr && array->mirrors()->host().has_value();
}

std::optional<Input> take_apart(const TensorMap& tensor) {
    const auto device = tensor->device();
    if (is_intercepted() || device.is_meta()) {
        return std::nullopt;
    }
    auto arrays = std::vector<torch::Tensor>();
    try {
        arrays = maps::leaves(tensor);
    } catch (const c10::Error&) {
        return std::nullopt; // gradients of gradients, arrays which are not ours
    }
    auto input =
        Input{{maps::metadata_of(tensor->as_metatensor()), std::move(arrays)}, device};
    const auto is_simple = [&](const torch::Tensor& array) {
        return details::has_data(array) && array.device() == device;
    };
    if (!std::all_of(input.leaves.begin(), input.leaves.end(), is_simple)) {
        return std::nullopt;
    }
    for (uintptr_t i = 0; i < input.content().labels_count; i++) {
        if (!device.is_cpu() && !has_known_values(input.content(), i)) {
            return std::nullopt;
        }
    }
    return input;
}

bool is_known_on_host(const Labels& labels) {
    return details::known_host_values(*labels).has_value();
}

/// Plan made by the C API, null if it refuses
using Plan = std::unique_ptr<mts_plan_t, mts_status_t (*)(mts_plan_t*)>;

Plan adopt(mts_plan_t* plan) {
    return Plan(plan, mts_plan_free);
}

TensorMap put_together(const mts_metadata_t* metadata,
                       const std::vector<torch::Tensor>& arrays) {
    auto* copy = mts_metadata_copy(metadata);
    metatensor::details::check_pointer(copy);
    return maps::make_map(std::make_shared<const metatensor::Metadata>(
                              metatensor::Metadata::unsafe_from_ptr(copy)),
                          arrays);
}

/// Result of a plan where all steps share
std::optional<TensorMap> share(const Input& input, const Plan& plan,
                               StagedTransfer& transfer) {
    if (plan == nullptr) {
        return std::nullopt;
    }
    transfer.run();
    auto arrays = std::vector<torch::Tensor>();
    arrays.reserve(plan->leaves_count);
    for (uintptr_t leaf = 0; leaf < plan->leaves_count; leaf++) {
        arrays.push_back(
            input.leaves[static_cast<size_t>(plan->steps[plan->leaves_starts[leaf]].source)]);
    }
    return put_together(plan->results[0], arrays);
}

/// Take a map apart, make a plan for it, and share the arrays
template <typename Make>
std::optional<TensorMap> edit(const TensorMap& tensor, const Make& make_plan) {
    const auto input = take_apart(tensor);
    if (!input.has_value()) {
        return std::nullopt;
    }
    auto transfer = StagedTransfer(input->device);
    return share(*input, adopt(make_plan(&input->content())), transfer);
}

std::vector<const char*> c_strings(const std::vector<std::string>& strings) {
    auto pointers = std::vector<const char*>();
    for (const auto& string : strings) {
        pointers.push_back(string.c_str());
    }
    return pointers;
}

/// First column of the samples of a leaf
std::vector<int64_t> first_column(const mts_metadata_t& metadata, uintptr_t leaf) {
    const auto position = metadata.axes[metadata.axes_starts[leaf]];
    const auto rows = metadata.labels_rows[position];
    const auto size = metadata.labels_sizes[position];
    const auto* values = metadata.labels_values[position];
    if (values == nullptr && rows != 0) {
        uintptr_t count = 0;
        uintptr_t columns = 0;
        metatensor::details::check_status(
            mts_labels_values_cpu(metadata.labels[position], &values, &count, &columns));
    }
    auto column = std::vector<int64_t>();
    column.reserve(rows);
    for (uintptr_t i = 0; i < rows; i++) {
        column.push_back(values[i * size]);
    }
    return column;
}

} // namespace

std::optional<TensorMap> maps::plan_reduce(const TensorMap& tensor, const std::string& axis,
                                           const std::vector<std::string>& dimensions,
                                           const std::string& reduction,
                                           const std::string& gradient_count) {
    const auto input = take_apart(tensor);
    if (!input.has_value()) {
        return std::nullopt;
    }
    auto transfer = StagedTransfer(input->device);
    const auto names = c_strings(dimensions);
    const auto plan =
        adopt(mts_plan_reduce(&input->content(), axis.c_str(), names.data(), names.size()));
    if (plan == nullptr) {
        return std::nullopt;
    }
    const auto kind = parse_reduction(reduction);
    const auto needs_rows = kind == Reduction::Var || kind == Reduction::Std;
    const auto counts_samples = axis == "samples" && gradient_count == "samples";
    const auto& metadata = *plan->results[0];
    auto leaves = std::vector<ReducedLeaf>();
    leaves.reserve(input->leaves.size());
    for (uintptr_t i = 0; i < plan->leaves_count; i++) {
        const auto& step = plan->steps[plan->leaves_starts[i]];
        auto leaf = ReducedLeaf{input->leaves[i], RowPlan(*plan, step.entry), {}, {}, {}};
        const auto parent = metadata.parents[i];
        if (parent >= 0 && (needs_rows || counts_samples)) {
            leaf.rows = first_column(input->content(), i);
            leaf.new_rows = first_column(metadata, i);
        }
        if (parent >= 0 && counts_samples) {
            const auto* counts = leaves[static_cast<size_t>(parent)].groups.counts;
            for (const auto row : leaf.new_rows) {
                leaf.counts.push_back(counts == nullptr ? 1 : counts[row]);
            }
        }
        leaves.push_back(std::move(leaf));
    }
    const auto per_block = metadata.blocks_count == 0 ? 1 : metadata.blocks_starts[1];
    const auto reductions =
        Reductions(kind, axis == "samples" ? 0 : -1, std::move(leaves), per_block, transfer);
    transfer.run();
    return put_together(plan->results[0], reductions.run());
}

/// Do the steps of a plan which gathers, for all leaves of all results
///
/// @param copy make copies of what stays as it is
static std::vector<torch::Tensor> gather(const Input& input, const mts_plan_t& plan, bool copy,
                                         StagedTransfer& transfer) {
    auto arrays = std::vector<torch::Tensor>();
    arrays.reserve(plan.leaves_count);
    for (uintptr_t leaf = 0; leaf < plan.leaves_count; leaf++) {
        arrays.push_back(
            input.leaves[static_cast<size_t>(plan.steps[plan.leaves_starts[leaf]].source)]);
    }
    // the first step of all leaves, then the second one of those which have it, ...
    for (uintptr_t round = 0;; round++) {
        auto gathers = std::vector<maps::Gather>();
        auto where = std::vector<uintptr_t>();
        bool more = round == 0;
        for (uintptr_t leaf = 0; leaf < plan.leaves_count; leaf++) {
            const auto number = plan.leaves_starts[leaf] + round;
            if (number >= plan.leaves_starts[leaf + 1]) {
                continue;
            }
            more = true;
            const auto& step = plan.steps[number];
            const auto rows = maps::RowPlan(plan, step.entry);
            if (copy || !rows.is_share()) {
                gathers.push_back({arrays[leaf], step.axis, rows});
                where.push_back(leaf);
            }
        }
        if (!more) {
            return arrays;
        }
        const auto done = maps::Gathers(std::move(gathers), transfer);
        transfer.run();
        auto results = done.run();
        for (size_t i = 0; i < where.size(); i++) {
            arrays[where[i]] = std::move(results[i]);
        }
    }
}

std::optional<std::vector<TensorMap>>
maps::plan_select(const TensorMap& tensor, const std::string& axis,
                  const std::vector<Labels>& selections) {
    auto raw = std::vector<mts_selection_t>();
    for (const auto& labels : selections) {
        if (!is_known_on_host(labels) || labels->device() != tensor->device()) {
            return std::nullopt;
        }
        raw.push_back({labels->as_metatensor().as_mts_labels_t(), nullptr, 0});
    }
    const auto input = take_apart(tensor);
    if (!input.has_value()) {
        return std::nullopt;
    }
    auto transfer = StagedTransfer(input->device);
    const auto plan =
        adopt(mts_plan_select(&input->content(), axis.c_str(), raw.data(), raw.size()));
    if (plan == nullptr) {
        return std::nullopt;
    }
    const auto arrays = gather(*input, *plan, /*copy=*/true, transfer);
    auto results = std::vector<TensorMap>();
    auto start = arrays.begin();
    for (uintptr_t i = 0; i < plan->results_count; i++) {
        const auto end = start + static_cast<int64_t>(plan->results[i]->leaves_count);
        results.push_back(
            put_together(plan->results[i], std::vector<torch::Tensor>(start, end)));
        start = end;
    }
    return results;
}

std::optional<TensorMap> maps::plan_sort(const TensorMap& tensor,
                                         const std::vector<std::string>& axes,
                                         bool descending) {
    const auto input = take_apart(tensor);
    if (!input.has_value()) {
        return std::nullopt;
    }
    auto transfer = StagedTransfer(input->device);
    const auto names = c_strings(axes);
    const auto plan =
        adopt(mts_plan_sort(&input->content(), names.data(), names.size(), descending));
    if (plan == nullptr) {
        return std::nullopt;
    }
    auto arrays = gather(*input, *plan, /*copy=*/false, transfer);
    return put_together(plan->results[0], arrays);
}

std::optional<TensorMap> maps::plan_join(const std::vector<TensorMap>& tensors,
                                         const std::string& axis,
                                         const std::string& different_keys,
                                         const std::optional<std::string>& add_dimension) {
    auto inputs = std::vector<Input>();
    auto metadata = std::vector<const mts_metadata_t*>();
    for (const auto& tensor : tensors) {
        auto input = take_apart(tensor);
        if (!input.has_value() || (!inputs.empty() && input->device != inputs[0].device)) {
            return std::nullopt;
        }
        inputs.push_back(std::move(*input));
        metadata.push_back(&inputs.back().content());
    }
    if (inputs.empty()) {
        return std::nullopt;
    }
    auto transfer = StagedTransfer(inputs.front().device);
    const auto* name = add_dimension.has_value() ? add_dimension->c_str() : nullptr;
    const auto plan = adopt(mts_plan_join(metadata.data(), metadata.size(), axis.c_str(),
                                          different_keys.c_str(), name));
    if (plan == nullptr) {
        return std::nullopt;
    }
    auto all_pieces = std::vector<std::vector<Piece>>(plan->leaves_count);
    for (uintptr_t leaf = 0; leaf < plan->leaves_count; leaf++) {
        for (auto i = plan->leaves_starts[leaf]; i < plan->leaves_starts[leaf + 1]; i++) {
            const auto& step = plan->steps[i];
            const auto rows = RowPlan(*plan, step.entry);
            const auto& input = inputs[static_cast<size_t>(step.input)];
            all_pieces[leaf].push_back(
                {input.leaves[static_cast<size_t>(step.source)],
                 rows.is_share() ? std::nullopt : std::optional<RowPlan>(rows)});
        }
    }
    const auto joins = Joins(axis == "samples" ? 0 : -1, std::move(all_pieces), transfer);
    transfer.run();
    return put_together(plan->results[0], joins.run());
}

std::optional<TensorMap> maps::plan_insert(const TensorMap& tensor, const std::string& axis,
                                           int64_t index, const std::string& name,
                                           int64_t value) {
    return edit(tensor, [&](const mts_metadata_t* metadata) {
        return mts_plan_insert_dimension(metadata, axis.c_str(), index, name.c_str(), &value,
                                         1, /*constant=*/true);
    });
}

std::optional<TensorMap> maps::plan_permute(const TensorMap& tensor, const std::string& axis,
                                            const std::vector<int64_t>& dimensions_indexes) {
    return edit(tensor, [&](const mts_metadata_t* metadata) {
        return mts_plan_permute_dimensions(metadata, axis.c_str(), dimensions_indexes.data(),
                                           dimensions_indexes.size());
    });
}

std::optional<TensorMap> maps::plan_remove(const TensorMap& tensor, const std::string& axis,
                                           const std::string& name) {
    return edit(tensor, [&](const mts_metadata_t* metadata) {
        return mts_plan_remove_dimension(metadata, axis.c_str(), name.c_str());
    });
}

std::optional<TensorMap> maps::plan_rename(const TensorMap& tensor, const std::string& axis,
                                           const std::string& old_name,
                                           const std::string& new_name) {
    return edit(tensor, [&](const mts_metadata_t* metadata) {
        return mts_plan_rename_dimension(metadata, axis.c_str(), old_name.c_str(),
                                         new_name.c_str());
    });
}

std::optional<TensorMap> maps::plan_filter(const TensorMap& tensor, const Labels& keys,
                                           bool keep) {
    if (!is_known_on_host(keys) || keys->device() != tensor->device()) {
        return std::nullopt;
    }
    return edit(tensor, [&](const mts_metadata_t* metadata) {
        return mts_plan_filter_blocks(metadata, keys->as_metatensor().as_mts_labels_t(), keep);
    });
}

std::optional<TensorMap> maps::plan_drop_empty(const TensorMap& tensor) {
    return edit(tensor, mts_plan_drop_empty_blocks);
}
