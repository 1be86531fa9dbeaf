#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "metatensor/arrays/base.hpp"
#include "metatensor/arrays/ndarray.hpp"

namespace metatensor {
namespace details {

/// Register (once) and get the identifier of a data origin
inline mts_data_origin_t registered_origin(const char* name) {
    mts_data_origin_t origin = 0;
    check_status(mts_register_data_origin(name, &origin));
    return origin;
}

/// Throw if `device` is not the CPU, naming the class and function which need it
inline void check_cpu(DLDevice device, const char* where) {
    if (device.device_type != kDLCPU) {
        throw Error(std::string(where) + " only supports kDLCPU, got " + device_name(device));
    }
}

/// Throw if the two axes do not exist in an array with `ndim` dimensions
inline void check_axes(uintptr_t axis_1, uintptr_t axis_2, size_t ndim) {
    if (axis_1 >= ndim || axis_2 >= ndim) {
        throw Error("invalid axes for swap_axes: got " + std::to_string(axis_1) + " and " +
                    std::to_string(axis_2) + " for an array with " + std::to_string(ndim) +
                    " dimensions");
    }
}

/// Throw if arrays of the two shapes do not have the same number of elements
inline void check_reshape(const std::vector<uintptr_t>& from,
                          const std::vector<uintptr_t>& to) {
    if (product(from) != product(to)) {
        throw Error("can not reshape an array of shape " + shape_name(from) + " to " +
                    shape_name(to) + ": the number of elements differs");
    }
}

/// State of a DLPack tensor sharing the data of a `SimpleDataArray`
template <typename T>
struct SharedTensor {
    /// data of the tensor
    std::shared_ptr<std::vector<storage_type_t<T>>> data;
    /// storage of the shape of the tensor
    std::vector<int64_t> shape;
    /// storage of the strides of the tensor
    std::vector<int64_t> strides;
    /// the tensor itself
    DLManagedTensorVersioned tensor;
};

/// Name of `SharedTensor` used by other packages
template <typename T>
using DLPackContext = SharedTensor<T>;

} // namespace details

/// N-dimensional row-major array on CPU, storing its data in a `std::vector`.
///
/// C++ copies of this class share their data, use `copy` to make a deep copy.
template <typename T, typename = std::enable_if_t<std::is_arithmetic_v<T>>>
class SimpleDataArray : public DataArrayBase {
public:
    /// Type of the elements in memory: `T`, or `uint8_t` for `bool`
    using storage_t = details::storage_type_t<T>;

    /// Create an array filled with `value`. An empty shape gives an array with zero
    /// dimensions and one element.
    SimpleDataArray(std::vector<uintptr_t> shape, T value = T{})
        : shape_(std::move(shape)), strides_(details::contiguous_strides(shape_)),
          data_(std::make_shared<std::vector<storage_t>>(details::product(shape_),
                                                         static_cast<storage_t>(value))) {}

    /// Create an array containing `data`, in row-major order.
    ///
    /// @throws Error if the number of elements does not match the shape
    SimpleDataArray(std::vector<uintptr_t> shape, std::vector<storage_t> data)
        : shape_(std::move(shape)), strides_(details::contiguous_strides(shape_)),
          data_(std::make_shared<std::vector<storage_t>>(std::move(data))) {
        if (details::product(shape_) != data_->size()) {
            throw Error("the size of the data (" + std::to_string(data_->size()) +
                        ") does not match the shape " + details::shape_name(shape_));
        }
    }

    ~SimpleDataArray() override = default;
    /// Make an array sharing the data of the other one
    SimpleDataArray(const SimpleDataArray&) = default;
    /// Share the data of the other array
    SimpleDataArray& operator=(const SimpleDataArray&) = default;
    /// Move constructor
    SimpleDataArray(SimpleDataArray&&) noexcept = default;
    /// Move assignment
    SimpleDataArray& operator=(SimpleDataArray&&) noexcept = default;

    mts_data_origin_t origin() const override {
        static const auto origin = details::registered_origin("metatensor::SimpleDataArray");
        return origin;
    }

    DLDevice device() const override { return DLDevice{kDLCPU, 0}; }

    DLDataType dtype() const override { return details::dtype_of<T>(); }

    /// Get a writable tensor sharing its memory with this array, and which stays
    /// valid after the array is freed.
    DLManagedTensorVersioned* as_dlpack(DLDevice device, const int64_t* stream,
                                        DLPackVersion max_version) override;

    /// Copy a CPU tensor with any strides. The new array contains the type of the
    /// elements of the tensor, which can be different from `T`.
    std::unique_ptr<DataArrayBase>
    from_dlpack(DLManagedTensorVersioned* dl_tensor) const override;

    std::unique_ptr<DataArrayBase> copy(DLDevice device) const override {
        details::check_cpu(device, "SimpleDataArray::copy");
        return std::make_unique<SimpleDataArray>(shape_, *data_);
    }

