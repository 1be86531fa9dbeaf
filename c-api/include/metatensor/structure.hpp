#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/tensor.hpp"

namespace metatensor {

/// All the arrays of a tensor map or of a block with its gradients, taken in one call.
///
/// The values of a block and the values of a gradient are called leaves. They come
/// block after block: the values, then the gradients in the order they were added, each
/// followed by its own gradients.
///
/// The map or block must outlive this object, and must not change in the meantime.
class Structure final {
public:
    /// Get the leaves of a tensor map
    explicit Structure(TensorMap& tensor)
        : structure_(mts_tensormap_structure(tensor.as_mts_tensormap_t(), nullptr)) {
        details::check_pointer(structure_);
    }

    /// Get the leaves of a block; the first one is the block itself
    explicit Structure(TensorBlock& block)
        : structure_(mts_block_structure(block.as_mts_block_t(), nullptr)) {
        details::check_pointer(structure_);
    }

    ~Structure() { mts_structure_free(structure_); }

    Structure(const Structure&) = delete;
    Structure& operator=(const Structure&) = delete;

    /// Take the content of `other`, which can not be used anymore
    Structure(Structure&& other) noexcept
        : structure_(std::exchange(other.structure_, nullptr)) {}

    /// Take the content of `other`, which can not be used anymore
    Structure& operator=(Structure&& other) noexcept {
        auto moved = Structure(std::move(other));
        std::swap(structure_, moved.structure_);
        return *this;
    }

    /// Get the number of blocks
    size_t blocks_count() const { return this->as_mts_structure_t()->blocks_count; }

    /// Get the number of leaves
    size_t leaves_count() const { return this->as_mts_structure_t()->leaves_count; }

    /// Get the leaf with the values of the block at this position.
    ///
    /// @throws Error if there are not enough blocks
    size_t leaf_of_block(size_t block) const {
        check_index(block, this->blocks_count(), "blocks");
        return structure_->blocks_starts[block];
    }

    /// Get the block or gradient of a leaf, as a view valid as long as the map or block.
    ///
    /// @throws Error if there are not enough leaves
    TensorBlock block(size_t leaf) const {
        this->check_leaf(leaf);
        return TensorBlock::unsafe_view_from_ptr(structure_->blocks[leaf]);
    }

    /// Get a view of the array of a leaf, valid as long as the map or block.
    ///
    /// @throws Error if there are not enough leaves
    MtsArray array(size_t leaf) const {
        this->check_leaf(leaf);
        return MtsArray(structure_->arrays[leaf]);
    }

    /// Get the leaf of which this one is a gradient; nothing for the values of blocks.
    ///
    /// @throws Error if there are not enough leaves
    std::optional<size_t> parent(size_t leaf) const {
        this->check_leaf(leaf);
        const auto parent = structure_->parents[leaf];
        return parent < 0 ? std::nullopt : std::optional<size_t>(static_cast<size_t>(parent));
    }

    /// Get the parameter of a gradient; nothing for the values of blocks.
    ///
    /// @throws Error if there are not enough leaves
    std::optional<std::string> parameter(size_t leaf) const {
        this->check_leaf(leaf);
        const auto* parameter = structure_->parameters[leaf];
        return parameter == nullptr ? std::nullopt : std::optional<std::string>(parameter);
    }

    /// Get the samples, components and properties of a leaf.
    ///
    /// @throws Error if there are not enough leaves
    std::vector<Labels> labels(size_t leaf) const {
        this->check_leaf(leaf);
        auto result = std::vector<Labels>();
        for (auto i = structure_->axes_starts[leaf]; i < structure_->axes_starts[leaf + 1];
             i++) {
            const auto* shared = structure_->labels[structure_->axes[i]];
            const auto* labels = mts_labels_clone(shared);
            details::check_pointer(labels);
            result.push_back(Labels::unsafe_from_ptr(labels));
        }
        return result;
    }

