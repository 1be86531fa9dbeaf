#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/block.hpp"
#include "metatensor/labels.hpp"
#include "metatensor/tensor.hpp"

namespace metatensor {

/// Labels of the values of a block or of a gradient, for `Metadata::from_leaves`
struct LeafMetadata {
    /// samples, components and properties
    std::vector<Labels> labels;
    /// the leaf of which this is a gradient, which must come before; nothing for the values
    /// of blocks
    std::optional<size_t> parent = std::nullopt;
    /// name of the gradient
    std::string parameter = {};
};

/// The metadata of a tensor map: all labels and gradients, but neither arrays nor
/// information. Metadata never change, and do not depend on the map they were made from.
///
/// The values of a block and the values of a gradient are called leaves, and are in the
/// same order as in a `Structure`.
class Metadata final {
public:
    /// Get the metadata of a tensor map
    explicit Metadata(const TensorMap& tensor)
        : Metadata(mts_tensormap_metadata(tensor.as_mts_tensormap_t())) {}

    /// Get the metadata of a tensor map with a single block, and a key `_` with the value 0
    explicit Metadata(const TensorBlock& block)
        : Metadata(mts_block_metadata(block.as_mts_block_t())) {}

    /// Make metadata from labels.
    ///
    /// @param keys labels with one entry for each block
    /// @param leaves labels of all blocks and gradients
    /// @throws Error if this is not valid for a tensor map
    static Metadata from_leaves(const Labels& keys, const std::vector<LeafMetadata>& leaves) {
        auto parents = std::vector<int64_t>();
        auto parameters = std::vector<const char*>();
        auto counts = std::vector<uintptr_t>();
        auto labels = std::vector<const mts_labels_t*>();
        for (const auto& leaf : leaves) {
            parents.push_back(leaf.parent ? static_cast<int64_t>(*leaf.parent) : -1);
            parameters.push_back(details::c_string(leaf.parameter, "gradient parameter"));
            counts.push_back(leaf.labels.size());
            for (const auto& axis : leaf.labels) {
                labels.push_back(axis.as_mts_labels_t());
            }
        }
        return Metadata(mts_metadata(keys.as_mts_labels_t(), parents.data(), parameters.data(),
                                     counts.data(), counts.size(), labels.data(),
                                     labels.size()));
    }

    /// Take ownership of C metadata
    static Metadata unsafe_from_ptr(mts_metadata_t* metadata) { return Metadata(metadata); }

    ~Metadata() { mts_metadata_free(metadata_); }

    /// Make a copy, which shares all labels
    Metadata(const Metadata& other) : Metadata(mts_metadata_copy(other.as_mts_metadata_t())) {}

    /// Make a copy, which shares all labels
    Metadata& operator=(const Metadata& other) {
        auto copy = Metadata(other);
        std::swap(metadata_, copy.metadata_);
        return *this;
    }

    /// Take the content of `other`, which can not be used anymore
    Metadata(Metadata&& other) noexcept : metadata_(std::exchange(other.metadata_, nullptr)) {}

    /// Take the content of `other`, which can not be used anymore
    Metadata& operator=(Metadata&& other) noexcept {
        auto moved = Metadata(std::move(other));
        std::swap(metadata_, moved.metadata_);
        return *this;
    }

    /// Get the number of blocks
    size_t blocks_count() const { return this->as_mts_metadata_t()->blocks_count; }

    /// Get the number of leaves
    size_t leaves_count() const { return this->as_mts_metadata_t()->leaves_count; }

    /// Get the keys
    Labels keys() const { return clone_labels(this->as_mts_metadata_t()->labels[0]); }

    /// Get the leaf with the values of the block at this position.
    ///
    /// @throws Error if there are not enough blocks
    size_t leaf_of_block(size_t block) const {
        check_index(block, this->blocks_count(), "blocks");
        return metadata_->blocks_starts[block];
    }