    std::unique_ptr<DataArrayBase> create(std::vector<uintptr_t> shape,
                                          MtsArray fill_value) const override;

    const std::vector<uintptr_t>& shape() const& override { return shape_; }
    const std::vector<uintptr_t>& shape() && = delete;

    void reshape(const std::vector<uintptr_t>& shape) override {
        details::check_reshape(shape_, shape);
        strides_ = details::contiguous_strides(shape);
        shape_ = shape;
    }

    void swap_axes(uintptr_t axis_1, uintptr_t axis_2) override;

    void move_data(const DataArrayBase& input,
                   std::vector<mts_data_movement_t> moves) override;

    /// Get the strides of this array, in number of elements
    const std::vector<int64_t>& strides() const { return strides_; }

    /// Is the data contiguous and row-major? Always true for this class
    bool is_contiguous() const { return true; }

    /// Get the address of the first element
    const storage_t* data() const { return data_->data(); }
    /// Get the address of the first element
    storage_t* data() { return data_->data(); }

    /// Get a view of the data, valid as long as this array keeps its shape
    NDArray<storage_t> view() { return NDArray<storage_t>(data_->data(), shape_); }

    /// Get a read-only view of the data, valid as long as this array keeps its shape
    NDArray<storage_t> view() const {
        return NDArray<storage_t>(static_cast<const storage_t*>(data_->data()), shape_);
    }

    /// Get the C++ array inside a C array, valid as long as `array`.
    ///
    /// @throws Error if `array` is not a `SimpleDataArray`
    /// @throws std::bad_cast if the elements of `array` are not of type `T`
    static SimpleDataArray& from_mts_array(MtsArray& array) { return cast(array); }

    /// Get the C++ array inside a C array, valid as long as `array`.
    ///
    /// @throws Error if `array` is not a `SimpleDataArray`
    /// @throws std::bad_cast if the elements of `array` are not of type `T`
    static const SimpleDataArray& from_mts_array(const MtsArray& array) { return cast(array); }

private:
    static SimpleDataArray& cast(const MtsArray& array) {
        if (array.origin() != details::registered_origin("metatensor::SimpleDataArray")) {
            throw Error("the array is not a metatensor::SimpleDataArray");
        }
        auto* base = static_cast<DataArrayBase*>(array.as_mts_array_t().ptr);
        return dynamic_cast<SimpleDataArray&>(*base);
    }

    /// check a movement between arrays with `shape_in` and `shape_`
    void check_movement(const mts_data_movement_t& move,
                        const std::vector<uintptr_t>& shape_in) const {
        auto fits = [](uintptr_t start, uintptr_t length, uintptr_t size) {
            return length <= size && start <= size - length;
        };
        if (!fits(move.sample_in, 1, shape_in.front()) ||
            !fits(move.sample_out, 1, shape_.front()) ||
            !fits(move.properties_start_in, move.properties_length, shape_in.back()) ||
            !fits(move.properties_start_out, move.properties_length, shape_.back())) {
            throw Error("invalid movement in move_data: it is out of bounds for arrays of "
                        "shape " +
                        details::shape_name(shape_in) + " and " + details::shape_name(shape_));
        }
    }

