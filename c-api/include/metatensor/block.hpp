#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metatensor/labels.hpp"

namespace metatensor_torch {
class TensorBlockHolder;
}

namespace metatensor {

/// An array of values together with the labels of all its axes: samples for the
/// first one, properties for the last one, and components in between; and the
/// gradients of the values, which are also blocks.
///
/// A block either owns its data, or is a view of a gradient or of a block inside a
/// tensor map, which must outlive it.
///
/// All functions throw `Error` for blocks which were moved from or released.
class TensorBlock final {
public:
    /// Create a block from its values and the labels of all the axes.
    ///
    /// @throws Error if the labels do not match the shape of the values
    TensorBlock(std::unique_ptr<DataArrayBase> values, const Labels& samples,
                const std::vector<Labels>& components, const Labels& properties)
        : TensorBlock(DataArrayBase::to_mts_array(std::move(values)), samples, components,
                      properties) {}

    /// Create a block from any C array, as the ones of `native`, and the labels of all the
    /// axes.
    ///
    /// @throws Error if the labels do not match the shape of the values
    TensorBlock(MtsArray values, const Labels& samples, const std::vector<Labels>& components,
                const Labels& properties)
        : TensorBlock(create(std::move(values), samples, components, properties), false) {}

    ~TensorBlock() { this->free_owned(); }

    TensorBlock(const TensorBlock&) = delete;
    TensorBlock& operator=(const TensorBlock&) = delete;

    /// Take the content of `other`, which can not be used anymore
    TensorBlock(TensorBlock&& other) noexcept
        : block_(std::exchange(other.block_, nullptr)),
          is_view_(std::exchange(other.is_view_, true)) {}

    /// Take the content of `other`, which can not be used anymore
    TensorBlock& operator=(TensorBlock&& other) noexcept {
        if (this != &other) {
            this->free_owned();
            block_ = std::exchange(other.block_, nullptr);
            is_view_ = std::exchange(other.is_view_, true);
        }
        return *this;
    }

    /// Make a deep copy of this block and its gradients, sharing the labels
    TensorBlock clone() const {
        auto* copy = mts_block_copy(this->as_mts_block_t());
        details::check_pointer(copy);
        return TensorBlock(copy, false);
    }

    /// Make a block with the same labels and gradients and values of the same type,
    /// but without any data.
    ///
    /// @throws Error if the type of the values is not an arithmetic type of C++
    TensorBlock clone_metadata_only() const {
        auto values = details::create_empty_array(this->values_shape(), this->dtype());
        auto result = TensorBlock(std::move(values), this->samples(), this->components(),
                                  this->properties());
        for (const auto& parameter : this->gradients_list()) {
            result.add_gradient(parameter, this->gradient(parameter).clone_metadata_only());
        }
        return result;
    }

    /// Get the device of the values
    DLDevice device() const {
        auto device = DLDevice{kDLCPU, 0};
        details::check_status(mts_block_device(this->as_mts_block_t(), &device));
        return device;
    }

    /// Get the type of the values
    DLDataType dtype() const {
        auto dtype = DLDataType();
        details::check_status(mts_block_dtype(this->as_mts_block_t(), &dtype));
        return dtype;
    }

    /// Is this a view of a block owned by something else?
    bool is_view() const { return is_view_; }

    /// Get the values of this block, which must not outlive it. The result shares
    /// the memory of the block when the values already are on the given device.
    ///
    /// @param device device of the result, values are copied there if needed
    /// @param stream stream to synchronize with, NULL for the default one
    /// @throws Error if the values are not of type `T`
    template <typename T = double>
    DLPackArray<T> values(DLDevice device = {kDLCPU, 0}, const int64_t* stream = nullptr) {
        return this->mts_array().template as_dlpack_array<T>(
            device, stream, {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION});
    }

    /// Get the labels of the first axis
    Labels samples() const { return this->labels(0); }

    /// Get the labels of all the axes between the first and the last one
    std::vector<Labels> components() const {
        auto result = std::vector<Labels>();
        const auto last = this->ndim() - 1;
        for (uintptr_t axis = 1; axis < last; axis++) {
            result.push_back(this->labels(axis));
        }
        return result;
    }

    /// Get the labels of the last axis
    Labels properties() const { return this->labels(this->ndim() - 1); }

    /// Get the labels of any axis.
    ///
    /// @throws Error if there are not enough axes
    Labels labels(uintptr_t axis) const {
        const auto* labels = mts_block_labels(this->as_mts_block_t(), axis);
        details::check_pointer(labels);
        return Labels(labels);
    }

    /// Add a gradient of the values with respect to `parameter`.
    ///
    /// @throws Error if this block is a view, if there already is a gradient with
    ///         this name, or if its labels do not match the ones of this block
    void add_gradient(const std::string& parameter, TensorBlock gradient) {
        if (is_view_ && block_ != nullptr) {
            throw Error("can not add a gradient to this block: it is a view of a block "
                        "owned by a tensor map or by another block");
        }
        auto* block = this->as_mts_block_t();
        const auto* name = details::c_string(parameter, "gradient parameter");
        // the library does not take the gradient if the name is not UTF-8
        details::check_utf8(parameter, "gradient parameter");
        details::check_status(mts_block_add_gradient(block, name, gradient.release()));
    }