    /// Get the leaf of which this one is a gradient; nothing for the values of blocks.
    ///
    /// @throws Error if there are not enough leaves
    std::optional<size_t> parent(size_t leaf) const {
        this->check_leaf(leaf);
        const auto parent = metadata_->parents[leaf];
        return parent < 0 ? std::nullopt : std::optional<size_t>(static_cast<size_t>(parent));
    }

    /// Get the parameter of a gradient; nothing for the values of blocks.
    ///
    /// @throws Error if there are not enough leaves
    std::optional<std::string> parameter(size_t leaf) const {
        this->check_leaf(leaf);
        const auto* parameter = metadata_->parameters[leaf];
        return parameter == nullptr ? std::nullopt : std::optional<std::string>(parameter);
    }

    /// Get the samples, components and properties of a leaf.
    ///
    /// @throws Error if there are not enough leaves
    std::vector<Labels> labels(size_t leaf) const {
        this->check_leaf(leaf);
        auto result = std::vector<Labels>();
        for (auto i = metadata_->axes_starts[leaf]; i < metadata_->axes_starts[leaf + 1];
             i++) {
            result.push_back(clone_labels(metadata_->labels[metadata_->axes[i]]));
        }
        return result;
    }

    /// Get the shape of the array of a leaf.
    ///
    /// @throws Error if there are not enough leaves
    std::vector<uintptr_t> shape(size_t leaf) const {
        this->check_leaf(leaf);
        auto result = std::vector<uintptr_t>();
        for (auto i = metadata_->axes_starts[leaf]; i < metadata_->axes_starts[leaf + 1];
             i++) {
            result.push_back(metadata_->labels_rows[metadata_->axes[i]]);
        }
        return result;
    }

    /// Get the distinct entries of some dimensions of all blocks, sorted.
    ///
    /// @param axis `samples` or `properties`
    /// @param dimensions names of the dimensions, in the order of the result
    /// @param gradient look at the gradients with respect to this parameter, instead of
    ///        the values
    Labels unique(const std::string& axis, const std::vector<std::string>& dimensions,
                  const std::optional<std::string>& gradient = std::nullopt) const {
        const auto names = details::c_strings(dimensions, "dimension name");
        const auto* labels = mts_metadata_unique(
            this->as_mts_metadata_t(), details::c_string(axis, "axis"), names.data(),
            names.size(), gradient ? details::c_string(*gradient, "gradient") : nullptr);
        details::check_pointer(labels);
        return Labels::unsafe_from_ptr(labels);
    }

    /// Make a tensor map of these metadata and of one array for each leaf.
    ///
    /// @throws Error if the arrays do not have the shape given by the labels, or do not all
    ///         have the same type, origin and device
    TensorMap with_arrays(std::vector<MtsArray> arrays) const {
        const auto* metadata = this->as_mts_metadata_t();
        const auto raw = details::release_arrays(std::move(arrays));
        auto* tensor = mts_metadata_with_arrays(metadata, raw.data(), raw.size());
        details::check_pointer(tensor);
        return TensorMap::unsafe_from_ptr(tensor);
    }

    /// Get the C metadata, which still belong to this object
    const mts_metadata_t* as_mts_metadata_t() const {
        if (metadata_ == nullptr) {
            throw Error("these metadata were moved, they can not be used");
        }
        return metadata_;
    }

private:
    explicit Metadata(mts_metadata_t* metadata) : metadata_(metadata) {
        details::check_pointer(metadata_);
    }

    static Labels clone_labels(const mts_labels_t* shared) {
        const auto* labels = mts_labels_clone(shared);
        details::check_pointer(labels);
        return Labels::unsafe_from_ptr(labels);
    }

    static void check_index(size_t index, size_t count, const char* what) {
        if (index >= count) {
            throw Error("index out of bounds: got " + std::to_string(index) +
                        ", but there are only " + std::to_string(count) + " " + what);
        }
    }

    void check_leaf(size_t leaf) const { check_index(leaf, this->leaves_count(), "leaves"); }

    mts_metadata_t* metadata_;
};

} // namespace metatensor
