#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/arrays.hpp"

namespace metatensor {
namespace details {

/// Array of shape `(count, size)` for the values of labels
inline MtsArray labels_array(std::vector<int32_t> values, size_t count, size_t size) {
    return DataArrayBase::to_mts_array(std::make_unique<SimpleDataArray<int32_t>>(
        std::vector<uintptr_t>{count, size}, std::move(values)));
}

/// Array for the values of labels, copied from memory of the caller
inline MtsArray labels_array(const int32_t* values, size_t count, size_t size) {
    const auto total = product({count, size});
    if (total == 0) {
        return labels_array(std::vector<int32_t>(), count, size);
    }
    if (values == nullptr) {
        throw Error("invalid values for Labels: got NULL for " + std::to_string(count) +
                    " entries");
    }
    return labels_array(std::vector<int32_t>(values, values + total), count, size);
}

/// Array for the values of labels, from a list of entries with `size` values
inline MtsArray labels_array(std::initializer_list<std::initializer_list<int32_t>> entries,
                             size_t size) {
    auto values = std::vector<int32_t>();
    values.reserve(entries.size() * size);
    for (const auto& entry : entries) {
        if (entry.size() != size) {
            throw Error("invalid entry for Labels: expected " + std::to_string(size) +
                        " values (one for each dimension), got " +
                        std::to_string(entry.size()));
        }
        values.insert(values.end(), entry.begin(), entry.end());
    }
    return labels_array(std::move(values), entries.size(), size);
}

} // namespace details
} // namespace metatensor
