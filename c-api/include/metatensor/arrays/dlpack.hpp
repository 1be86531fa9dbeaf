#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/arrays/details.hpp"

namespace metatensor {
namespace details {

/// Deleter for `std::unique_ptr<DLManagedTensorVersioned>`
struct DLPackDeleter {
    /// Call the deleter of `tensor` if there is one
    void operator()(DLManagedTensorVersioned* tensor) const {
        if (tensor != nullptr && tensor->deleter != nullptr) {
            tensor->deleter(tensor);
        }
    }
};

/// Owned DLPack tensor
using UniqueDLPack = std::unique_ptr<DLManagedTensorVersioned, DLPackDeleter>;

/// Shape of a DLPack tensor
inline std::vector<size_t> dlpack_shape(const DLTensor& tensor) {
    auto shape = std::vector<size_t>();
    for (int32_t i = 0; i < tensor.ndim; i++) {
        shape.push_back(static_cast<size_t>(tensor.shape[i]));
    }
    return shape;
}

/// Strides of a DLPack tensor, filled in if the tensor has none
inline std::vector<int64_t> dlpack_strides(const DLTensor& tensor) {
    if (tensor.strides == nullptr || tensor.ndim <= 0) {
        return contiguous_strides(dlpack_shape(tensor));
    }
    return std::vector<int64_t>(tensor.strides, tensor.strides + tensor.ndim);
}

/// Address of the first element of a DLPack tensor
template <typename T>
inline T* dlpack_data(const DLTensor& tensor) {
    if (tensor.data == nullptr) {
        return nullptr;
    }
    return reinterpret_cast<T*>(static_cast<char*>(tensor.data) + tensor.byte_offset);
}

/// Copy the elements of a CPU tensor with elements of type `T` in row-major order
template <typename T>
inline std::vector<storage_type_t<T>> vector_from_dlpack(const DLTensor& tensor) {
    using storage_t = storage_type_t<T>;
    auto shape = dlpack_shape(tensor);
    auto strides = dlpack_strides(tensor);
    const auto* data = dlpack_data<const storage_t>(tensor);
    const auto size = product(shape);
    if (size == 0) {
        return {};
    }
    if (data == nullptr) {
        throw Error("invalid DLPack tensor: the data is NULL for a tensor of shape " +
                    shape_name(shape));
    }
    if (is_row_major_contiguous(shape, strides)) {
        return std::vector<storage_t>(data, data + size);
    }

    auto result = std::vector<storage_t>();
    result.reserve(size);
    auto rows = StridedRows(shape, strides);
    const auto count = rows.count();
    for (size_t row = 0; row < count; row++, rows.next()) {
        const auto* start = data + rows.offset();
        for (size_t i = 0; i < rows.length(); i++) {
            result.push_back(start[static_cast<int64_t>(i) * rows.step()]);
        }
    }
    return result;
}

} // namespace details

/// Read-only N-dimensional array owning a DLPack tensor. The data can be on any
/// device, individual elements can only be accessed on CPU.
template <typename T>
class DLPackArray {
public:
    /// Create an empty array, without dimensions and without data
    DLPackArray() noexcept = default;

    /// Take ownership of a tensor; NULL gives an empty array.
    ///
    /// @throws Error if the elements of the tensor are not of type `T`. The tensor
    ///         is always taken
    explicit DLPackArray(DLManagedTensorVersioned* tensor) {
        auto owned = details::UniqueDLPack(tensor);
        if (tensor == nullptr) {
            return;
        }
        if (tensor->version.major != DLPACK_MAJOR_VERSION) {
            throw Error("unsupported DLPack version: got major version " +
                        std::to_string(tensor->version.major) + ", expected " +
                        std::to_string(DLPACK_MAJOR_VERSION));
        }
        const auto& dl_tensor = tensor->dl_tensor;
        if (!details::dlpack_dtype_matches<T>(dl_tensor.dtype)) {
            throw Error("invalid dtype for DLPackArray: expected " +
                        details::dtype_name(details::dtype_of<T>()) + ", got " +
                        details::dtype_name(dl_tensor.dtype));
        }
        shape_ = details::dlpack_shape(dl_tensor);
        strides_ = details::dlpack_strides(dl_tensor);
        data_ = details::dlpack_data<T>(dl_tensor);
        tensor_ = owned.release();
    }

    ~DLPackArray() { details::DLPackDeleter()(tensor_); }

    DLPackArray(const DLPackArray&) = delete;
    DLPackArray& operator=(const DLPackArray&) = delete;

    /// Move the content of `other`, which becomes empty
    DLPackArray(DLPackArray&& other) noexcept { this->swap(other); }

    /// Move the content of `other`, which becomes empty
    DLPackArray& operator=(DLPackArray&& other) noexcept {
        if (this != &other) {
            auto moved = DLPackArray(std::move(other));
            this->swap(moved);
        }
        return *this;
    }

    /// Get the device of the data, CPU for an empty array
    DLDevice device() const {
        return tensor_ == nullptr ? DLDevice{kDLCPU, 0} : tensor_->dl_tensor.device;
    }

    /// Get the type of the elements.
    ///
    /// @throws Error if this array is empty
    DLDataType dtype() const {
        if (tensor_ == nullptr) {
            throw Error("an empty DLPackArray has no dtype");
        }
        return tensor_->dl_tensor.dtype;
    }

    /// Get the value of one element, with one index for each dimension.
    ///
    /// @throws Error if the data is not on CPU, or if the number of indexes is not
    ///         the number of dimensions
    template <typename... Args>
    T operator()(Args... args) const& {
        if (this->device().device_type != kDLCPU) {
            throw Error("can not access elements of a DLPackArray on " +
                        details::device_name(this->device()));
        }
        if (data_ == nullptr) {
            throw Error("can not access elements of an empty DLPackArray");
        }
        return data_[details::strided_offset(shape_, strides_, args...)];
    }

    template <typename... Args>
    T operator()(Args... args) && = delete;

    /// Get the address of the first element, on the device of this array
    const T* data() const& { return data_; }
    const T* data() && = delete;

    /// Get the shape of this array
    const std::vector<size_t>& shape() const& { return shape_; }
    const std::vector<size_t>& shape() && = delete;

    /// Get the strides of this array, in number of elements
    const std::vector<int64_t>& strides() const& { return strides_; }
    const std::vector<int64_t>& strides() && = delete;

    /// Is the data contiguous and row-major?
    bool is_contiguous() const { return details::is_row_major_contiguous(shape_, strides_); }

private:
    void swap(DLPackArray& other) noexcept {
        std::swap(tensor_, other.tensor_);
        std::swap(data_, other.data_);
        std::swap(shape_, other.shape_);
        std::swap(strides_, other.strides_);
    }

    DLManagedTensorVersioned* tensor_ = nullptr;
    T* data_ = nullptr;
    std::vector<size_t> shape_;
    std::vector<int64_t> strides_;
    // room for future members without changing the size of this class
    [[maybe_unused]] void* reserved_[2] = {nullptr, nullptr};
};

METATENSOR_PIN_SIZE(80, DLPackArray<double>);

} // namespace metatensor
