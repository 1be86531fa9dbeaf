#ifndef METATENSOR_TORCH_LABELS_DETAILS_HPP
#define METATENSOR_TORCH_LABELS_DETAILS_HPP

#include <cstdint>
#include <string>

#include <torch/script.h>

#include "metatensor/torch/labels.hpp"

namespace metatensor_torch::details {

/// Values given by users for labels with the given number of columns, as a plain
/// (outside of functorch) tensor of int32. The tensor itself if possible.
///
/// @throws c10::ValueError if these can not be the values of labels
torch::Tensor normalize_values(torch::Tensor values, size_t columns);

/// Index of a dimension, -1 if it does not exist
int64_t dimension_index(const LabelsHolder& labels, const std::string& dimension);

} // namespace metatensor_torch::details

#endif
