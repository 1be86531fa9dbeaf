#include "leaves.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "metatensor/torch/array.hpp"

using namespace metatensor_torch;

namespace {

[[noreturn]] void throw_nested_gradients() {
    C10_THROW_ERROR(NotImplementedError, "gradients of gradients are not supported");
}

/// Tensor of one of our arrays
const torch::Tensor& tensor_of(const mts_array_t& array) {
    mts_data_origin_t origin = 0;
    metatensor::details::check_status(array.origin(array.ptr, &origin));
    if (origin == TORCH_DATA_ORIGIN) {
        auto* base = static_cast<metatensor::DataArrayBase*>(array.ptr);
        if (const auto* ours = dynamic_cast<const TorchDataArray*>(base)) {
            return ours->tensor();
        }
    }
    C10_THROW_ERROR(
        ValueError,
        "the values of this TensorMap are not C++ torch tensors: it was created by "
        "something else than metatensor-torch");
}

metatensor::MtsArray to_array(const torch::Tensor& tensor) {
    return metatensor::DataArrayBase::to_mts_array(std::make_unique<TorchDataArray>(tensor));
}

/// The C API only takes mutable maps here, but nothing is modified
metatensor::TensorMap& mutable_core(const TensorMap& tensor) {
    return tensor->as_metatensor();
}

void check_gradients(const mts_structure_t& structure) {
    for (uintptr_t leaf = 0; leaf < structure.leaves_count; leaf++) {
        const auto parent = structure.parents[leaf];
        if (parent >= 0 && structure.parents[parent] >= 0) {
            throw_nested_gradients();
        }
    }
}

void check_count(const std::string& what, size_t got, size_t expected) {
    if (got != expected) {
        C10_THROW_ERROR(ValueError, "expected " + std::to_string(expected) + " " + what +
                                        ", got " + std::to_string(got));
    }
}

/// Share one of the labels of a structure
metatensor::Labels share(const mts_structure_t& structure, uintptr_t axis) {
    const auto* labels = mts_labels_clone(structure.labels[structure.axes[axis]]);
    metatensor::details::check_pointer(labels);
    return metatensor::Labels::unsafe_from_ptr(labels);
}

} // namespace

std::vector<torch::Tensor> maps::leaves(const TensorMap& tensor) {
    auto options = mts_structure_options_t{};
    options.size = sizeof(options);
    options.skip_labels = 1;
    auto* pointer =
        mts_tensormap_structure(mutable_core(tensor).as_mts_tensormap_t(), &options);
    metatensor::details::check_pointer(pointer);
    const auto owner = std::unique_ptr<mts_structure_t, mts_status_t (*)(mts_structure_t*)>(
        pointer, mts_structure_free);
    const auto& structure = *pointer;
    check_gradients(structure);
    auto result = std::vector<torch::Tensor>();
    result.reserve(structure.leaves_count);
    for (uintptr_t leaf = 0; leaf < structure.leaves_count; leaf++) {
        result.push_back(tensor_of(structure.arrays[leaf]));
    }
    return result;
}

std::vector<torch::Tensor> maps::block_values(const TensorMap& tensor) {
    const auto owner = metatensor::Structure(mutable_core(tensor));
    const auto& structure = *owner.as_mts_structure_t();
    auto result = std::vector<torch::Tensor>();
    result.reserve(structure.blocks_count);
    for (uintptr_t block = 0; block < structure.blocks_count; block++) {
        result.push_back(tensor_of(structure.arrays[structure.blocks_starts[block]]));
    }
    return result;
}

int64_t maps::leaves_per_block(const TensorMap& tensor) {
    auto& core = mutable_core(tensor);
    if (core.keys().count() == 0) {
        return 1;
    }
    return 1 + static_cast<int64_t>(core.block_by_id(0).gradients_list().size());
}

namespace {

/// Makes TorchScript objects for the labels of a structure, one for each of them
class SharedLabels {
public:
    explicit SharedLabels(const mts_structure_t& structure)
        : structure_(structure), known_(structure.labels_count) {}

    /// Labels of an axis of a leaf
    const Labels& get(uintptr_t axis) {
        auto& known = known_[structure_.axes[axis]];
        if (!known.defined()) {
            known = LabelsHolder::from_metatensor(share(structure_, axis));
        }
        return known;
    }

private:
    const mts_structure_t& structure_;
    std::vector<Labels> known_;
};

} // namespace

