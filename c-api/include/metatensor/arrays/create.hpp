#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "metatensor/arrays/empty.hpp"
#include "metatensor/arrays/simple.hpp"

namespace metatensor {
namespace details {

/// Callback creating arrays when loading data: makes `SimpleDataArray` for
/// integers of 8 to 64 bits, 32 and 64-bit floating point values, and booleans.
inline mts_status_t default_create_array(const uintptr_t* shape, uintptr_t shape_count,
                                         DLDataType dtype, mts_array_t* array) {
    return catch_exceptions([=] {
        auto array_shape = DataArrayCallbacks::as_vector(shape, shape_count);
        auto created = dispatch_dtype(dtype, [&](auto tag) -> std::unique_ptr<DataArrayBase> {
            using T = typename decltype(tag)::type;
            return std::make_unique<SimpleDataArray<T>>(std::move(array_shape));
        });
        *array = DataArrayBase::to_mts_array(std::move(created)).release();
    });
}

/// Create an array without data.
///
/// @throws Error for data types not supported by `default_create_array`
inline std::unique_ptr<DataArrayBase> create_empty_array(std::vector<uintptr_t> shape,
                                                         DLDataType dtype) {
    return dispatch_dtype(dtype, [&](auto tag) -> std::unique_ptr<DataArrayBase> {
        using T = typename decltype(tag)::type;
        return std::make_unique<EmptyDataArray<T>>(std::move(shape));
    });
}

} // namespace details
} // namespace metatensor
