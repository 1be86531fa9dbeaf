#ifndef METATENSOR_TORCH_SRC_MAPS_LABEL_LISTS_HPP
#define METATENSOR_TORCH_SRC_MAPS_LABEL_LISTS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <torch/script.h>

#include "metatensor/torch/labels.hpp"

// Functions on the labels of all blocks of a map, in one call. Labels on the host are handled
// by the core library, without any operator of torch; others stay on their device.
namespace metatensor_torch::maps {

using LabelsList = std::vector<Labels>;

/// Labels which are there several times (as the same object) only once, and for each of the
/// given ones its position in those.
std::tuple<LabelsList, std::vector<int64_t>> distinct_labels(const LabelsList& labels);

/// The same for pairs of labels and numbers: positions of distinct ones, and which of these
/// each pair is
std::tuple<std::vector<int64_t>, std::vector<int64_t>>
distinct_pairs(const LabelsList& labels, const std::vector<int64_t>& others);

/// The same for rows of numbers, given as columns of the same length
std::tuple<std::vector<int64_t>, std::vector<int64_t>>
distinct_rows(const std::vector<std::vector<int64_t>>& columns);

/// For each list of labels with the same names, labels with all their entries.
///
/// @param add_dimension name of a new last dimension, with the position in these lists
/// @throws metatensor::Error if entries are not unique
LabelsList join_labels(const std::vector<LabelsList>& parts,
                       const std::optional<std::string>& add_dimension);

/// Labels with one more dimension, everywhere the same.
/// @throws c10::IndexError, metatensor::Error as `LabelsHolder::insert`
LabelsList insert_in_labels(const LabelsList& labels, int64_t index, const std::string& name,
                            int64_t value);

/// Labels with their dimensions in another order.
/// @throws c10::IndexError, c10::ValueError as `LabelsHolder::permute`
LabelsList permute_labels(const LabelsList& labels,
                          const std::vector<int64_t>& dimensions_indexes);

/// Labels without one of their dimensions.
/// @throws c10::ValueError, metatensor::Error as `LabelsHolder::remove`
LabelsList remove_from_labels(const LabelsList& labels, const std::string& name);

/// For each labels, the positions of the entries which match a selection: on the host if all
/// values are known there
std::vector<torch::Tensor> select_in_labels(const LabelsList& labels, const Labels& selection);

/// For each labels, other ones made of the given entries, which are all different. Indices can
/// be on the host.
LabelsList take_from_labels(const LabelsList& labels, const std::vector<torch::Tensor>& index);

/// Distinct entries of some of the dimensions of each labels, sorted; and for each entry of
/// the labels its position in these. Only for labels which
/// are known on the host.
///
/// @param columns at least one dimension
std::tuple<LabelsList, std::vector<torch::Tensor>>
group_labels(const LabelsList& labels, const std::vector<int64_t>& columns);

/// Sorted labels, the orders which do so, and for each labels -1 if they were sorted already,
/// or their position. Only for labels which are known on the host.
std::tuple<LabelsList, std::vector<torch::Tensor>, std::vector<int64_t>>
sort_labels(const LabelsList& labels, bool descending);

} // namespace metatensor_torch::maps

#endif
