#ifndef METATENSOR_TORCH_SRC_MAPS_LEAVES_HPP
#define METATENSOR_TORCH_SRC_MAPS_LEAVES_HPP

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <torch/script.h>

#include "metatensor/torch/tensor.hpp"

// What the operations are made of: whole maps are taken apart and put together in a single
// call, whatever their number of blocks. The arrays of a map, or of a block, are called its
// leaves: the values of each block, followed by those of its gradients.
namespace metatensor_torch::maps {

/// All leaves of a map, block after block.
/// @throws c10::NotImplementedError if there are gradients of gradients
/// @throws c10::ValueError if the values are not torch tensors
std::vector<torch::Tensor> leaves(const TensorMap& tensor);

/// Number of leaves of each block, 1 if there are no blocks
int64_t leaves_per_block(const TensorMap& tensor);

/// Values of all blocks, which may have any gradients
std::vector<torch::Tensor> block_values(const TensorMap& tensor);

/// Samples of all leaves. Labels which are the same object in the map are the same object
/// here, and this holds for all functions below.
std::vector<Labels> samples_of(const TensorMap& tensor);

/// Components of all leaves
std::vector<std::vector<Labels>> components_of(const TensorMap& tensor);

/// Properties of all blocks
std::vector<Labels> properties_of(const TensorMap& tensor);

/// Do two maps have the same keys, labels and gradients, all of them in the same order? Maps
/// with gradients of gradients are never the same.
bool same_structure(const TensorMap& first, const TensorMap& second);

/// Are labels the same along some axes, for two maps with the same keys? Components, names of
/// gradients and names of samples are always compared, gradients of gradients never the same.
///
/// @param axes `samples` or `properties`, of the values; anything else is ignored
bool same_axes(const TensorMap& first, const TensorMap& second,
               const std::vector<std::string>& axes);

/// Map with the keys, labels and gradients of another one, and other leaves of the same
/// shapes. The global information is not copied.
/// @throws metatensor::Error if a leaf has the wrong shape, dtype or device
TensorMap with_arrays(const TensorMap& tensor, const std::vector<torch::Tensor>& arrays);

/// The same for a block
TensorBlock block_with_arrays(const TensorBlock& block,
                              const std::vector<torch::Tensor>& arrays);

/// Map with the keys, components and names of gradients of another one, and other leaves.
///
/// @param arrays new leaves
/// @param samples new samples for each leaf; none at all to keep them
/// @param properties new properties for each block; none at all to keep them
/// @throws metatensor::Error if leaves and labels do not fit together
TensorMap rebuild(const TensorMap& tensor, const std::vector<torch::Tensor>& arrays,
                  const std::vector<Labels>& samples, const std::vector<Labels>& properties);

/// Map without any of the gradients of another one, sharing the values
TensorMap without_gradients(const TensorMap& tensor);

/// Map with some of the blocks of another one, sharing their arrays unless `copy`
///
/// @param positions positions of the blocks, all different
/// @param keys keys of the result
TensorMap pick_blocks(const TensorMap& tensor, const std::vector<int64_t>& positions,
                      const Labels& keys, bool copy);

} // namespace metatensor_torch::maps

#endif
