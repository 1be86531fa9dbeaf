#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include "metatensor/arrays/dlpack.hpp"
#include "metatensor/arrays/ndarray.hpp"
#include "metatensor/arrays/simple.hpp"

namespace metatensor {
namespace details {

/// Type of the elements of an array class, `void` for other classes
template <typename Array>
struct element_type {
    /// not an array
    using type = void;
};

/// Elements of `NDArray`
template <typename T>
struct element_type<NDArray<T>> {
    /// type of the elements
    using type = T;
};

/// Elements of `DLPackArray`
template <typename T>
struct element_type<DLPackArray<T>> {
    /// type of the elements
    using type = T;
};

/// Elements of `SimpleDataArray`
template <typename T, typename Enable>
struct element_type<SimpleDataArray<T, Enable>> {
    /// type of the elements
    using type = T;
};

/// Are these two array classes with the same elements?
template <typename A, typename B>
inline constexpr bool are_comparable_v =
    !std::is_void_v<typename element_type<A>::type> &&
    std::is_same_v<typename element_type<A>::type, typename element_type<B>::type>;

/// Throw if the data of an array can not be read
template <typename Array>
inline void check_readable(const Array& /*array*/) {}

/// Throw if the data of an array can not be read
template <typename T>
inline void check_readable(const DLPackArray<T>& array) {
    check_cpu(array.device(), "comparing a DLPackArray");
}

/// Do the arrays have the same shape and equal elements? Floating point values
/// are compared as numbers, so NaN is different from everything.
template <typename A, typename B>
inline bool arrays_equal(const A& a, const B& b) {
    if (a.shape() != b.shape()) {
        return false;
    }
    check_readable(a);
    check_readable(b);

    const auto* data_a = a.data();
    const auto* data_b = b.data();
    const auto size = product(a.shape());
    if (size == 0) {
        return true;
    }
    if (data_a == nullptr || data_b == nullptr) {
        // default-constructed arrays: no data, whatever the shape says
        return data_a == nullptr && data_b == nullptr;
    }
    if (a.is_contiguous() && b.is_contiguous()) {
        return std::equal(data_a, data_a + size, data_b);
    }

    auto rows_a = StridedRows(a.shape(), a.strides());
    auto rows_b = StridedRows(b.shape(), b.strides());
    const auto count = rows_a.count();
    for (size_t row = 0; row < count; row++, rows_a.next(), rows_b.next()) {
        for (size_t i = 0; i < rows_a.length(); i++) {
            const auto index = static_cast<int64_t>(i);
            if (!(data_a[rows_a.offset() + index * rows_a.step()] ==
                  data_b[rows_b.offset() + index * rows_b.step()])) {
                return false;
            }
        }
    }
    return true;
}

} // namespace details

/// Compare two arrays: do they have the same shape and equal elements?
///
/// @throws Error if one of the arrays is not on CPU
template <typename A, typename B, typename = std::enable_if_t<details::are_comparable_v<A, B>>>
bool operator==(const A& a, const B& b) {
    return details::arrays_equal(a, b);
}

/// Compare two arrays: do they have different shapes or some different elements?
///
/// @throws Error if one of the arrays is not on CPU
template <typename A, typename B, typename = std::enable_if_t<details::are_comparable_v<A, B>>>
bool operator!=(const A& a, const B& b) {
    return !details::arrays_equal(a, b);
}

} // namespace metatensor