    /// Get the C structure, which still belongs to this object
    const mts_structure_t* as_mts_structure_t() const {
        if (structure_ == nullptr) {
            throw Error("this structure was moved, it can not be used");
        }
        return structure_;
    }

private:
    static void check_index(size_t index, size_t count, const char* what) {
        if (index >= count) {
            throw Error("index out of bounds: got " + std::to_string(index) +
                        ", but there are only " + std::to_string(count) + " " + what);
        }
    }

    void check_leaf(size_t leaf) const { check_index(leaf, this->leaves_count(), "leaves"); }

    mts_structure_t* structure_;
};

/// One of the arrays for `TensorMap::from_leaves`, with its labels
struct Leaf {
    /// values of a block or of a gradient
    MtsArray array;
    /// samples, components and properties
    std::vector<Labels> labels;
    /// the leaf of which this is a gradient, which must come before; nothing for the values
    /// of blocks
    std::optional<size_t> parent = std::nullopt;
    /// name of the gradient
    std::string parameter = {};
};

inline std::vector<MtsArray> TensorMap::arrays() & {
    const auto structure = Structure(*this);
    auto result = std::vector<MtsArray>();
    result.reserve(structure.leaves_count());
    for (size_t leaf = 0; leaf < structure.leaves_count(); leaf++) {
        result.push_back(structure.array(leaf));
    }
    return result;
}

inline TensorMap TensorMap::with_arrays(std::vector<MtsArray> arrays, bool keep_info) const {
    const auto* tensor = this->as_mts_tensormap_t();
    const auto raw = details::release_arrays(std::move(arrays));
    auto* result = mts_tensormap_with_arrays(tensor, raw.data(), raw.size(), keep_info);
    details::check_pointer(result);
    return TensorMap(result, false);
}

inline TensorMap TensorMap::pick_blocks(const std::vector<uintptr_t>& blocks,
                                        bool keep_info) const {
    auto* result = mts_tensormap_pick_blocks(this->as_mts_tensormap_t(), blocks.data(),
                                             blocks.size(), nullptr, 0, keep_info);
    details::check_pointer(result);
    return TensorMap(result, false);
}

inline std::vector<std::vector<int64_t>> TensorMap::gradient_rows() const {
    auto* lists = mts_tensormap_gradient_rows(this->as_mts_tensormap_t());
    details::check_pointer(lists);
    const auto owner =
        std::unique_ptr<mts_integer_lists_t, mts_status_t (*)(mts_integer_lists_t*)>(
            lists, mts_integer_lists_free);
    auto result = std::vector<std::vector<int64_t>>();
    result.reserve(lists->lists_count);
    for (uintptr_t i = 0; i < lists->lists_count; i++) {
        const auto start = lists->starts[i];
        const auto end = lists->starts[i + 1];
        result.push_back(
            start == end ? std::vector<int64_t>()
                         : std::vector<int64_t>(lists->values + start, lists->values + end));
    }
    return result;
}

inline TensorMap TensorMap::from_leaves(const Labels& keys, std::vector<Leaf> leaves) {
    auto arrays = std::vector<MtsArray>();
    auto parents = std::vector<int64_t>();
    auto parameters = std::vector<const char*>();
    auto counts = std::vector<uintptr_t>();
    auto labels = std::vector<const mts_labels_t*>();
    for (auto& leaf : leaves) {
        parents.push_back(leaf.parent ? static_cast<int64_t>(*leaf.parent) : -1);
        parameters.push_back(details::c_string(leaf.parameter, "gradient parameter"));
        counts.push_back(leaf.labels.size());
        for (const auto& axis : leaf.labels) {
            labels.push_back(axis.as_mts_labels_t());
        }
        arrays.push_back(std::move(leaf.array));
    }
    const auto* raw_keys = keys.as_mts_labels_t();
    const auto raw = details::release_arrays(std::move(arrays));
    auto* result =
        mts_tensormap_from_leaves(raw_keys, raw.data(), parents.data(), parameters.data(),
                                  counts.data(), raw.size(), labels.data(), labels.size());
    details::check_pointer(result);
    return TensorMap(result, false);
}

} // namespace metatensor