std::vector<Labels> maps::samples_of(const TensorMap& tensor) {
    const auto owner = metatensor::Structure(mutable_core(tensor));
    const auto& structure = *owner.as_mts_structure_t();
    check_gradients(structure);
    auto shared = SharedLabels(structure);
    auto result = std::vector<Labels>();
    result.reserve(structure.leaves_count);
    for (uintptr_t leaf = 0; leaf < structure.leaves_count; leaf++) {
        result.push_back(shared.get(structure.axes_starts[leaf]));
    }
    return result;
}

std::vector<std::vector<Labels>> maps::components_of(const TensorMap& tensor) {
    const auto owner = metatensor::Structure(mutable_core(tensor));
    const auto& structure = *owner.as_mts_structure_t();
    check_gradients(structure);
    auto shared = SharedLabels(structure);
    auto result = std::vector<std::vector<Labels>>(structure.leaves_count);
    for (uintptr_t leaf = 0; leaf < structure.leaves_count; leaf++) {
        const auto end = structure.axes_starts[leaf + 1] - 1;
        for (auto axis = structure.axes_starts[leaf] + 1; axis < end; axis++) {
            result[leaf].push_back(shared.get(axis));
        }
    }
    return result;
}

std::vector<Labels> maps::properties_of(const TensorMap& tensor) {
    const auto owner = metatensor::Structure(mutable_core(tensor));
    const auto& structure = *owner.as_mts_structure_t();
    auto shared = SharedLabels(structure);
    auto result = std::vector<Labels>();
    result.reserve(structure.blocks_count);
    for (uintptr_t block = 0; block < structure.blocks_count; block++) {
        const auto leaf = structure.blocks_starts[block];
        result.push_back(shared.get(structure.axes_starts[leaf + 1] - 1));
    }
    return result;
}

namespace {

/// Are the metadata of two maps the same, with gradients in the same order?
bool is_same(const TensorMap& first, const TensorMap& second,
             const mts_compare_options_t& options) {
    const auto comparison =
        metatensor::Comparison(first->as_metatensor(), second->as_metatensor(), options);
    const auto& content = *comparison.as_mts_comparison_t();
    if (content.same == 0) {
        return false;
    }
    for (uintptr_t leaf = 0; leaf < content.leaves_count; leaf++) {
        if (content.leaves[leaf] != static_cast<int64_t>(leaf)) {
            return false;
        }
    }
    return true;
}

/// Do the samples of the first block, and of its gradients, have the same names?
bool same_sample_names(const TensorMap& first, const TensorMap& second) {
    const auto names = [](const TensorMap& tensor) {
        auto result = std::vector<std::string>();
        auto& core = mutable_core(tensor);
        if (core.keys().count() == 0) {
            return result;
        }
        auto block = core.block_by_id(0);
        auto all = std::vector<metatensor::Labels>{block.samples()};
        for (const auto& parameter : block.gradients_list()) {
            all.push_back(block.gradient(parameter).samples());
        }
        for (const auto& labels : all) {
            for (const auto* name : labels.names()) {
                result.emplace_back(name);
            }
            result.emplace_back(); // no dimension has an empty name
        }
        return result;
    };
    return names(first) == names(second);
}

bool has_nested_gradients(const TensorMap& tensor) {
    auto& core = mutable_core(tensor);
    if (core.keys().count() == 0) {
        return false;
    }
    auto block = core.block_by_id(0);
    for (const auto& parameter : block.gradients_list()) {
        if (!block.gradient(parameter).gradients_list().empty()) {
            return true;
        }
    }
    return false;
}

} // namespace

bool maps::same_structure(const TensorMap& first, const TensorMap& second) {
    auto options = mts_compare_options_t{};
    options.keys = 1; // in the same order
    return !has_nested_gradients(first) && is_same(first, second, options);
}

bool maps::same_axes(const TensorMap& first, const TensorMap& second,
                     const std::vector<std::string>& axes) {
    const auto contains = [&](const char* axis) {
        return std::find(axes.begin(), axes.end(), axis) != axes.end();
    };
    auto options = mts_compare_options_t{};
    options.keys = 2; // not compared
    options.skip_samples = contains("samples") ? 0 : 1;
    options.skip_properties = contains("properties") ? 0 : 1;
    return !has_nested_gradients(first) && same_sample_names(first, second) &&
           is_same(first, second, options);
}

static std::vector<metatensor::MtsArray> to_arrays(const std::vector<torch::Tensor>& tensors) {
    auto arrays = std::vector<metatensor::MtsArray>();
    arrays.reserve(tensors.size());
    for (const auto& tensor : tensors) {
        arrays.push_back(to_array(tensor));
    }
    return arrays;
}

