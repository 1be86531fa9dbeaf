#include "lazy_maps.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "../dlpack.hpp"
#include "../tensor_utils.hpp"
#include "metatensor/torch/array.hpp"

using namespace metatensor_torch;
using metatensor_torch::maps::MapParts;

namespace {

mts_array_t to_raw_array(const torch::Tensor& tensor) {
    return metatensor::DataArrayBase::to_mts_array(std::make_unique<TorchDataArray>(tensor))
        .release();
}

/// Called by the core library when somebody looks at a block
mts_status_t make_arrays(const void* leaves, mts_array_t* arrays, uintptr_t arrays_count) {
    return metatensor::details::catch_exceptions(
        [](const MapParts* parts, mts_array_t* output, uintptr_t count) {
            for (uintptr_t i = 0; i < count; i++) {
                output[i] = to_raw_array(parts->leaves[i]);
            }
            return MTS_SUCCESS;
        },
        static_cast<const MapParts*>(leaves), arrays, arrays_count);
}

void destroy_parts(void* parts) {
    delete static_cast<MapParts*>(parts);
}

metatensor::Labels share(const mts_labels_t* labels) {
    const auto* shared = mts_labels_clone(labels);
    metatensor::details::check_pointer(shared);
    return metatensor::Labels::unsafe_from_ptr(shared);
}

/// Are the labels of a leaf on this device? Those without dimensions have none.
bool labels_are_on(const mts_metadata_t& metadata, uintptr_t leaf, torch::Device device) {
    const auto expected = details::device_to_dlpack(device);
    for (auto axis = metadata.axes_starts[leaf]; axis < metadata.axes_starts[leaf + 1];
         axis++) {
        const auto position = metadata.axes[axis];
        if (metadata.labels_sizes[position] == 0) {
            continue;
        }
        const auto found = share(metadata.labels[position]).device();
        if (found.device_type != expected.device_type ||
            found.device_id != expected.device_id) {
            return false;
        }
    }
    return true;
}

bool has_shape(const mts_metadata_t& metadata, uintptr_t leaf, torch::IntArrayRef shape) {
    const auto start = metadata.axes_starts[leaf];
    if (shape.size() != metadata.axes_starts[leaf + 1] - start) {
        return false;
    }
    for (size_t axis = 0; axis < shape.size(); axis++) {
        const auto rows = metadata.labels_rows[metadata.axes[start + axis]];
        if (static_cast<uintptr_t>(shape[axis]) != rows) {
            return false;
        }
    }
    return true;
}

/// Can blocks be made of these later, without any error?
bool fits(const mts_metadata_t& metadata, const std::vector<torch::Tensor>& leaves) {
    if (leaves.empty() || leaves.size() != metadata.leaves_count) {
        return false;
    }
    const auto dtype = leaves.front().scalar_type();
    const auto device = leaves.front().device();
    for (uintptr_t i = 0; i < leaves.size(); i++) {
        const auto& leaf = leaves[i];
        const auto usual =
            details::has_data(leaf) && leaf.scalar_type() == dtype && leaf.device() == device;
        if (!usual || !has_shape(metadata, i, leaf.sizes())) {
            return false;
        }
    }
    try {
        static_cast<void>(details::dtype_to_dlpack(dtype));
        return labels_are_on(metadata, 0, device);
    } catch (const metatensor::Error&) {
        return false;
    }
}

/// Compares labels, each pair of them once
class ComparedLabels {
public:
    ComparedLabels(const mts_metadata_t& first, const mts_metadata_t& second)
        : first_(first), second_(second) {}

