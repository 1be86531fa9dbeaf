#ifndef METATENSOR_TORCH_LABELS_DETAILS_HPP
#define METATENSOR_TORCH_LABELS_DETAILS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <torch/script.h>

#include "metatensor/torch/labels.hpp"

namespace metatensor_torch::details {

// Programs compiled for the first versions of this library allocate these classes
// themselves, and use the members directly.
#if defined(__GLIBCXX__) && !defined(_GLIBCXX_DEBUG) && UINTPTR_MAX == UINT64_MAX
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
#define METATENSOR_TORCH_PIN(...) static_assert(__VA_ARGS__, "the layout of Labels is fixed")
#else
#define METATENSOR_TORCH_PIN(...) static_assert(true)
#endif

/// Access to the members of labels, inside this library
struct LabelsAccess {
    METATENSOR_TORCH_PIN(sizeof(LabelsHolder) == 112);
    METATENSOR_TORCH_PIN(offsetof(LabelsHolder, names_) == 16);
    METATENSOR_TORCH_PIN(offsetof(LabelsHolder, values_) == 40);
    METATENSOR_TORCH_PIN(offsetof(LabelsHolder, labels_) == 48);

    METATENSOR_TORCH_PIN(sizeof(LabelsEntryHolder) == 64);
    METATENSOR_TORCH_PIN(offsetof(LabelsEntryHolder, values_) == 16);
    METATENSOR_TORCH_PIN(offsetof(LabelsEntryHolder, labels_) == 24);

    /// Names of the dimensions, without a copy
    static const std::vector<std::string>& names(const LabelsHolder& labels) {
        return labels.names_;
    }
};

#undef METATENSOR_TORCH_PIN
#if defined(__GLIBCXX__) && !defined(_GLIBCXX_DEBUG) && UINTPTR_MAX == UINT64_MAX
#pragma GCC diagnostic pop
#endif

/// Values given by users for labels with the given number of columns, as a plain
/// (outside of functorch) tensor of int32. The tensor itself if possible.
///
/// @throws c10::ValueError if these can not be the values of labels
torch::Tensor normalize_values(torch::Tensor values, size_t columns);

/// Index of a dimension, -1 if it does not exist
int64_t dimension_index(const LabelsHolder& labels, const std::string& dimension);

} // namespace metatensor_torch::details

#endif
