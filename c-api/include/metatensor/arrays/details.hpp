#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "metatensor/errors.hpp"

namespace metatensor {
namespace details {

/// Type used to store values of type `T` in a `std::vector`: `T` for everything
/// except `bool`, since `std::vector<bool>` packs its elements.
template <typename T>
using storage_type_t = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;

/// DLPack description of the arithmetic type `T`
template <typename T>
inline DLDataType dtype_of() {
    static_assert(std::is_arithmetic_v<T>, "only arithmetic types are supported");
    auto code = static_cast<uint8_t>(kDLUInt);
    if (std::is_same_v<T, bool>) {
        code = static_cast<uint8_t>(kDLBool);
    } else if (std::is_floating_point_v<T>) {
        code = static_cast<uint8_t>(kDLFloat);
    } else if (std::is_signed_v<T>) {
        code = static_cast<uint8_t>(kDLInt);
    }
    return DLDataType{code, static_cast<uint8_t>(8 * sizeof(T)), 1};
}

/// Is `dtype` the DLPack description of `T`?
template <typename T>
inline bool dlpack_dtype_matches(DLDataType dtype) {
    auto expected = dtype_of<T>();
    return dtype.code == expected.code && dtype.bits == expected.bits &&
           dtype.lanes == expected.lanes;
}

/// Name of a DLPack data type for error messages, such as `float64`
inline std::string dtype_name(DLDataType dtype) {
    auto name = std::string();
    switch (dtype.code) {
    case kDLInt:
        name = "int";
        break;
    case kDLUInt:
        name = "uint";
        break;
    case kDLFloat:
        name = "float";
        break;
    case kDLBfloat:
        name = "bfloat";
        break;
    case kDLComplex:
        name = "complex";
        break;
    case kDLBool:
        return "bool" + (dtype.lanes == 1 ? "" : "x" + std::to_string(dtype.lanes));
    default:
        name = "code " + std::to_string(dtype.code) + " with bits ";
    }
    name += std::to_string(dtype.bits);
    if (dtype.lanes != 1) {
        name += "x" + std::to_string(dtype.lanes);
    }
    return name;
}

/// Name of a device for error messages, such as `kDLCUDA:1`
inline std::string device_name(DLDevice device) {
    auto name = std::string();
    switch (device.device_type) {
    case kDLCPU:
        name = "kDLCPU";
        break;
    case kDLCUDA:
        name = "kDLCUDA";
        break;
    case kDLMetal:
        name = "kDLMetal";
        break;
    case kDLROCM:
        name = "kDLROCM";
        break;
    case kDLExtDev:
        name = "kDLExtDev";
        break;
    default:
        name = "device type ";
        name += std::to_string(static_cast<int>(device.device_type));
    }
    name += ":";
    return name += std::to_string(device.device_id);
}

/// Text representation of a shape for error messages, such as `(3, 2)`
inline std::string shape_name(const std::vector<size_t>& shape) {
    auto name = std::string("(");
    for (size_t i = 0; i < shape.size(); i++) {
        name += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return name + ")";
}

/// Type tag given by `dispatch_dtype`
template <typename T>
struct DType {
    /// the type selected by the DLPack data type
    using type = T;
};

/// Call `function(DType<T>{})` where `T` is the type described by `dtype`, or
/// throw if metatensor's C++ arrays can not hold values of this type.
template <typename Function>
inline auto dispatch_dtype(DLDataType dtype, Function function) {
    if (dlpack_dtype_matches<double>(dtype)) {
        return function(DType<double>{});
    } else if (dlpack_dtype_matches<float>(dtype)) {
        return function(DType<float>{});
    } else if (dlpack_dtype_matches<int32_t>(dtype)) {
        return function(DType<int32_t>{});
    } else if (dlpack_dtype_matches<int64_t>(dtype)) {
        return function(DType<int64_t>{});
    } else if (dlpack_dtype_matches<int16_t>(dtype)) {
        return function(DType<int16_t>{});
    } else if (dlpack_dtype_matches<int8_t>(dtype)) {
        return function(DType<int8_t>{});
    } else if (dlpack_dtype_matches<uint8_t>(dtype)) {
        return function(DType<uint8_t>{});
    } else if (dlpack_dtype_matches<uint16_t>(dtype)) {
        return function(DType<uint16_t>{});
    } else if (dlpack_dtype_matches<uint32_t>(dtype)) {
        return function(DType<uint32_t>{});
    } else if (dlpack_dtype_matches<uint64_t>(dtype)) {
        return function(DType<uint64_t>{});
    } else if (dlpack_dtype_matches<bool>(dtype)) {
        return function(DType<bool>{});
    }
    throw Error("unsupported dtype for C++ arrays: got " + dtype_name(dtype) +
                ", expected integers of 8 to 64 bits, float32, float64 or bool");
}

/// Number of elements in an array of the given shape (1 for an empty shape)
inline size_t product(const std::vector<size_t>& shape) {
    size_t result = 1;
    bool overflow = false;
    for (auto dimension : shape) {
        if (dimension == 0) {
            return 0;
        }
        overflow = overflow || result > std::numeric_limits<size_t>::max() / dimension;
        result *= dimension;
    }
    if (overflow) {
        throw Error("the shape " + shape_name(shape) + " is too large");
    }
    return result;
}

/// Strides (in number of elements) of a contiguous row-major array
inline std::vector<int64_t> contiguous_strides(const std::vector<size_t>& shape) {
    auto strides = std::vector<int64_t>(shape.size(), 1);
    for (size_t i = shape.size(); i > 1; i--) {
        strides[i - 2] = strides[i - 1] * static_cast<int64_t>(shape[i - 1]);
    }
    return strides;
}

/// Is the data of an array with these shape and strides contiguous and row-major?
inline bool is_row_major_contiguous(const std::vector<size_t>& shape,
                                    const std::vector<int64_t>& strides) {
    int64_t expected = 1;
    bool contiguous = true;
    for (size_t i = shape.size(); i > 0; i--) {
        if (shape[i - 1] == 0) {
            return true;
        }
        // the stride of an axis with a single entry is never used
        if (shape[i - 1] != 1 && strides[i - 1] != expected) {
            contiguous = false;
        }
        expected *= static_cast<int64_t>(shape[i - 1]);
    }
    return contiguous;
}

/// Offset (in number of elements) of an entry of a contiguous row-major array
inline size_t linear_index(const std::vector<size_t>& shape,
                           const std::vector<size_t>& index) {
    size_t result = 0;
    for (size_t i = 0; i < shape.size(); i++) {
        result = result * shape[i] + index[i];
    }
    return result;
}

/// Index of the entry at offset `linear` of a contiguous row-major array; the
/// inverse of `linear_index`.
inline std::vector<size_t> cartesian_index(const std::vector<size_t>& shape, size_t linear) {
    auto index = std::vector<size_t>(shape.size(), 0);
    for (size_t i = shape.size(); i > 0; i--) {
        index[i - 1] = linear % shape[i - 1];
        linear /= shape[i - 1];
    }
    return index;
}

/// Row-major walk over the entries of a strided array, one row (all the entries
/// along the last axis) at a time.
class StridedRows {
public:
    /// Start the walk on the first row. The references must outlive this object.
    StridedRows(const std::vector<size_t>& shape, const std::vector<int64_t>& strides)
        : shape_(shape), strides_(strides), index_(shape.size(), 0) {}

    /// Number of rows in the array
    size_t count() const { return this->length() == 0 ? 0 : product(shape_) / this->length(); }
    /// Number of entries in each row
    size_t length() const { return shape_.empty() ? 1 : shape_.back(); }
    /// Offset between two entries of a row
    int64_t step() const { return strides_.empty() ? 0 : strides_.back(); }
    /// Offset of the first entry of the current row
    int64_t offset() const { return offset_; }

    /// Go to the next row
    void next() {
        for (size_t axis = shape_.size() - (shape_.empty() ? 0 : 1); axis > 0; axis--) {
            auto i = axis - 1;
            index_[i] += 1;
            offset_ += strides_[i];
            if (index_[i] < shape_[i]) {
                return;
            }
            offset_ -= strides_[i] * static_cast<int64_t>(shape_[i]);
            index_[i] = 0;
        }
    }

private:
    const std::vector<size_t>& shape_;
    const std::vector<int64_t>& strides_;
    std::vector<size_t> index_;
    int64_t offset_ = 0;
};

/// Offset of the entry at `index...` in an array with the given shape and strides
template <typename... Index>
inline int64_t strided_offset(const std::vector<size_t>& shape,
                              const std::vector<int64_t>& strides, Index... index) {
    static_assert((std::is_integral_v<Index> && ...), "array indexes must be integers");
    if (sizeof...(Index) != shape.size()) {
        throw Error("invalid number of indexes: got " + std::to_string(sizeof...(Index)) +
                    ", but the array has " + std::to_string(shape.size()) + " dimensions");
    }
    int64_t offset = 0;
    if constexpr (sizeof...(Index) != 0) {
        const size_t indexes[] = {static_cast<size_t>(index)...};
        for (size_t i = 0; i < sizeof...(Index); i++) {
            assert(indexes[i] < shape[i] && "array index is out of bounds");
            offset += static_cast<int64_t>(indexes[i]) * strides[i];
        }
    }
    return offset;
}

} // namespace details
} // namespace metatensor