    std::vector<uintptr_t> shape_;
    std::vector<int64_t> strides_;
    std::shared_ptr<std::vector<storage_t>> data_;
    // room for future members without changing the size of this class
    [[maybe_unused]] void* reserved_[2] = {nullptr, nullptr};
};

METATENSOR_PIN_SIZE(88, SimpleDataArray<double>);
METATENSOR_PIN_SIZE(88, SimpleDataArray<bool>);

template <typename T, typename Enable>
DLManagedTensorVersioned* SimpleDataArray<T, Enable>::as_dlpack(DLDevice device,
                                                                const int64_t* stream,
                                                                DLPackVersion max_version) {
    details::check_cpu(device, "SimpleDataArray::as_dlpack");
    if (stream != nullptr) {
        throw Error("SimpleDataArray::as_dlpack: the stream must be NULL for kDLCPU");
    }
    if (max_version.major != DLPACK_MAJOR_VERSION) {
        throw Error("SimpleDataArray::as_dlpack only supports DLPack version 1, got " +
                    std::to_string(max_version.major));
    }

    auto shared = std::make_unique<details::SharedTensor<T>>();
    shared->data = data_;
    shared->shape.assign(shape_.begin(), shape_.end());
    shared->strides = strides_;

    auto& tensor = shared->tensor;
    tensor = DLManagedTensorVersioned();
    tensor.version = DLPackVersion{DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION};
    tensor.dl_tensor.data = data_->data();
    tensor.dl_tensor.device = this->device();
    tensor.dl_tensor.dtype = this->dtype();
    tensor.dl_tensor.ndim = static_cast<int32_t>(shape_.size());
    if (!shape_.empty()) {
        tensor.dl_tensor.shape = shared->shape.data();
        tensor.dl_tensor.strides = shared->strides.data();
    }
    tensor.manager_ctx = shared.get();
    tensor.deleter = [](DLManagedTensorVersioned* self) {
        delete static_cast<details::SharedTensor<T>*>(self->manager_ctx);
    };
    return &shared.release()->tensor;
}

template <typename T, typename Enable>
std::unique_ptr<DataArrayBase>
SimpleDataArray<T, Enable>::from_dlpack(DLManagedTensorVersioned* dl_tensor) const {
    const auto owned = details::UniqueDLPack(dl_tensor);
    if (owned == nullptr) {
        throw Error("SimpleDataArray::from_dlpack: the tensor is NULL");
    }
    if (owned->version.major != DLPACK_MAJOR_VERSION) {
        throw Error("SimpleDataArray::from_dlpack only supports DLPack version 1, got " +
                    std::to_string(owned->version.major));
    }
    const auto& tensor = owned->dl_tensor;
    details::check_cpu(tensor.device, "SimpleDataArray::from_dlpack");

    return details::dispatch_dtype(
        tensor.dtype, [&](auto dtype) -> std::unique_ptr<DataArrayBase> {
            using U = typename decltype(dtype)::type;
            return std::make_unique<SimpleDataArray<U>>(
                details::dlpack_shape(tensor), details::vector_from_dlpack<U>(tensor));
        });
}

template <typename T, typename Enable>
std::unique_ptr<DataArrayBase> SimpleDataArray<T, Enable>::create(std::vector<uintptr_t> shape,
                                                                  MtsArray fill_value) const {
    auto fill_shape = fill_value.shape();
    if (!fill_shape.empty()) {
        throw Error("SimpleDataArray::create: the fill value must have zero dimensions, "
                    "got an array of shape " +
                    details::shape_name(fill_shape));
    }
    const auto fill = details::UniqueDLPack(fill_value.as_dlpack(
        DLDevice{kDLCPU, 0}, nullptr, {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION}));
    if (!details::dlpack_dtype_matches<T>(fill->dl_tensor.dtype)) {
        throw Error("SimpleDataArray::create: expected a fill value of type " +
                    details::dtype_name(this->dtype()) + ", got " +
                    details::dtype_name(fill->dl_tensor.dtype));
    }
    const auto value = details::vector_from_dlpack<T>(fill->dl_tensor);
    const auto size = details::product(shape);
    return std::make_unique<SimpleDataArray>(std::move(shape),
                                             std::vector<storage_t>(size, value.at(0)));
}

template <typename T, typename Enable>
void SimpleDataArray<T, Enable>::swap_axes(uintptr_t axis_1, uintptr_t axis_2) {
    details::check_axes(axis_1, axis_2, shape_.size());
    if (axis_1 == axis_2) {
        return;
    }

    auto shape = shape_;
    std::swap(shape[axis_1], shape[axis_2]);
    auto strides = strides_;
    std::swap(strides[axis_1], strides[axis_2]);

    // use new memory, since DLPack tensors and C++ copies share the current one
    auto data = std::make_shared<std::vector<storage_t>>();
    data->reserve(data_->size());
    auto rows = details::StridedRows(shape, strides);
    const auto count = rows.count();
    for (size_t row = 0; row < count; row++, rows.next()) {
        const auto* start = data_->data() + rows.offset();
        if (rows.step() == 1) {
            data->insert(data->end(), start, start + rows.length());
            continue;
        }
        for (size_t i = 0; i < rows.length(); i++) {
            data->push_back(start[static_cast<int64_t>(i) * rows.step()]);
        }
    }

    data_ = std::move(data);
    strides_ = details::contiguous_strides(shape);
    shape_ = std::move(shape);
}

template <typename T, typename Enable>
void SimpleDataArray<T, Enable>::move_data(const DataArrayBase& input,
                                           std::vector<mts_data_movement_t> moves) {
    const auto& other = dynamic_cast<const SimpleDataArray&>(input);
    if (shape_.size() < 2 || shape_.size() != other.shape_.size() ||
        !std::equal(shape_.begin() + 1, shape_.end() - 1, other.shape_.begin() + 1)) {
        throw Error("invalid arrays in move_data: the components of arrays of shape " +
                    details::shape_name(other.shape_) + " and " + details::shape_name(shape_) +
                    " do not match");
    }

    size_t components = 1;
    for (size_t axis = 1; axis + 1 < shape_.size(); axis++) {
        components *= shape_[axis];
    }
    const auto size_in = other.shape_.back();
    const auto size_out = shape_.back();

    for (const auto& move : moves) {
        this->check_movement(move, other.shape_);
        const auto* source = other.data_->data() + move.properties_start_in +
                             move.sample_in * components * size_in;
        auto* target = data_->data() + move.properties_start_out +
                       move.sample_out * components * size_out;
        for (size_t component = 0; component < components; component++) {
            std::copy_n(source + component * size_in, move.properties_length,
                        target + component * size_out);
        }
    }
}

} // namespace metatensor
