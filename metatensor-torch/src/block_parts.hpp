#ifndef METATENSOR_TORCH_SRC_BLOCK_PARTS_HPP
#define METATENSOR_TORCH_SRC_BLOCK_PARTS_HPP

#include <string>
#include <utility>
#include <vector>

#include <torch/script.h>

#include <metatensor.hpp>

namespace metatensor_torch::details {

/// Does this block contain a `TorchDataArray`?
bool has_torch_values(const metatensor::TensorBlock& block);

/// Tensor inside the `TorchDataArray` of a block, sharing its data.
/// @throws c10::ValueError if the block contains another kind of array
torch::Tensor torch_values(const metatensor::TensorBlock& block);

/// Everything a core block is made of, sharing data and labels with it.
///
/// Blocks are never modified in place: copies, moves and conversions take a
/// block apart, change some of the parts, and build a new block.
struct BlockParts {
    torch::Tensor values;
    metatensor::Labels samples;
    std::vector<metatensor::Labels> components;
    metatensor::Labels properties;
    std::vector<std::pair<std::string, BlockParts>> gradients;
};

/// Take a block apart, gradients included.
/// @throws c10::ValueError if the block does not contain torch tensors
BlockParts block_parts(const metatensor::TensorBlock& block);

/// Build a core block from its parts
metatensor::TensorBlock build_block(const BlockParts& parts);

/// Copy the global information of a map to another one
void copy_info(const metatensor::TensorMap& source, metatensor::TensorMap& destination);

/// Take apart all the blocks of a map
std::vector<BlockParts> all_block_parts(const metatensor::TensorMap& tensor);

/// Build a map from new keys and blocks, with the info of `original`
metatensor::TensorMap build_tensor(const metatensor::TensorMap& original,
                                   metatensor::Labels keys,
                                   const std::vector<BlockParts>& all_parts);

} // namespace metatensor_torch::details

#endif
