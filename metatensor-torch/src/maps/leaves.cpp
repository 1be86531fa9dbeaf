#include "leaves.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "lazy_maps.hpp"
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

void check_gradients(const mts_metadata_t& metadata) {
    if (maps::has_nested_gradients(metadata)) {
        throw_nested_gradients();
    }
}

void check_count(const std::string& what, size_t got, size_t expected) {
    if (got != expected) {
        C10_THROW_ERROR(ValueError, "expected " + std::to_string(expected) + " " + what +
                                        ", got " + std::to_string(got));
    }
}

/// Share one of the labels of a map
metatensor::Labels share(const mts_metadata_t& metadata, uintptr_t axis) {
    const auto* labels = mts_labels_clone(metadata.labels[metadata.axes[axis]]);
    metatensor::details::check_pointer(labels);
    return metatensor::Labels::unsafe_from_ptr(labels);
}

/// Arrays of a map whose blocks exist
struct Arrays {
    std::vector<torch::Tensor> leaves;
    /// position of the values of each block
    std::vector<uintptr_t> values;
    bool has_nested_gradients = false;
};

Arrays arrays_of(const TensorMap& tensor) {
    auto options = mts_structure_options_t{};
    options.size = sizeof(options);
    options.skip_labels = 1;
    auto* pointer =
        mts_tensormap_structure(mutable_core(tensor).as_mts_tensormap_t(), &options);
    metatensor::details::check_pointer(pointer);
    const auto owner = std::unique_ptr<mts_structure_t, mts_status_t (*)(mts_structure_t*)>(
        pointer, mts_structure_free);
    auto result = Arrays();
    result.leaves.reserve(pointer->leaves_count);
    for (uintptr_t leaf = 0; leaf < pointer->leaves_count; leaf++) {
        const auto parent = pointer->parents[leaf];
        result.has_nested_gradients |= parent >= 0 && pointer->parents[parent] >= 0;
        result.leaves.push_back(tensor_of(pointer->arrays[leaf]));
    }
    result.values.assign(pointer->blocks_starts,
                         pointer->blocks_starts + pointer->blocks_count);
    return result;
}

/// All arrays, also those of gradients of gradients
std::vector<torch::Tensor> all_leaves(const TensorMap& tensor) {
    const auto* parts = maps::known_parts(tensor->as_metatensor());
    return parts != nullptr ? parts->leaves : arrays_of(tensor).leaves;
}

} // namespace

std::vector<torch::Tensor> maps::leaves(const TensorMap& tensor) {
    if (const auto* parts = known_parts(tensor->as_metatensor())) {
        check_gradients(parts->content());
        return parts->leaves;
    }
    auto arrays = arrays_of(tensor);
    if (arrays.has_nested_gradients) {
        throw_nested_gradients();
    }
    return std::move(arrays.leaves);
}

std::vector<torch::Tensor> maps::block_values(const TensorMap& tensor) {
    auto values = std::vector<torch::Tensor>();
    if (const auto* parts = known_parts(tensor->as_metatensor())) {
        const auto& metadata = parts->content();
        values.reserve(metadata.blocks_count);
        for (uintptr_t block = 0; block < metadata.blocks_count; block++) {
            values.push_back(parts->leaves[metadata.blocks_starts[block]]);
        }
        return values;
    }
    auto arrays = arrays_of(tensor);
    values.reserve(arrays.values.size());
    for (const auto position : arrays.values) {
        values.push_back(std::move(arrays.leaves[position]));
    }
    return values;
}

int64_t maps::leaves_per_block(const TensorMap& tensor) {
    if (const auto* parts = known_parts(tensor->as_metatensor())) {
        const auto& metadata = parts->content();
        const auto end = metadata.parents + metadata.blocks_starts[1];
        // without the gradients of gradients
        return 1 + std::count(metadata.parents, end, 0);
    }
    auto& core = mutable_core(tensor);
    if (core.keys().count() == 0) {
        return 1;
    }
    return 1 + static_cast<int64_t>(core.block_by_id(0).gradients_list().size());
}

namespace {

/// Makes TorchScript objects for the labels of a map, one for each of them
class SharedLabels {
public:
    explicit SharedLabels(const mts_metadata_t& metadata)
        : metadata_(metadata), known_(metadata.labels_count) {}

    /// Labels of an axis of a leaf
    const Labels& get(uintptr_t axis) {
        auto& known = known_[metadata_.axes[axis]];
        if (!known.defined()) {
            known = LabelsHolder::from_metatensor(share(metadata_, axis));
        }
        return known;
    }

private:
    const mts_metadata_t& metadata_;
    std::vector<Labels> known_;
};

} // namespace

std::vector<Labels> maps::samples_of(const TensorMap& tensor) {
    const auto owner = metadata_of(tensor->as_metatensor());
    const auto& metadata = *owner->as_mts_metadata_t();
    check_gradients(metadata);
    auto shared = SharedLabels(metadata);
    auto result = std::vector<Labels>();
    result.reserve(metadata.leaves_count);
    for (uintptr_t leaf = 0; leaf < metadata.leaves_count; leaf++) {
        result.push_back(shared.get(metadata.axes_starts[leaf]));
    }
    return result;
}