    bool are_same(uintptr_t first, uintptr_t second) {
        const auto* labels = first_.labels[first];
        const auto* others = second_.labels[second];
        if (labels == others) {
            return true;
        }
        const auto [known, is_new] = known_.emplace(std::pair(labels, others), false);
        if (is_new) {
            known->second = share(labels) == share(others);
        }
        return known->second;
    }

private:
    const mts_metadata_t& first_;
    const mts_metadata_t& second_;
    std::map<std::pair<const mts_labels_t*, const mts_labels_t*>, bool> known_;
};

bool same_gradients(const mts_metadata_t& first, const mts_metadata_t& second) {
    for (uintptr_t leaf = 0; leaf < first.leaves_count; leaf++) {
        const auto parent = first.parents[leaf];
        if (parent != second.parents[leaf]) {
            return false;
        }
        if (parent >= 0 && std::string_view(first.parameters[leaf]) !=
                               std::string_view(second.parameters[leaf])) {
            return false;
        }
    }
    return true;
}

} // namespace

const MapParts* maps::known_parts(const metatensor::TensorMap& tensor) {
    const void* parts = nullptr;
    metatensor::details::check_status(
        mts_tensormap_lazy_leaves(tensor.as_mts_tensormap_t(), make_arrays, &parts));
    return static_cast<const MapParts*>(parts);
}

maps::SharedMetadata maps::metadata_of(const metatensor::TensorMap& tensor) {
    const auto* parts = known_parts(tensor);
    return parts != nullptr ? parts->metadata
                            : std::make_shared<const metatensor::Metadata>(tensor);
}

static TensorMap adopt(mts_tensormap_t* tensor) {
    metatensor::details::check_pointer(tensor);
    return TensorMapHolder::from_metatensor(metatensor::TensorMap::unsafe_from_ptr(tensor));
}

std::optional<TensorMap> maps::make_lazy_map(const SharedMetadata& metadata,
                                             const std::vector<torch::Tensor>& leaves) {
    if (!fits(*metadata->as_mts_metadata_t(), leaves)) {
        return std::nullopt;
    }
    auto parts = mts_array_t{};
    parts.destroy = destroy_parts;
    parts.ptr = new MapParts{metadata, leaves};
    return adopt(
        mts_metadata_with_lazy_arrays(metadata->as_mts_metadata_t(), parts, make_arrays));
}

TensorMap maps::make_map(const SharedMetadata& metadata,
                         const std::vector<torch::Tensor>& leaves) {
    if (auto lazy = make_lazy_map(metadata, leaves)) {
        return std::move(*lazy);
    }
    auto arrays = std::vector<mts_array_t>();
    arrays.reserve(leaves.size());
    for (const auto& leaf : leaves) {
        arrays.push_back(to_raw_array(leaf));
    }
    return adopt(
        mts_metadata_with_arrays(metadata->as_mts_metadata_t(), arrays.data(), arrays.size()));
}

bool maps::same_metadata(const metatensor::Metadata& first,
                         const metatensor::Metadata& second) {
    if (&first == &second) {
        return true;
    }
    const auto& a = *first.as_mts_metadata_t();
    const auto& b = *second.as_mts_metadata_t();
    const auto same_axes_counts =
        a.blocks_count == b.blocks_count && a.leaves_count == b.leaves_count &&
        std::equal(a.axes_starts, a.axes_starts + a.leaves_count + 1, b.axes_starts);
    if (!same_axes_counts || !same_gradients(a, b)) {
        return false;
    }
    auto compared = ComparedLabels(a, b);
    // the keys are the first labels
    if (!compared.are_same(0, 0)) {
        return false;
    }
    for (uintptr_t axis = 0; axis < a.axes_starts[a.leaves_count]; axis++) {
        if (!compared.are_same(a.axes[axis], b.axes[axis])) {
            return false;
        }
    }
    return true;
}

bool maps::has_nested_gradients(const mts_metadata_t& metadata) {
    for (uintptr_t leaf = 0; leaf < metadata.leaves_count; leaf++) {
        const auto parent = metadata.parents[leaf];
        if (parent >= 0 && metadata.parents[parent] >= 0) {
            return true;
        }
    }
    return false;
}
