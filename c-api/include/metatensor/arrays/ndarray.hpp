#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "metatensor/arrays/details.hpp"

namespace metatensor {

/// Minimal N-dimensional row-major array on CPU, which either owns its data or is
/// a view inside data owned by something else.
template <typename T>
class NDArray {
    static_assert(std::is_arithmetic_v<T>, "NDArray only contains arithmetic types");

public:
    /// Create an empty array, without dimensions and without data
    NDArray() noexcept = default;

    /// Create a read-only view of `data`, which must outlive this array.
    ///
    /// @throws Error if `shape` is empty, or `data` is NULL and has any element
    NDArray(const T* data, std::vector<size_t> shape)
        : NDArray(const_cast<T*>(data), std::move(shape), true) {}

    /// Create a view of `data`, which must outlive this array.
    ///
    /// @throws Error if `shape` is empty, or `data` is NULL and has any element
    NDArray(T* data, std::vector<size_t> shape) : NDArray(data, std::move(shape), false) {}

    /// Create an array owning its data.
    ///
    /// @throws Error if `shape` is empty, or does not match the size of `data`
    NDArray(std::vector<T> data, std::vector<size_t> shape)
        : NDArray(data.data(), std::move(shape), false) {
        if (details::product(shape_) != data.size()) {
            throw Error("the size of the data (" + std::to_string(data.size()) +
                        ") does not match the shape " + details::shape_name(shape_));
        }
        owned_ = new std::vector<T>(std::move(data));
        deleter_ = [](void* owned) { delete static_cast<std::vector<T>*>(owned); };
    }

    ~NDArray() { this->free_owned(); }

    NDArray(const NDArray&) = delete;
    NDArray& operator=(const NDArray&) = delete;

    /// Move the content of `other`, which becomes empty
    NDArray(NDArray&& other) noexcept { this->swap(other); }

    /// Move the content of `other`, which becomes empty
    NDArray& operator=(NDArray&& other) noexcept {
        if (this != &other) {
            auto moved = NDArray(std::move(other));
            this->swap(moved);
        }
        return *this;
    }

    /// Is this array a view inside data owned by something else?
    bool is_view() const { return owned_ == nullptr; }

    /// Get the value of one element, with one index for each dimension.
    ///
    /// @throws Error if the number of indexes is not the number of dimensions
    template <typename... Args>
    T operator()(Args... args) const& {
        return data_[this->offset(args...)];
    }

    /// Get a reference to one element, with one index for each dimension.
    ///
    /// @throws Error if the number of indexes is not the number of dimensions, or
    ///         if this is a read-only view
    template <typename... Args>
    T& operator()(Args... args) & {
        this->check_mutable();
        return data_[this->offset(args...)];
    }

    template <typename... Args>
    T operator()(Args... args) && = delete;

    /// Get the address of the first element
    const T* data() const& { return data_; }

    /// Get the address of the first element
    ///
    /// @throws Error if this is a read-only view
    T* data() & {
        this->check_mutable();
        return data_;
    }

    const T* data() && = delete;

    /// Get the shape of this array
    const std::vector<size_t>& shape() const& { return shape_; }
    const std::vector<size_t>& shape() && = delete;

    /// Get the strides of this array, in number of elements
    const std::vector<int64_t>& strides() const { return strides_; }

    /// Is the data contiguous and row-major? Always true for this class
    bool is_contiguous() const { return true; }

private:
    NDArray(T* data, std::vector<size_t> shape, bool is_const)
        : data_(data), shape_(std::move(shape)), is_const_(is_const) {
        if (shape_.empty()) {
            throw Error("invalid shape for NDArray: there must be at least one dimension");
        }
        if (data_ == nullptr && details::product(shape_) != 0) {
            throw Error("invalid data for NDArray: got NULL for an array of shape " +
                        details::shape_name(shape_));
        }
        strides_ = details::contiguous_strides(shape_);
    }

    void free_owned() noexcept {
        if (owned_ != nullptr) {
            deleter_(owned_);
        }
    }

    void swap(NDArray& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(shape_, other.shape_);
        std::swap(strides_, other.strides_);
        std::swap(is_const_, other.is_const_);
        std::swap(owned_, other.owned_);
        std::swap(deleter_, other.deleter_);
    }

    void check_mutable() const {
        if (is_const_) {
            throw Error("can not get mutable access to the data of a read-only NDArray");
        }
    }

    template <typename... Args>
    int64_t offset(Args... args) const {
        if (sizeof...(Args) == 0) {
            throw Error("invalid number of indexes: at least one is required");
        }
        return details::strided_offset(shape_, strides_, args...);
    }

    T* data_ = nullptr;
    std::vector<size_t> shape_;
    std::vector<int64_t> strides_;
    bool is_const_ = false;
    void* owned_ = nullptr;
    std::function<void(void*)> deleter_;
    // room for future members without changing the size of this class
    [[maybe_unused]] void* reserved_[2] = {nullptr, nullptr};
};

METATENSOR_PIN_SIZE(120, NDArray<double>);

} // namespace metatensor