std::vector<std::vector<Labels>> maps::components_of(const TensorMap& tensor) {
    const auto owner = metadata_of(tensor->as_metatensor());
    const auto& metadata = *owner->as_mts_metadata_t();
    check_gradients(metadata);
    auto shared = SharedLabels(metadata);
    auto result = std::vector<std::vector<Labels>>(metadata.leaves_count);
    for (uintptr_t leaf = 0; leaf < metadata.leaves_count; leaf++) {
        const auto end = metadata.axes_starts[leaf + 1] - 1;
        for (auto axis = metadata.axes_starts[leaf] + 1; axis < end; axis++) {
            result[leaf].push_back(shared.get(axis));
        }
    }
    return result;
}

std::vector<Labels> maps::properties_of(const TensorMap& tensor) {
    const auto owner = metadata_of(tensor->as_metatensor());
    const auto& metadata = *owner->as_mts_metadata_t();
    auto shared = SharedLabels(metadata);
    auto result = std::vector<Labels>();
    result.reserve(metadata.blocks_count);
    for (uintptr_t block = 0; block < metadata.blocks_count; block++) {
        const auto leaf = metadata.blocks_starts[block];
        result.push_back(shared.get(metadata.axes_starts[leaf + 1] - 1));
    }
    return result;
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
    if (auto lazy = make_lazy_map(metadata_of(tensor->as_metatensor()), arrays)) {
        return std::move(*lazy);
    }
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
metatensor::Leaf make_leaf(const mts_metadata_t& metadata, uintptr_t index,
                           const torch::Tensor& array) {
    auto leaf = metatensor::Leaf{to_array(array), {}};
    for (auto axis = metadata.axes_starts[index]; axis < metadata.axes_starts[index + 1];
         axis++) {
        leaf.labels.push_back(share(metadata, axis));
    }
    if (metadata.parents[index] >= 0) {
        leaf.parent = static_cast<size_t>(metadata.parents[index]);
        leaf.parameter = metadata.parameters[index];
    }
    return leaf;
}

} // namespace

TensorMap maps::rebuild(const TensorMap& tensor, const std::vector<torch::Tensor>& arrays,
                        const std::vector<Labels>& samples,
                        const std::vector<Labels>& properties) {
    const auto owner = metadata_of(tensor->as_metatensor());
    const auto& metadata = *owner->as_mts_metadata_t();
    check_gradients(metadata);
    check_count("arrays", arrays.size(), metadata.leaves_count);
    if (!samples.empty()) {
        check_count("samples", samples.size(), metadata.leaves_count);
    }
    if (!properties.empty()) {
        check_count("properties", properties.size(), metadata.blocks_count);
    }

    auto leaves = std::vector<metatensor::Leaf>();
    leaves.reserve(metadata.leaves_count);
    for (uintptr_t block = 0; block < metadata.blocks_count; block++) {
        for (auto i = metadata.blocks_starts[block]; i < metadata.blocks_starts[block + 1];
             i++) {
            auto leaf = make_leaf(metadata, i, arrays[i]);
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
    const auto owner = metadata_of(tensor->as_metatensor());
    const auto& metadata = *owner->as_mts_metadata_t();
    const auto arrays = all_leaves(tensor);
    auto leaves = std::vector<metatensor::Leaf>();
    for (const auto position : positions) {
        if (position < 0 || static_cast<uintptr_t>(position) >= metadata.blocks_count) {
            C10_THROW_ERROR(IndexError, "block index out of bounds: we have " +
                                            std::to_string(metadata.blocks_count) +
                                            " blocks but the index is " +
                                            std::to_string(position));
        }
        const auto start = metadata.blocks_starts[position];
        const auto first = leaves.size();
        for (auto i = start; i < metadata.blocks_starts[position + 1]; i++) {
            const auto& array = arrays[i];
            auto leaf = make_leaf(metadata, i, copy ? array.clone() : array);
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
    if (leaves_per_block(tensor) == 1) {
        return make_map(metadata_of(tensor->as_metatensor()), block_values(tensor));
    }
    const auto owner = metadata_of(tensor->as_metatensor());
    const auto& metadata = *owner->as_mts_metadata_t();
    const auto arrays = all_leaves(tensor);
    auto leaves = std::vector<metatensor::Leaf>();
    leaves.reserve(metadata.blocks_count);
    for (uintptr_t block = 0; block < metadata.blocks_count; block++) {
        const auto leaf = metadata.blocks_starts[block];
        leaves.push_back(make_leaf(metadata, leaf, arrays[leaf]));
    }
    return TensorMapHolder::from_metatensor(metatensor::TensorMap::from_leaves(
        tensor->keys()->as_metatensor(), std::move(leaves)));
}
