#ifndef METATENSOR_TORCH_SRC_MAPS_PLANS_HPP
#define METATENSOR_TORCH_SRC_MAPS_PLANS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <torch/script.h>

#include "metatensor/torch/tensor.hpp"

// Whole operations in one call. The core library makes a plan from labels which are known on
// the host, which then only has to be done to the arrays.
//
// There is no result where this is not possible: labels which only exist on a device, arrays
// of somebody else, inside of transformations of functions, or if the plan is not valid.
// The operations then go the general way, which also says what is wrong.
namespace metatensor_torch::maps {

/// Sum, mean, variance or standard deviation over some dimensions of an axis
///
/// @param gradient_count divide sums of gradients by the number of their `rows`, or of the
///        `samples` of the values
std::optional<TensorMap> plan_reduce(const TensorMap& tensor, const std::string& axis,
                                     const std::vector<std::string>& dimensions,
                                     const std::string& reduction,
                                     const std::string& gradient_count);

/// Take some of the samples or properties, once for each selection
std::optional<std::vector<TensorMap>> plan_select(const TensorMap& tensor,
                                                  const std::string& axis,
                                                  const std::vector<Labels>& selections);

/// Sort the labels of some axes, or the blocks by their keys
std::optional<TensorMap> plan_sort(const TensorMap& tensor,
                                   const std::vector<std::string>& axes, bool descending);

/// Join the blocks with the same key of several maps
std::optional<TensorMap> plan_join(const std::vector<TensorMap>& tensors,
                                   const std::string& axis, const std::string& different_keys,
                                   const std::optional<std::string>& add_dimension);

/// Insert a dimension, with the same value everywhere
std::optional<TensorMap> plan_insert(const TensorMap& tensor, const std::string& axis,
                                     int64_t index, const std::string& name, int64_t value);

/// Change the order of the dimensions of an axis
std::optional<TensorMap> plan_permute(const TensorMap& tensor, const std::string& axis,
                                      const std::vector<int64_t>& dimensions_indexes);

/// Remove a dimension of an axis
std::optional<TensorMap> plan_remove(const TensorMap& tensor, const std::string& axis,
                                     const std::string& name);

/// Rename a dimension of an axis
std::optional<TensorMap> plan_rename(const TensorMap& tensor, const std::string& axis,
                                     const std::string& old_name, const std::string& new_name);

/// Keep or drop the blocks whose key matches an entry of `keys`, sharing the arrays
std::optional<TensorMap> plan_filter(const TensorMap& tensor, const Labels& keys, bool keep);

/// Drop the blocks without samples or without properties, sharing the arrays
std::optional<TensorMap> plan_drop_empty(const TensorMap& tensor);

} // namespace metatensor_torch::maps

#endif
