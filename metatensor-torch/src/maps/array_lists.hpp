#ifndef METATENSOR_TORCH_SRC_MAPS_ARRAY_LISTS_HPP
#define METATENSOR_TORCH_SRC_MAPS_ARRAY_LISTS_HPP

#include <cstdint>
#include <vector>

#include <torch/script.h>

// Functions on all leaves of a map, in one call: the same operators of torch as for single
// arrays, without the interpreter in between.
namespace metatensor_torch::maps {

/// Copies of some positions along one axis. Arrays for which `where` is -1 are not copied.
///
/// @param index distinct indices, which can all be on the host
/// @param where which of the indices are those of each array
std::vector<torch::Tensor> gather_all(const std::vector<torch::Tensor>& arrays,
                                      const std::vector<torch::Tensor>& index,
                                      const std::vector<int64_t>& where, int64_t axis);

/// Concatenation of the first arrays of all lists, of the second ones, and so on, with the
/// dtype they promote to.
std::vector<torch::Tensor>
concatenate_all(const std::vector<std::vector<torch::Tensor>>& arrays, int64_t axis);

/// The same data outside of automatic differentiation
std::vector<torch::Tensor> detach_all(const std::vector<torch::Tensor>& arrays);

/// Arrays in row-major order, the same ones if they already are
std::vector<torch::Tensor> contiguous_all(const std::vector<torch::Tensor>& arrays);

/// Detached aliases with this flag
std::vector<torch::Tensor> requires_grad_all(const std::vector<torch::Tensor>& arrays,
                                             bool requires_grad);

/// Are all arrays in row-major order?
bool all_contiguous(const std::vector<torch::Tensor>& arrays);

} // namespace metatensor_torch::maps

#endif
