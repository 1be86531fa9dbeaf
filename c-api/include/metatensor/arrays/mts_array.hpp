#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/arrays/dlpack.hpp"

namespace metatensor {
namespace details {

/// Throw if one of the functions of an array is missing, and return it otherwise
template <typename Function>
inline Function check_callback(Function function, const char* name) {
    if (function == nullptr) {
        throw Error(std::string("invalid array: mts_array_t.") + name + " is NULL");
    }
    return function;
}

/// Shape of a C array, without copying it: address of the dimensions and their
/// number.
inline std::pair<const uintptr_t*, uintptr_t> array_shape(const mts_array_t& array) {
    const uintptr_t* shape = nullptr;
    uintptr_t count = 0;
    check_status(check_callback(array.shape, "shape")(array.ptr, &shape, &count));
    return {shape, count};
}

} // namespace details

/// Owner of a C array (`mts_array_t`), giving access to all its functions.
///
/// All functions throw the exception raised by the implementation of the array, or
/// an `Error` if this implementation is missing the function or failed without an
/// exception.
class MtsArray final {
public:
    /// Take ownership of `array`. If `array.destroy` is NULL this is a view.
    explicit MtsArray(mts_array_t array) noexcept : array_(array) {}

    ~MtsArray() { this->destroy(); }

    /// Make a deep copy of `other` on the same device. The copy is always owned,
    /// also if `other` is a view.
    MtsArray(const MtsArray& other) : array_() {
        auto function = details::check_callback(other.array_.copy, "copy");
        auto device = other.device();
        details::check_status(function(other.array_.ptr, device, &array_));
    }

    /// Make a deep copy of `other` on the same device
    MtsArray& operator=(const MtsArray& other) {
        if (this != &other) {
            auto copy = MtsArray(other);
            std::swap(array_, copy.array_);
        }
        return *this;
    }

    /// Take the array of `other`, leaving it without an array
    MtsArray(MtsArray&& other) noexcept : array_(std::exchange(other.array_, mts_array_t())) {}

    /// Take the array of `other`, leaving it without an array
    MtsArray& operator=(MtsArray&& other) noexcept {
        if (this != &other) {
            this->destroy();
            array_ = std::exchange(other.array_, mts_array_t());
        }
        return *this;
    }

    /// Give the ownership of the C array to the caller
    mts_array_t release() && { return std::exchange(array_, mts_array_t()); }

    /// Get a view of the C array, valid as long as this object
    mts_array_t as_mts_array_t() const {
        auto view = array_;
        view.destroy = nullptr;
        return view;
    }

    /// Get the origin of this array
    mts_data_origin_t origin() const {
        mts_data_origin_t result = 0;
        details::check_status(
            details::check_callback(array_.origin, "origin")(array_.ptr, &result));
        return result;
    }

    /// Get the device of this array
    DLDevice device() const {
        auto result = DLDevice{kDLCPU, 0};
        details::check_status(
            details::check_callback(array_.device, "device")(array_.ptr, &result));
        return result;
    }

    /// Get the type of the elements of this array
    DLDataType dtype() const {
        auto result = DLDataType();
        details::check_status(
            details::check_callback(array_.dtype, "dtype")(array_.ptr, &result));
        return result;
    }

    /// Get the shape of this array, which is empty for 0-dimensional arrays
    std::vector<uintptr_t> shape() const {
        const auto shape = details::array_shape(array_);
        return shape.second == 0
                   ? std::vector<uintptr_t>()
                   : std::vector<uintptr_t>(shape.first, shape.first + shape.second);
    }

    /// Get the data of this array as a DLPack tensor, which belongs to the caller
    /// and must not outlive this array.
    ///
    /// @param device where the data should be; it is copied there if needed
    /// @param stream stream to synchronize with, NULL for CPU and for the default
    ///        stream of the device
    /// @param max_version highest version of DLPack understood by the caller
    DLManagedTensorVersioned* as_dlpack(DLDevice device, const int64_t* stream,
                                        DLPackVersion max_version) {
        DLManagedTensorVersioned* result = nullptr;
        auto function = details::check_callback(array_.as_dlpack, "as_dlpack");
        details::check_status(function(array_.ptr, &result, device, stream, max_version));
        if (result == nullptr) {
            throw Error("invalid array: `as_dlpack` succeeded without giving a tensor");
        }
        return result;
    }

    /// Create a new array with the same origin as this one from a DLPack tensor,
    /// which is always taken.
    MtsArray from_dlpack(DLManagedTensorVersioned* tensor) {
        auto owned = details::UniqueDLPack(tensor);
        auto function = details::check_callback(array_.from_dlpack, "from_dlpack");
        auto result = mts_array_t();
        details::check_status(function(array_.ptr, owned.release(), &result));
        return MtsArray(result);
    }

    /// Get the data of this array as a read-only array with elements of type `T`,
    /// which must not outlive this array. The parameters are those of `as_dlpack`.
    template <typename T>
    DLPackArray<T> as_dlpack_array(DLDevice device, const int64_t* stream,
                                   DLPackVersion max_version) {
        return DLPackArray<T>(this->as_dlpack(device, stream, max_version));
    }

    /// Create a new array with the same origin, dtype and device as this one,
    /// filled with the value inside the 0-dimensional array `fill_value`.
    MtsArray create(const std::vector<uintptr_t>& shape, MtsArray fill_value) const {
        auto function = details::check_callback(array_.create, "create");
        auto result = mts_array_t();
        details::check_status(function(array_.ptr, shape.data(), shape.size(),
                                       std::move(fill_value).release(), &result));
        return MtsArray(result);
    }

    /// Change the shape of this array, keeping the elements in row-major order
    void reshape(const std::vector<uintptr_t>& shape) {
        auto function = details::check_callback(array_.reshape, "reshape");
        details::check_status(function(array_.ptr, shape.data(), shape.size()));
    }

    /// Transpose two axes of this array
    void swap_axes(uintptr_t axis_1, uintptr_t axis_2) {
        auto function = details::check_callback(array_.swap_axes, "swap_axes");
        details::check_status(function(array_.ptr, axis_1, axis_2));
    }

    /// Copy parts of `input`, which must have the same origin, in this array. See
    /// `mts_array_t.move_data` for the meaning of `movements`.
    void move_data(const MtsArray& input, std::vector<mts_data_movement_t> movements) {
        auto function = details::check_callback(array_.move_data, "move_data");
        details::check_status(
            function(array_.ptr, input.array_.ptr, movements.data(), movements.size()));
    }

private:
    void destroy() noexcept {
        if (array_.destroy != nullptr) {
            array_.destroy(array_.ptr);
        }
    }

    mts_array_t array_;
    // room for future members without changing the size of this class
    [[maybe_unused]] void* reserved_[3] = {nullptr, nullptr, nullptr};
};

METATENSOR_PIN_SIZE(128, MtsArray);

namespace details {

/// Give up the ownership of arrays, for functions of the C API which take them
inline std::vector<mts_array_t> release_arrays(std::vector<MtsArray> arrays) {
    auto raw = std::vector<mts_array_t>();
    raw.reserve(arrays.size());
    for (auto& array : arrays) {
        raw.push_back(std::move(array).release());
    }
    return raw;
}

} // namespace details

} // namespace metatensor
