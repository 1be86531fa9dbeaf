#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/labels.hpp"

namespace metatensor {

/// Entries of labels grouped by some of the dimensions, from `Labels::group_by`. One call
/// gives everything needed to sum, sort or split data along an axis.
struct LabelsGroups {
    /// one entry for each group
    Labels labels;
    /// for each of the initial entries, the position of its group
    std::vector<int64_t> inverse;
    /// where each group starts in `members`, followed by the number of entries
    std::vector<int64_t> offsets;
    /// positions of the entries of the first group, then of the second one, …; increasing
    /// inside of each group
    std::vector<int64_t> members;
};

namespace details {

/// Take ownership of labels made by the C API, unless it failed
inline Labels adopt_labels(const mts_labels_t* labels) {
    check_pointer(labels);
    return Labels::unsafe_from_ptr(labels);
}

} // namespace details

inline std::vector<int64_t> Labels::positions(const int32_t* entries, size_t count) const {
    auto result = std::vector<int64_t>(count);
    details::check_status(mts_labels_positions(this->as_mts_labels_t(), entries,
                                               count * this->size(), result.data(), count));
    return result;
}

inline std::vector<int64_t> Labels::positions(const std::vector<int32_t>& entries) const {
    const auto size = this->size();
    if (size == 0 ? !entries.empty() : entries.size() % size != 0) {
        throw Error("invalid entries for Labels::positions: got " +
                    std::to_string(entries.size()) + " values for labels with " +
                    std::to_string(size) + " dimensions");
    }
    return this->positions(entries.data(), size == 0 ? 0 : entries.size() / size);
}

inline bool Labels::is_sorted() const {
    bool sorted = false;
    details::check_status(mts_labels_is_sorted(this->as_mts_labels_t(), &sorted));
    return sorted;
}

inline std::vector<int64_t> Labels::argsort(bool descending) const {
    auto order = std::vector<int64_t>(this->count());
    details::check_status(
        mts_labels_argsort(this->as_mts_labels_t(), descending, order.data(), order.size()));
    return order;
}

inline Labels Labels::take(const std::vector<int64_t>& positions) const {
    return details::adopt_labels(
        mts_labels_take(this->as_mts_labels_t(), positions.data(), positions.size()));
}

inline LabelsGroups Labels::group_by(const std::vector<std::string>& dimensions,
                                     bool sorted) const {
    const auto names = details::c_strings(dimensions, "dimension name");
    const auto count = this->count();
    // never empty, to have valid pointers in all cases
    auto inverse = std::vector<int64_t>(count + 1);
    auto offsets = std::vector<int64_t>(count + 1);
    auto members = std::vector<int64_t>(count + 1);
    const mts_labels_t* result = nullptr;
    details::check_status(mts_labels_group_by(
        this->as_mts_labels_t(), names.data(), names.size(), sorted, &result, inverse.data(),
        count, offsets.data(), count + 1, members.data(), count));
    auto labels = Labels(result);
    inverse.resize(count);
    offsets.resize(labels.count() + 1);
    members.resize(count);
    return {std::move(labels), std::move(inverse), std::move(offsets), std::move(members)};
}

inline std::pair<Labels, std::vector<int64_t>>
Labels::unique(const std::vector<std::string>& dimensions, MtsArray values, bool sorted) {
    const auto names = details::c_strings(dimensions, "dimension name");
    const auto shape = details::array_shape(values.as_mts_array_t());
    const auto count = shape.second == 0 ? 0 : shape.first[0];
    auto inverse = std::vector<int64_t>(count);
    const mts_labels_t* result = nullptr;
    details::check_status(mts_labels_unique(
        names.data(), names.size(), std::move(values).release(), sorted, &result,
        inverse.empty() ? nullptr : inverse.data(), inverse.size()));
    return {Labels(result), std::move(inverse)};
}

inline std::vector<int64_t> Labels::one_hot(const Labels& dimension) const {
    const auto count = this->count();
    // never empty, to have a valid pointer in all cases
    auto positions = std::vector<int64_t>(count + 1);
    details::check_status(mts_labels_one_hot(
        this->as_mts_labels_t(), dimension.as_mts_labels_t(), positions.data(), count));
    positions.resize(count);
    return positions;
}

inline Labels Labels::insert(size_t position, const std::string& dimension,
                             const std::vector<int32_t>& values) const {
    return details::adopt_labels(mts_labels_insert(
        this->as_mts_labels_t(), position, details::c_string(dimension, "dimension name"),
        values.data(), values.size()));
}

inline Labels Labels::append(const std::string& dimension,
                             const std::vector<int32_t>& values) const {
    return details::adopt_labels(mts_labels_append(
        this->as_mts_labels_t(), details::c_string(dimension, "dimension name"), values.data(),
        values.size()));
}

inline Labels Labels::remove(const std::vector<std::string>& dimensions) const {
    const auto names = details::c_strings(dimensions, "dimension name");
    return details::adopt_labels(
        mts_labels_remove(this->as_mts_labels_t(), names.data(), names.size()));
}

inline Labels Labels::rename(const std::string& old_name, const std::string& new_name) const {
    return details::adopt_labels(mts_labels_rename(
        this->as_mts_labels_t(), details::c_string(old_name, "dimension name"),
        details::c_string(new_name, "dimension name")));
}

inline Labels Labels::permute(const std::vector<uintptr_t>& order) const {
    return details::adopt_labels(
        mts_labels_permute(this->as_mts_labels_t(), order.data(), order.size()));
}

} // namespace metatensor
