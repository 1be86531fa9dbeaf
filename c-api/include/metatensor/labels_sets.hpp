#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/labels.hpp"

// Creating and comparing labels, looking for entries, and set operations: functions
// declared in labels.hpp

namespace metatensor {
namespace details {

/// Address of a mapping for the C API, which uses NULL for unwanted mappings
inline int64_t* mapping_or_null(std::vector<int64_t>& mapping) {
    return mapping.empty() ? nullptr : mapping.data();
}

/// Copy a mapping of the C API where all the positions exist
inline void copy_mapping(const std::vector<int64_t>& raw, std::vector<size_t>& mapping) {
    std::transform(raw.begin(), raw.end(), mapping.begin(),
                   [](int64_t position) { return static_cast<size_t>(position); });
}

/// Copy a mapping of the C API, where missing positions are -1
inline void copy_mapping(const std::vector<int64_t>& raw,
                         std::vector<std::optional<size_t>>& mapping) {
    std::transform(raw.begin(), raw.end(), mapping.begin(), [](int64_t position) {
        return position < 0 ? std::nullopt
                            : std::optional<size_t>(static_cast<size_t>(position));
    });
}

} // namespace details

inline const mts_labels_t* Labels::create(const std::vector<std::string>& dimensions,
                                          MtsArray values, decltype(&mts_labels) function) {
    auto names = details::c_strings(dimensions, "dimension name");
    const auto* labels = function(names.data(), names.size(), std::move(values).release());
    details::check_pointer(labels);
    return labels;
}

inline Labels Labels::combine(decltype(&mts_labels_union) function, const Labels& other,
                              int64_t* first, size_t first_count, int64_t* second,
                              size_t second_count) const {
    const mts_labels_t* result = nullptr;
    details::check_status(function(this->as_mts_labels_t(), other.as_mts_labels_t(), &result,
                                   first, first_count, second, second_count));
    return Labels(result);
}

template <typename Position>
Labels Labels::combine(decltype(&mts_labels_union) function, const Labels& other,
                       std::vector<Position>& first, std::vector<Position>& second) const {
    auto raw_first = std::vector<int64_t>(first.size());
    auto raw_second = std::vector<int64_t>(second.size());
    auto result =
        this->combine(function, other, details::mapping_or_null(raw_first), raw_first.size(),
                      details::mapping_or_null(raw_second), raw_second.size());
    details::copy_mapping(raw_first, first);
    details::copy_mapping(raw_second, second);
    return result;
}

inline NDArray<int32_t> Labels::values_cpu() const {
    const int32_t* values = nullptr;
    uintptr_t count = 0;
    uintptr_t size = 0;
    details::check_status(
        mts_labels_values_cpu(this->as_mts_labels_t(), &values, &count, &size));
    return NDArray<int32_t>(values, {count, size});
}

inline std::optional<size_t> Labels::position(const int32_t* entry, size_t length) const {
    // the C API wants a valid pointer, also for entries without values
    const int32_t empty = 0;
    const auto* values = (length == 0) ? &empty : entry;
    int64_t result = -1;
    details::check_status(
        mts_labels_position(this->as_mts_labels_t(), values, length, &result));
    return result < 0 ? std::nullopt : std::optional<size_t>(static_cast<size_t>(result));
}

inline Labels Labels::set_union(const Labels& other, std::vector<size_t>& first_mapping,
                                std::vector<size_t>& second_mapping) const {
    return this->combine(mts_labels_union, other, first_mapping, second_mapping);
}

inline Labels Labels::set_union(const Labels& other, int64_t* first_mapping,
                                size_t first_mapping_count, int64_t* second_mapping,
                                size_t second_mapping_count) const {
    return this->combine(mts_labels_union, other, first_mapping, first_mapping_count,
                         second_mapping, second_mapping_count);
}

inline Labels Labels::set_intersection(const Labels& other, int64_t* first_mapping,
                                       size_t first_mapping_count, int64_t* second_mapping,
                                       size_t second_mapping_count) const {
    return this->combine(mts_labels_intersection, other, first_mapping, first_mapping_count,
                         second_mapping, second_mapping_count);
}

inline Labels
Labels::set_intersection(const Labels& other,
                         std::vector<std::optional<size_t>>& first_mapping,
                         std::vector<std::optional<size_t>>& second_mapping) const {
    return this->combine(mts_labels_intersection, other, first_mapping, second_mapping);
}

inline Labels Labels::set_difference(const Labels& other, int64_t* first_mapping,
                                     size_t first_mapping_count) const {
    const mts_labels_t* result = nullptr;
    details::check_status(mts_labels_difference(this->as_mts_labels_t(),
                                                other.as_mts_labels_t(), &result,
                                                first_mapping, first_mapping_count));
    return Labels(result);
}

inline Labels Labels::set_difference(const Labels& other,
                                     std::vector<std::optional<size_t>>& first_mapping) const {
    auto raw = std::vector<int64_t>(first_mapping.size());
    auto result = this->set_difference(other, details::mapping_or_null(raw), raw.size());
    details::copy_mapping(raw, first_mapping);
    return result;
}

inline void Labels::select(const Labels& selection, uint64_t* selected,
                           size_t* selected_count) const {
    // uintptr_t and size_t could be different types
    uintptr_t count = selected_count == nullptr ? 0 : *selected_count;
    details::check_status(mts_labels_select(this->as_mts_labels_t(),
                                            selection.as_mts_labels_t(), selected,
                                            selected_count == nullptr ? nullptr : &count));
    *selected_count = count;
}

inline std::vector<uint64_t> Labels::select(const Labels& selection) const {
    auto count = this->count();
    // never empty, to have a valid pointer in all cases
    auto selected = std::vector<uint64_t>(std::max<size_t>(count, 1));
    this->select(selection, selected.data(), &count);
    selected.resize(count);
    return selected;
}

inline bool Labels::has_same_entries(const Labels& other) const {
    if (this->as_mts_labels_t() == other.as_mts_labels_t()) {
        return true;
    }
    auto names_l = this->raw_names();
    auto names_r = other.raw_names();
    auto same = [](const char* a, const char* b) { return std::strcmp(a, b) == 0; };
    if (!std::equal(names_l.first, names_l.first + names_l.second, names_r.first,
                    names_r.first + names_r.second, same)) {
        return false;
    }
    return this->count() == other.count() && this->values_cpu() == other.values_cpu();
}

} // namespace metatensor
