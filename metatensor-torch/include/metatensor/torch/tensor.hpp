#ifndef METATENSOR_TORCH_TENSOR_HPP
#define METATENSOR_TORCH_TENSOR_HPP

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <torch/script.h>

#include <metatensor.hpp>

#include "metatensor/torch/block.hpp"
#include "metatensor/torch/exports.h"
#include "metatensor/torch/labels.hpp"

namespace metatensor_torch {

/// TorchScript handle of a `TensorMapHolder`
using TensorMap = torch::intrusive_ptr<TensorMapHolder>;

/// Blocks, and the keys that identify them.
///
/// The layout of this class is part of the binary interface: other libraries
/// allocate it and inline some of its members.
class METATENSOR_TORCH_EXPORT TensorMapHolder : public torch::CustomClassHolder {
public:
    /// Create a map with one block per entry of `keys`.
    ///
    /// On success all `blocks` are moved inside the map: these holders can not
    /// be used anymore. On failure the blocks are left as they were.
    /// @throws std::runtime_error if a block is a view, was released, or is
    ///         given twice
    /// @throws c10::ValueError if keys and blocks are on different devices
    /// @throws metatensor::Error if blocks do not match the keys or each other
    TensorMapHolder(Labels keys, std::vector<TensorBlock> blocks);

    /// Copy this map. With `deep` the values are copied (differentiably),
    /// otherwise they are shared; keys, labels and info are always kept.
    TensorMap copy(bool deep = true);

    /// Labels identifying the blocks
    Labels keys() const;

    /// Block at the given position, a view inside `self`.
    /// @throws c10::IndexError if `index` is negative or too large
    static TensorBlock block_by_id(TensorMap self, int64_t index);

    /// The only block with the given values of some key dimensions.
    /// @throws c10::ValueError if no block or more than one matches
    static TensorBlock block(TensorMap self, const std::map<std::string, int32_t>& selection);
    /// Same, `selection` having exactly one entry
    static TensorBlock block(TensorMap self, Labels selection);
    /// Same, selecting with one entry of labels
    static TensorBlock block(TensorMap self, LabelsEntry selection);
    /// Same as called from TorchScript: `selection` can also be an int, or
    /// None if there is only one block
    static TensorBlock block_torch(TensorMap self, torch::IValue selection);

    /// Blocks at the given positions, which may be repeated
    static std::vector<TensorBlock> blocks_by_id(TensorMap self,
                                                 const std::vector<int64_t>& indices);

    /// All blocks
    static std::vector<TensorBlock> blocks(TensorMap self);
    /// All blocks with the given values of some key dimensions
    static std::vector<TensorBlock> blocks(TensorMap self,
                                           const std::map<std::string, int32_t>& selection);
    /// Same, `selection` having exactly one entry
    static std::vector<TensorBlock> blocks(TensorMap self, Labels selection);
    /// Same, selecting with one entry of labels
    static std::vector<TensorBlock> blocks(TensorMap self, LabelsEntry selection);
    /// Same as called from TorchScript: `selection` can also be an int, a
    /// list of int or None
    static std::vector<TensorBlock> blocks_torch(TensorMap self, torch::IValue selection);

    /// All keys with the corresponding blocks
    static std::vector<std::tuple<LabelsEntry, TensorBlock>> items(TensorMap self);

    /// Merge blocks along the property axis, moving some key dimensions to the
    /// properties. `keys_to_move` is a name, a list or tuple of names, or
    /// Labels. Missing values are set to `fill_value`.
    TensorMap keys_to_properties(torch::IValue keys_to_move, torch::Scalar fill_value = 0,
                                 bool sort_samples = true) const;

    /// Merge blocks along the sample axis, moving some key dimensions to the
    /// samples; the arguments are the same as for `keys_to_properties`.
    TensorMap keys_to_samples(torch::IValue keys_to_move, torch::Scalar fill_value = 0,
                              bool sort_samples = true) const;

    /// Move some components to the properties. `dimensions` is a name, or a
    /// list or tuple of names.
    TensorMap components_to_properties(torch::IValue dimensions) const;

