#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "metatensor/arrays/mts_array.hpp"

namespace metatensor {

/// Base class for arrays implemented in C++. The functions can be called from any
/// thread, concurrently for the `const` ones.
class DataArrayBase {
public:
    DataArrayBase() = default;
    /// Copy constructor
    DataArrayBase(const DataArrayBase&) = default;
    /// Copy assignment
    DataArrayBase& operator=(const DataArrayBase&) = default;
    /// Move constructor
    DataArrayBase(DataArrayBase&&) = default;
    /// Move assignment
    DataArrayBase& operator=(DataArrayBase&&) = default;
    virtual ~DataArrayBase() = default;

    /// Make a C array owning `array`. Exceptions thrown by `array` are given back
    /// to the caller of the library, see `details::catch_exceptions`.
    ///
    /// @throws Error if `array` is NULL
    static MtsArray to_mts_array(std::unique_ptr<DataArrayBase> array);

    /// Get the origin of this array, from `mts_register_data_origin`. Arrays with
    /// the same origin can be used together in `move_data`.
    virtual mts_data_origin_t origin() const = 0;

    /// Get the device of this array
    virtual DLDevice device() const = 0;

    /// Get the type of the elements of this array
    virtual DLDataType dtype() const = 0;

    /// Get the data as a DLPack tensor owned by the caller, see
    /// `MtsArray::as_dlpack` for the parameters.
    virtual DLManagedTensorVersioned* as_dlpack(DLDevice device, const int64_t* stream,
                                                DLPackVersion max_version) = 0;

    /// Create a new array with the same origin from a (possibly read-only) DLPack
    /// tensor, whose deleter must be called, also on failure.
    virtual std::unique_ptr<DataArrayBase>
    from_dlpack(DLManagedTensorVersioned* dl_tensor) const = 0;

    /// Make a deep copy of this array on the given device
    virtual std::unique_ptr<DataArrayBase> copy(DLDevice device) const = 0;

    /// Create a new array with the same origin, dtype and device, filled with the
    /// value inside the 0-dimensional array `fill_value`.
    virtual std::unique_ptr<DataArrayBase> create(std::vector<uintptr_t> shape,
                                                  MtsArray fill_value) const = 0;

    /// Get the shape of this array; the reference is valid until the shape changes
    virtual const std::vector<uintptr_t>& shape() const& = 0;
    const std::vector<uintptr_t>& shape() && = delete;

    /// Change the shape of this array, keeping the elements in row-major order
    virtual void reshape(const std::vector<uintptr_t>& shape) = 0;

    /// Transpose two axes of this array
    virtual void swap_axes(uintptr_t axis_1, uintptr_t axis_2) = 0;

    /// Copy parts of `input`, which has the same origin, in this array: for each
    /// movement, `this[sample_out, ..., properties_start_out + x]` becomes
    /// `input[sample_in, ..., properties_start_in + x]` for all `x` below
    /// `properties_length` and all component indices.
    virtual void move_data(const DataArrayBase& input,
                           std::vector<mts_data_movement_t> moves) = 0;
};

METATENSOR_PIN_SIZE(8, DataArrayBase);

namespace details {

/// Implementation of the functions in `mts_array_t` for `DataArrayBase`
struct DataArrayCallbacks {
    static const DataArrayBase& as_base(const void* array) {
        return *static_cast<const DataArrayBase*>(array);
    }

    static DataArrayBase& as_base(void* array) { return *static_cast<DataArrayBase*>(array); }

    static void destroy(void* array) { delete static_cast<DataArrayBase*>(array); }

    static mts_status_t origin(const void* array, mts_data_origin_t* origin) {
        return catch_exceptions([=] { *origin = as_base(array).origin(); });
    }

    static mts_status_t device(const void* array, DLDevice* device) {
        return catch_exceptions([=] { *device = as_base(array).device(); });
    }

    static mts_status_t dtype(const void* array, DLDataType* dtype) {
        return catch_exceptions([=] { *dtype = as_base(array).dtype(); });
    }

    static mts_status_t as_dlpack(void* array, DLManagedTensorVersioned** tensor,
                                  DLDevice device, const int64_t* stream,
                                  DLPackVersion max_version) {
        return catch_exceptions(
            [=] { *tensor = as_base(array).as_dlpack(device, stream, max_version); });
    }

    static mts_status_t from_dlpack(const void* array, DLManagedTensorVersioned* tensor,
                                    mts_array_t* new_array) {
        return catch_exceptions([=] {
            auto created = as_base(array).from_dlpack(tensor);
            *new_array = DataArrayBase::to_mts_array(std::move(created)).release();
        });
    }

    static mts_status_t shape(const void* array, const uintptr_t** shape, uintptr_t* count) {
        return catch_exceptions([=] {
            const auto& array_shape = as_base(array).shape();
            *shape = array_shape.data();
            *count = array_shape.size();
        });
    }

    static mts_status_t reshape(void* array, const uintptr_t* shape, uintptr_t count) {
        return catch_exceptions([=] { as_base(array).reshape(as_vector(shape, count)); });
    }

    static mts_status_t swap_axes(void* array, uintptr_t axis_1, uintptr_t axis_2) {
        return catch_exceptions([=] { as_base(array).swap_axes(axis_1, axis_2); });
    }

    static mts_status_t create(const void* array, const uintptr_t* shape, uintptr_t count,
                               mts_array_t fill_value, mts_array_t* new_array) {
        // owned here, so that it is destroyed whatever happens below
        auto fill = MtsArray(fill_value);
        return catch_exceptions([&] {
            auto created = as_base(array).create(as_vector(shape, count), std::move(fill));
            *new_array = DataArrayBase::to_mts_array(std::move(created)).release();
        });
    }

    static mts_status_t copy(const void* array, DLDevice device, mts_array_t* new_array) {
        return catch_exceptions([=] {
            auto created = as_base(array).copy(device);
            *new_array = DataArrayBase::to_mts_array(std::move(created)).release();
        });
    }

    static mts_status_t move_data(void* output, const void* input,
                                  const mts_data_movement_t* movements, uintptr_t count) {
        return catch_exceptions(
            [=] { as_base(output).move_data(as_base(input), as_vector(movements, count)); });
    }

    /// `data` can be dangling when there are no elements
    template <typename T>
    static std::vector<T> as_vector(const T* data, uintptr_t count) {
        return count == 0 ? std::vector<T>() : std::vector<T>(data, data + count);
    }
};

} // namespace details

inline MtsArray DataArrayBase::to_mts_array(std::unique_ptr<DataArrayBase> array) {
    if (array == nullptr) {
        throw Error("can not create a C array from a NULL DataArrayBase");
    }

    auto result = mts_array_t();
    result.ptr = array.release();
    result.destroy = details::DataArrayCallbacks::destroy;
    result.origin = details::DataArrayCallbacks::origin;
    result.device = details::DataArrayCallbacks::device;
    result.dtype = details::DataArrayCallbacks::dtype;
    result.as_dlpack = details::DataArrayCallbacks::as_dlpack;
    result.from_dlpack = details::DataArrayCallbacks::from_dlpack;
    result.shape = details::DataArrayCallbacks::shape;
    result.reshape = details::DataArrayCallbacks::reshape;
    result.swap_axes = details::DataArrayCallbacks::swap_axes;
    result.create = details::DataArrayCallbacks::create;
    result.copy = details::DataArrayCallbacks::copy;
    result.move_data = details::DataArrayCallbacks::move_data;
    return MtsArray(result);
}

} // namespace metatensor