    /// Get the names of the gradients, in the order they were added
    std::vector<std::string> gradients_list() const {
        const char* const* parameters = nullptr;
        uintptr_t count = 0;
        details::check_status(
            mts_block_gradients_list(this->as_mts_block_t(), &parameters, &count));
        return std::vector<std::string>(parameters, parameters + count);
    }

    /// Get the gradient with respect to `parameter`, as a view valid as long as this
    /// block.
    ///
    /// @throws Error if there is no such gradient
    TensorBlock gradient(const std::string& parameter) const {
        this->check_valid();
        mts_block_t* gradient = nullptr;
        const auto* name = details::c_string(parameter, "gradient parameter");
        details::check_status(mts_block_gradient(block_, name, &gradient));
        return TensorBlock(gradient, true);
    }

    /// Make a block with the labels and gradients of this one, and other arrays: one for the
    /// values, then one for each gradient, in the order of `Structure`.
    ///
    /// @throws Error if an array does not have the shape of the one it replaces
    TensorBlock with_arrays(std::vector<MtsArray> arrays) const {
        const auto* block = this->as_mts_block_t();
        const auto raw = details::release_arrays(std::move(arrays));
        auto* result = mts_block_with_arrays(block, raw.data(), raw.size());
        details::check_pointer(result);
        return TensorBlock(result, false);
    }

    /// Get a view of the values, valid as long as this block
    MtsArray mts_array() {
        this->check_valid();
        return MtsArray(this->raw_array());
    }

    /// Get the shape of the values
    std::vector<uintptr_t> values_shape() const {
        this->check_valid();
        return MtsArray(this->raw_array()).shape();
    }

    /// Get the C block, which still belongs to this object
    mts_block_t* as_mts_block_t() & {
        this->check_valid();
        return block_;
    }

    /// Get the C block, which still belongs to this object
    const mts_block_t* as_mts_block_t() const& {
        this->check_valid();
        return block_;
    }

    const mts_block_t* as_mts_block_t() && = delete;

    /// Take ownership of a C block
    static TensorBlock unsafe_from_ptr(mts_block_t* block) {
        return TensorBlock(block, false);
    }

    /// Make a view of a C block, which must outlive the result
    static TensorBlock unsafe_view_from_ptr(mts_block_t* block) {
        return TensorBlock(block, true);
    }

    /// Give the ownership of the C block to the caller. This block can not be used
    /// anymore.
    ///
    /// @throws Error if this block is a view
    mts_block_t* release() {
        this->check_valid();
        if (is_view_) {
            throw Error("can not release this block: it is a view of a block owned by a "
                        "tensor map or by another block");
        }
        is_view_ = true;
        return std::exchange(block_, nullptr);
    }

    /// Load a block from the file at `path`, making arrays with `create_array`
    static TensorBlock
    load(const std::string& path,
         mts_create_array_callback_t create_array = details::default_create_array);
    /// Load a block from `count` bytes, making arrays with `create_array`
    static TensorBlock
    load_buffer(const uint8_t* buffer, size_t count,
                mts_create_array_callback_t create_array = details::default_create_array);
    /// Load a block from any container of bytes, see `io::load_block_buffer`
    template <typename Buffer>
    static TensorBlock
    load_buffer(const Buffer& buffer,
                mts_create_array_callback_t create_array = details::default_create_array);
    /// Save this block to the file at `path`, replacing it if it exists
    void save(const std::string& path) const;
    /// Save this block to a vector of bytes
    std::vector<uint8_t> save_buffer() const;
    /// Save this block to another type of buffer, see `io::save_buffer`
    template <typename Buffer>
    Buffer save_buffer() const;

private:
    friend class TensorMap;
    friend class metatensor_torch::TensorBlockHolder;

    TensorBlock(mts_block_t* block, bool is_view) noexcept
        : block_(block), is_view_(is_view) {}

    static mts_block_t* create(MtsArray array, const Labels& samples,
                               const std::vector<Labels>& components,
                               const Labels& properties) {
        auto raw_components = std::vector<const mts_labels_t*>();
        raw_components.reserve(components.size());
        for (const auto& component : components) {
            raw_components.push_back(component.as_mts_labels_t());
        }
        const auto* raw_samples = samples.as_mts_labels_t();
        const auto* raw_properties = properties.as_mts_labels_t();

        auto* block = mts_block(std::move(array).release(), raw_samples, raw_components.data(),
                                raw_components.size(), raw_properties);
        details::check_pointer(block);
        return block;
    }

    void free_owned() noexcept {
        if (!is_view_) {
            mts_block_free(block_);
        }
    }

    void check_valid() const {
        if (block_ == nullptr) {
            throw Error("this block was moved or released, it can not be used");
        }
    }

    mts_array_t raw_array() const {
        auto array = mts_array_t();
        details::check_status(mts_block_data(block_, &array));
        return array;
    }

    uintptr_t ndim() const {
        this->check_valid();
        return details::array_shape(this->raw_array()).second;
    }

    mts_block_t* block_;
    bool is_view_;
    // room for future members without changing the size of this class
    [[maybe_unused]] void* reserved_[2] = {nullptr, nullptr};
};

METATENSOR_PIN_SIZE(32, TensorBlock);

} // namespace metatensor

#include "metatensor/io/block.hpp" // IWYU pragma: export