    /// Names of the samples of all blocks, empty if there are no blocks
    std::vector<std::string> sample_names();
    /// Names of the components of all blocks, empty if there are no blocks
    std::vector<std::string> component_names();
    /// Names of the properties of all blocks, empty if there are no blocks
    std::vector<std::string> property_names();

    /// Summary of this map, with at most `max_keys` keys if it is positive
    std::string print(int64_t max_keys) const;

    /// Device of the keys and of all blocks
    torch::Device device() const;

    /// Data type of all blocks, torch's default one if there are no blocks
    torch::Dtype scalar_type() const;

    /// Is this map a view inside another object?
    bool is_view() const { return !parent_.isNone(); }

    /// Convert all blocks to `dtype`, move them and the keys to `device`. The
    /// result owns its data.
    TensorMap to(torch::optional<torch::Dtype> dtype = torch::nullopt,
                 torch::optional<torch::Device> device = torch::nullopt,
                 bool non_blocking = false) const;

    /// Same as `to`, as called from Python and TorchScript; see
    /// `TensorBlockHolder::to_positional`
    TensorMap to_positional(torch::IValue positional_1, torch::IValue positional_2,
                            torch::optional<torch::Dtype> dtype,
                            torch::optional<torch::Device> device,
                            torch::optional<std::string> arrays,
                            bool non_blocking = false) const;

    /// Same content in pinned memory, from where it can be copied to a device without waiting
    /// for it; `self` if it is there already.
    /// @throws c10::Error if `self` is not on CPU, or no memory can be pinned
    static TensorMap pin_memory(TensorMap self);

    /// Are all blocks and keys in pinned memory? Arrays without elements do not count.
    bool is_pinned() const;

    /// Access the core map
    metatensor::TensorMap& as_metatensor() { return tensor_; }

    /// Access the core map
    const metatensor::TensorMap& as_metatensor() const { return tensor_; }

    /// Get the core map out of this holder, which can not be used anymore.
    /// @throws std::runtime_error if this is a view
    metatensor::TensorMap release();

    /// Take ownership of a core map
    static TensorMap from_metatensor(metatensor::TensorMap tensor);

    /// Wrap a core view, which lives as long as `parent` does.
    /// @throws c10::ValueError if `tensor` is not a view or `parent` is None
    static TensorMap view_from_metatensor(metatensor::TensorMap tensor, torch::IValue parent);

    /// Load a map from the file at `path`
    static TensorMap load(const std::string& path);
    /// Load a map from a 1-D contiguous CPU tensor of uint8
    static TensorMap load_buffer(torch::Tensor buffer);
    /// Save this map to the file at `path`
    void save(const std::string& path) const;
    /// Save this map to a 1-D CPU tensor of uint8
    torch::Tensor save_buffer() const;

    /// Set or overwrite one entry of the global information of this map
    void set_info(std::string key, std::string value);
    /// Get one entry of the global information, if it exists
    torch::optional<std::string> get_info(std::string key) const;
    /// All the global information
    torch::Dict<std::string, std::string> info() const;

private:
    /// Build the core map out of the core blocks of these holders
    static metatensor::TensorMap consume_blocks(const Labels& keys,
                                                const std::vector<TensorBlock>& blocks);

    explicit TensorMapHolder(metatensor::TensorMap tensor) : tensor_(std::move(tensor)) {}

    explicit TensorMapHolder(metatensor::TensorMap tensor, torch::IValue parent)
        : tensor_(std::move(tensor)), parent_(std::move(parent)) {}

    friend class torch::intrusive_ptr<TensorMapHolder>;
    friend struct details::HolderLayout;

    /// the core map, owned or a view
    metatensor::TensorMap tensor_;
    /// what keeps the memory of a view alive, None if this is not a view
    torch::IValue parent_;
    /// trivial data only: clients copy and destroy this without our code
    uint8_t reserved_[32] = {0};
};

} // namespace metatensor_torch

#endif
