#ifndef METATENSOR_TORCH_SRC_MAPS_FLAT_ARRAYS_HPP
#define METATENSOR_TORCH_SRC_MAPS_FLAT_ARRAYS_HPP

#include <string>
#include <vector>

#include <torch/script.h>

// Arithmetic on lists of arrays. Many small arrays are often next to each other in memory,
// where a previous operation or a transfer put them: one operator of torch is then enough.
// The results are the same to the last bit.
namespace metatensor_torch::maps {

/// Combine the arrays of two lists, one by one.
///
/// @param operation "add", "subtract", "multiply" or "divide"
std::vector<torch::Tensor> combine_all(const std::string& operation,
                                       const std::vector<torch::Tensor>& a,
                                       const std::vector<torch::Tensor>& b);

/// Combine all arrays of a list with a number, see `combine_all`
std::vector<torch::Tensor> combine_all_with(const std::string& operation,
                                            const std::vector<torch::Tensor>& a,
                                            double number);

/// Absolute values of all arrays, see `combine_all`
std::vector<torch::Tensor> abs_all(const std::vector<torch::Tensor>& arrays);

/// New contiguous arrays of the same shapes, dtypes and devices, with a number everywhere
std::vector<torch::Tensor> full_like_all(const std::vector<torch::Tensor>& arrays,
                                         double number);

/// Position of the first arrays which do not have the same shape and the same values, -1 if
/// there are none. NaN differs from itself.
int64_t first_difference(const std::vector<torch::Tensor>& a,
                         const std::vector<torch::Tensor>& b);

} // namespace metatensor_torch::maps

#endif
