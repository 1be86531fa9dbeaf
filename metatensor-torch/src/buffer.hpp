#ifndef METATENSOR_TORCH_BUFFER_HPP
#define METATENSOR_TORCH_BUFFER_HPP

#include <cstdint>
#include <vector>

#include <torch/script.h>

namespace metatensor_torch::details {

/// Check that `buffer`, given to one of the `load_buffer` functions, is a
/// 1-dimensional, contiguous CPU tensor of uint8.
///
/// @throws c10::ValueError naming the requirement which is not respected
void check_buffer(const torch::Tensor& buffer);

/// Tensor around `buffer`, without copy
torch::Tensor buffer_to_tensor(std::vector<uint8_t>&& buffer);

} // namespace metatensor_torch::details

#endif
