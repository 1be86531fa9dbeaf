#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "metatensor/arrays/mts_array.hpp"

namespace metatensor {

/// Arrays implemented by the library, of origin `metatensor.native`. They never call back
/// into C++, so large maps are merged, copied and loaded faster than with other arrays; and
/// they can use memory of the program without copying it.
///
/// `mts_array_empty` can be given to the functions loading files as `create_array`, to load
/// data into such arrays.
namespace native {

/// Make an array using memory of the program, which must stay valid until `release` is
/// called: exactly once, from any thread, when neither the array nor a tensor made from it
/// is left; and also if this function throws.
///
/// @param data address of the first element
/// @param shape number of entries along each axis
/// @param strides distances between neighbours along each axis, in elements; empty for
///        row-major data
/// @param release function called when the memory is not used any more, which must not
///        throw. Without it the memory must outlive everything using it
/// @throws Error if the shape and the strides are not valid
template <typename T>
MtsArray from_memory(T* data, const std::vector<uintptr_t>& shape,
                     const std::vector<int64_t>& strides = {},
                     std::function<void()> release = nullptr);

/// Make an array of type `T` using memory which it can not write to, with the parameters of
/// the function above.
template <typename T>
MtsArray from_memory(const T* data, const std::vector<uintptr_t>& shape,
                     const std::vector<int64_t>& strides = {},
                     std::function<void()> release = nullptr);

/// Make an array from a vector, without copying its data.
///
/// @throws Error if the size of the vector does not match the shape
template <typename T>
MtsArray from_vector(std::vector<T> data, const std::vector<uintptr_t>& shape);

/// Make an array using the memory of a DLPack tensor on CPU, which is always taken.
///
/// @throws Error if the tensor is not valid or not on CPU
MtsArray from_dlpack(DLManagedTensorVersioned* tensor);

/// Make an array with the same value everywhere.
///
/// @throws Error if there is not enough memory
template <typename T>
MtsArray full(const std::vector<uintptr_t>& shape, T value);

/// Make an array of zeros.
///
/// @throws Error if there is not enough memory
MtsArray zeros(const std::vector<uintptr_t>& shape, DLDataType dtype);

/// Make an array without giving a value to its elements, to be written before they are read.
///
/// @throws Error if there is not enough memory
MtsArray empty(const std::vector<uintptr_t>& shape, DLDataType dtype);

} // namespace native

namespace details {

/// Call and free the function releasing some memory
inline void call_release(void* release) {
    const auto function =
        std::unique_ptr<std::function<void()>>(static_cast<std::function<void()>*>(release));
    (*function)();
}

/// Implementation of `native::from_memory`
template <typename T>
inline MtsArray native_from_memory(const T* data, const std::vector<uintptr_t>& shape,
                                   const std::vector<int64_t>& strides, bool read_only,
                                   std::function<void()> release) {
    auto function = std::unique_ptr<std::function<void()>>();
    if (release) {
        function = std::make_unique<std::function<void()>>(std::move(release));
    }
    if (!strides.empty() && strides.size() != shape.size()) {
        if (function != nullptr) {
            (*function)();
        }
        throw Error("invalid strides: got " + std::to_string(strides.size()) +
                    " values for an array of shape " + shape_name(shape));
    }
    auto result = mts_array_t();
    auto* callback = function == nullptr ? nullptr : call_release;
    // the library calls `release`, also when this fails
    check_status(mts_array_from_memory(const_cast<T*>(data), shape.data(), shape.size(),
                                       strides.empty() ? nullptr : strides.data(),
                                       dtype_of<T>(), read_only, function.release(), callback,
                                       &result));
    return MtsArray(result);
}

} // namespace details

template <typename T>
inline MtsArray native::from_memory(T* data, const std::vector<uintptr_t>& shape,
                                    const std::vector<int64_t>& strides,
                                    std::function<void()> release) {
    return details::native_from_memory(static_cast<const T*>(data), shape, strides, false,
                                       std::move(release));
}

template <typename T>
inline MtsArray native::from_memory(const T* data, const std::vector<uintptr_t>& shape,
                                    const std::vector<int64_t>& strides,
                                    std::function<void()> release) {
    return details::native_from_memory(data, shape, strides, true, std::move(release));
}

template <typename T>
inline MtsArray native::from_vector(std::vector<T> data, const std::vector<uintptr_t>& shape) {
    static_assert(!std::is_same_v<T, bool>, "std::vector<bool> packs its elements");
    if (details::product(shape) != data.size()) {
        throw Error("the size of the data (" + std::to_string(data.size()) +
                    ") does not match the shape " + details::shape_name(shape));
    }
    auto owner = std::make_shared<std::vector<T>>(std::move(data));
    auto* address = owner->data();
    return from_memory(address, shape, {}, [owner] {});
}

inline MtsArray native::from_dlpack(DLManagedTensorVersioned* tensor) {
    auto result = mts_array_t();
    details::check_status(mts_array_from_dlpack(tensor, &result));
    return MtsArray(result);
}

template <typename T>
inline MtsArray native::full(const std::vector<uintptr_t>& shape, T value) {
    auto result = mts_array_t();
    details::check_status(
        mts_array_full(shape.data(), shape.size(), details::dtype_of<T>(), &value, &result));
    return MtsArray(result);
}

inline MtsArray native::zeros(const std::vector<uintptr_t>& shape, DLDataType dtype) {
    auto result = mts_array_t();
    details::check_status(mts_array_zeros(shape.data(), shape.size(), dtype, &result));
    return MtsArray(result);
}

inline MtsArray native::empty(const std::vector<uintptr_t>& shape, DLDataType dtype) {
    auto result = mts_array_t();
    details::check_status(mts_array_empty(shape.data(), shape.size(), dtype, &result));
    return MtsArray(result);
}

} // namespace metatensor