TensorMap maps::with_arrays(const TensorMap& tensor,
                            const std::vector<torch::Tensor>& arrays) {
    return TensorMapHolder::from_metatensor(
        mutable_core(tensor).with_arrays(to_arrays(arrays), /*keep_info=*/false));
}

TensorBlock maps::block_with_arrays(const TensorBlock& block,
                                    const std::vector<torch::Tensor>& arrays) {
    return TensorBlockHolder::from_metatensor(
        block->as_metatensor().with_arrays(to_arrays(arrays)));
}

namespace {

/// Labels and parent of a leaf, next to an array
metatensor::Leaf make_leaf(const mts_structure_t& structure, uintptr_t index,
                           const torch::Tensor& array) {
    auto leaf = metatensor::Leaf{to_array(array), {}};
    for (auto axis = structure.axes_starts[index]; axis < structure.axes_starts[index + 1];
         axis++) {
        leaf.labels.push_back(share(structure, axis));
    }
    if (structure.parents[index] >= 0) {
        leaf.parent = static_cast<size_t>(structure.parents[index]);
        leaf.parameter = structure.parameters[index];
    }
    return leaf;
}

} // namespace

TensorMap maps::rebuild(const TensorMap& tensor, const std::vector<torch::Tensor>& arrays,
                        const std::vector<Labels>& samples,
                        const std::vector<Labels>& properties) {
    const auto owner = metatensor::Structure(mutable_core(tensor));
    const auto& structure = *owner.as_mts_structure_t();
    check_gradients(structure);
    check_count("arrays", arrays.size(), structure.leaves_count);
    if (!samples.empty()) {
        check_count("samples", samples.size(), structure.leaves_count);
    }
    if (!properties.empty()) {
        check_count("properties", properties.size(), structure.blocks_count);
    }

    auto leaves = std::vector<metatensor::Leaf>();
    leaves.reserve(structure.leaves_count);
    for (uintptr_t block = 0; block < structure.blocks_count; block++) {
        for (auto i = structure.blocks_starts[block]; i < structure.blocks_starts[block + 1];
             i++) {
            auto leaf = make_leaf(structure, i, arrays[i]);
            if (!samples.empty()) {
                leaf.labels.front() = samples[i]->as_metatensor();
            }
            if (!properties.empty()) {
                leaf.labels.back() = properties[block]->as_metatensor();
            }
            leaves.push_back(std::move(leaf));
        }
    }
    return TensorMapHolder::from_metatensor(metatensor::TensorMap::from_leaves(
        tensor->keys()->as_metatensor(), std::move(leaves)));
}

TensorMap maps::pick_blocks(const TensorMap& tensor, const std::vector<int64_t>& positions,
                            const Labels& keys, bool copy) {
    const auto owner = metatensor::Structure(mutable_core(tensor));
    const auto& structure = *owner.as_mts_structure_t();
    auto leaves = std::vector<metatensor::Leaf>();
    for (const auto position : positions) {
        if (position < 0 || static_cast<uintptr_t>(position) >= structure.blocks_count) {
            C10_THROW_ERROR(IndexError, "block index out of bounds: we have " +
                                            std::to_string(structure.blocks_count) +
                                            " blocks but the index is " +
                                            std::to_string(position));
        }
        const auto start = structure.blocks_starts[position];
        const auto first = leaves.size();
        for (auto i = start; i < structure.blocks_starts[position + 1]; i++) {
            const auto& array = tensor_of(structure.arrays[i]);
            auto leaf = make_leaf(structure, i, copy ? array.clone() : array);
            if (leaf.parent.has_value()) {
                leaf.parent = *leaf.parent - start + first;
            }
            leaves.push_back(std::move(leaf));
        }
    }
    return TensorMapHolder::from_metatensor(
        metatensor::TensorMap::from_leaves(keys->as_metatensor(), std::move(leaves)));
}

TensorMap maps::without_gradients(const TensorMap& tensor) {
    const auto owner = metatensor::Structure(mutable_core(tensor));
    const auto& structure = *owner.as_mts_structure_t();
    auto leaves = std::vector<metatensor::Leaf>();
    leaves.reserve(structure.blocks_count);
    for (uintptr_t block = 0; block < structure.blocks_count; block++) {
        const auto leaf = structure.blocks_starts[block];
        leaves.push_back(make_leaf(structure, leaf, tensor_of(structure.arrays[leaf])));
    }
    return TensorMapHolder::from_metatensor(metatensor::TensorMap::from_leaves(
        tensor->keys()->as_metatensor(), std::move(leaves)));
}
