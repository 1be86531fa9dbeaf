#ifndef METATENSOR_TORCH_MISC_HPP
#define METATENSOR_TORCH_MISC_HPP

#include <string>

#include <torch/script.h>

#include "metatensor/torch/block.hpp"
#include "metatensor/torch/exports.h"
#include "metatensor/torch/labels.hpp"
#include "metatensor/torch/tensor.hpp"

namespace metatensor_torch {

/// Full version of this library, same as `METATENSOR_TORCH_VERSION`
METATENSOR_TORCH_EXPORT std::string version();

/// Load a map from the file at `path`
METATENSOR_TORCH_EXPORT TensorMap load(const std::string& path);
/// Load a map from a 1-D contiguous CPU tensor of uint8, which is not kept
METATENSOR_TORCH_EXPORT TensorMap load_buffer(torch::Tensor buffer);

/// Load a block from the file at `path`
METATENSOR_TORCH_EXPORT TensorBlock load_block(const std::string& path);
/// Load a block from a 1-D contiguous CPU tensor of uint8, which is not kept
METATENSOR_TORCH_EXPORT TensorBlock load_block_buffer(torch::Tensor buffer);

/// Load labels from the file at `path`
METATENSOR_TORCH_EXPORT Labels load_labels(const std::string& path);
/// Load labels from a 1-D contiguous CPU tensor of uint8, which is not kept
METATENSOR_TORCH_EXPORT Labels load_labels_buffer(torch::Tensor buffer);

/// Save a map to the file at `path`
METATENSOR_TORCH_EXPORT void save(const std::string& path, TensorMap tensor);
/// Save a block to the file at `path`
METATENSOR_TORCH_EXPORT void save(const std::string& path, TensorBlock block);
/// Save labels to the file at `path`
METATENSOR_TORCH_EXPORT void save(const std::string& path, Labels labels);

/// Save a map to a 1-D CPU tensor of uint8
METATENSOR_TORCH_EXPORT torch::Tensor save_buffer(TensorMap tensor);
/// Save a block to a 1-D CPU tensor of uint8
METATENSOR_TORCH_EXPORT torch::Tensor save_buffer(TensorBlock block);
/// Save labels to a 1-D CPU tensor of uint8
METATENSOR_TORCH_EXPORT torch::Tensor save_buffer(Labels labels);

} // namespace metatensor_torch

#endif
