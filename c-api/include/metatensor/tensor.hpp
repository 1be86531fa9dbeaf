#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "metatensor/block.hpp"
#include "metatensor/tensor_info.hpp"

namespace metatensor {

struct Leaf;

namespace details {

/// Types which can be used to fill missing values when merging blocks
template <typename T>
using enable_if_fill_t = std::enable_if_t<std::is_arithmetic_v<T> && !std::is_same_v<T, bool>>;

} // namespace details

/// A set of blocks, together with keys describing each block and some global
/// information (pairs of names and values).
///
/// All functions throw `Error` for tensor maps which were moved from or released.
class TensorMap final {
public:
    /// Create a tensor map from keys and one block for each key.
    ///
    /// @throws Error if one of the blocks is a view, if the number of blocks is not
    ///         the number of keys, or if the labels of the blocks do not have the
    ///         same names
    TensorMap(Labels keys, std::vector<TensorBlock> blocks)
        : TensorMap(create(keys, blocks), false) {}

    /// Take ownership of a C tensor map
    [[deprecated("use TensorMap::unsafe_from_ptr instead")]]
    explicit TensorMap(mts_tensormap_t* tensor)
        : TensorMap(tensor, false) {}

    ~TensorMap() { this->free_owned(); }

    TensorMap(const TensorMap&) = delete;
    TensorMap& operator=(const TensorMap&) = delete;

    /// Take the content of `other`, which can not be used anymore
    TensorMap(TensorMap&& other) noexcept
        : tensor_(std::exchange(other.tensor_, nullptr)),
          is_view_(std::exchange(other.is_view_, true)) {}

    /// Take the content of `other`, which can not be used anymore
    TensorMap& operator=(TensorMap&& other) noexcept {
        if (this != &other) {
            this->free_owned();
            tensor_ = std::exchange(other.tensor_, nullptr);
            is_view_ = std::exchange(other.is_view_, true);
        }
        return *this;
    }

    /// Make a deep copy of this tensor map, sharing the labels
    TensorMap clone() const {
        auto* copy = mts_tensormap_copy(this->as_mts_tensormap_t());
        details::check_pointer(copy);
        return TensorMap(copy, false);
    }

    /// Make a tensor map with the same keys, labels and gradients, but without any
    /// data and without global information.
    ///
    /// @throws Error if the type of the values is not an arithmetic type of C++
    TensorMap clone_metadata_only() const {
        auto keys = this->keys();
        const auto count = keys.count();
        auto blocks = std::vector<TensorBlock>();
        blocks.reserve(count);
        for (uintptr_t index = 0; index < count; index++) {
            blocks.push_back(this->view_block(index).clone_metadata_only());
        }
        return TensorMap(std::move(keys), std::move(blocks));
    }

    /// Get the device of the values of all blocks; CPU if there are no blocks
    DLDevice device() const {
        auto device = DLDevice{kDLCPU, 0};
        details::check_status(mts_tensormap_device(this->as_mts_tensormap_t(), &device));
        return device;
    }

    /// Get the type of the values of all blocks; `double` if there are no blocks
    DLDataType dtype() const {
        auto dtype = DLDataType();
        details::check_status(mts_tensormap_dtype(this->as_mts_tensormap_t(), &dtype));
        return dtype;
    }

    /// Is this a view of a tensor map owned by something else?
    bool is_view() const { return is_view_; }

    /// Get the keys of this tensor map
    Labels keys() const {
        const auto* keys = mts_tensormap_keys(this->as_mts_tensormap_t());
        details::check_pointer(keys);
        return Labels(keys);
    }

    /// Get the block at the given position, as a view valid as long as this map.
    ///
    /// @throws Error if there are not enough blocks
    TensorBlock block_by_id(uintptr_t index) & { return this->view_block(index); }
    TensorBlock block_by_id(uintptr_t index) && = delete;

    /// Merge blocks along the properties axis, moving dimensions of the keys to the
    /// properties.
    ///
    /// @param keys the names give the dimensions of the keys to move; the entries, if
    ///        any, the values of the keys to include in the new properties
    /// @param fill_value array with zero dimensions and the same type as the values,
    ///        used for missing values
    /// @param sort_samples sort the samples of the new blocks, instead of keeping
    ///        them in order of first appearance
    /// @throws Error if the keys are not in this map, if the blocks can not be merged,
    ///         or if the fill value is not of the right type
    TensorMap keys_to_properties(const Labels& keys, MtsArray fill_value,
                                 bool sort_samples) const;

    /// Same as above, moving the dimensions with the given names
    TensorMap keys_to_properties(const std::vector<std::string>& keys, MtsArray fill_value,
                                 bool sort_samples) const;

    /// Same as above, moving the dimension with the given name
    TensorMap keys_to_properties(std::string keys, MtsArray fill_value,
                                 bool sort_samples) const;

    /// Same as above, with a number for missing values. `T` must be the type of the
    /// values of this map.
    template <typename T = double, typename = details::enable_if_fill_t<T>>
    TensorMap keys_to_properties(const Labels& keys, T fill_value = T{},
                                 bool sort_samples = true) const;

    /// Same as above, moving the dimensions with the given names
    template <typename T = double, typename = details::enable_if_fill_t<T>>
    TensorMap keys_to_properties(const std::vector<std::string>& keys, T fill_value = T{},
                                 bool sort_samples = true) const;

    /// Same as above, moving the dimension with the given name
    template <typename T = double, typename = details::enable_if_fill_t<T>>
    TensorMap keys_to_properties(std::string keys, T fill_value = T{},
                                 bool sort_samples = true) const;

    /// Merge blocks along the samples axis, moving dimensions of the keys to the
    /// samples.
    ///
    /// @param keys labels without entries, whose names give the dimensions to move
    /// @param fill_value array with zero dimensions and the same type as the values,
    ///        used for missing values
    /// @param sort_samples sort the samples of the new blocks, instead of keeping
    ///        them in order of first appearance
    /// @throws Error if the keys are not in this map, if the blocks can not be merged,
    ///         or if the fill value is not of the right type
    TensorMap keys_to_samples(const Labels& keys, MtsArray fill_value,
                              bool sort_samples) const;

    /// Same as above, moving the dimensions with the given names
    TensorMap keys_to_samples(const std::vector<std::string>& keys, MtsArray fill_value,
                              bool sort_samples) const;

    /// Same as above, moving the dimension with the given name
    TensorMap keys_to_samples(std::string keys, MtsArray fill_value, bool sort_samples) const;

    /// Same as above, with a number for missing values. `T` must be the type of the
    /// values of this map.
    template <typename T = double, typename = details::enable_if_fill_t<T>>
    TensorMap keys_to_samples(const Labels& keys, T fill_value = T{},
                              bool sort_samples = true) const;

    /// Same as above, moving the dimensions with the given names
    template <typename T = double, typename = details::enable_if_fill_t<T>>
    TensorMap keys_to_samples(const std::vector<std::string>& keys, T fill_value = T{},
                              bool sort_samples = true) const;

    /// Same as above, moving the dimension with the given name
    template <typename T = double, typename = details::enable_if_fill_t<T>>
    TensorMap keys_to_samples(std::string keys, T fill_value = T{},
                              bool sort_samples = true) const;

    /// Move components of all the blocks to the properties. Each component in turn
    /// becomes the first dimension of the properties.
    ///
    /// @throws Error if a block does not have one of the components
    TensorMap components_to_properties(const std::vector<std::string>& dimensions) const;

    /// Same as above, moving a single component
    TensorMap components_to_properties(const std::string& dimension) const;

    /// Get views of all the arrays, valid as long as this map: the values of each block,
    /// followed by its gradients. See `Structure` to know which is which.
    std::vector<MtsArray> arrays() &;
    std::vector<MtsArray> arrays() && = delete;

    /// Make a map with the keys, labels and gradients of this one, and other arrays.
    ///
    /// @param arrays one array for each leaf, in the order of `arrays()`
    /// @param keep_info copy the global information as well
    /// @throws Error if an array does not have the shape of the one it replaces
    TensorMap with_arrays(std::vector<MtsArray> arrays, bool keep_info = true) const;

    /// Make a map with copies of some of the blocks, in any order.
    ///
    /// @param blocks positions of the blocks
    /// @param keep_info copy the global information as well
    /// @throws Error if there are not enough blocks, or for a block which is there twice
    TensorMap pick_blocks(const std::vector<uintptr_t>& blocks, bool keep_info = true) const;

    /// Make a map from the arrays and labels of all its blocks and gradients, in one call.
    ///
    /// @param keys labels with one entry for each leaf without parent
    /// @param leaves arrays and labels, parents before their gradients
    /// @throws Error if the labels do not match the arrays, or the keys and the blocks
    static TensorMap from_leaves(const Labels& keys, std::vector<Leaf> leaves);

    /// Get the `sample` dimension of all gradients: for each array of `arrays()`, the rows
    /// of the parent to which its rows refer. There is nothing for the values of blocks.
    std::vector<std::vector<int64_t>> gradient_rows() const;

    /// Set one entry of the global information
    void set_info(const std::string& key, const std::string& value) {
        details::check_status(mts_tensormap_set_info(this->as_mts_tensormap_t(),
                                                     details::c_string(key, "info key"),
                                                     details::c_string(value, "info value")));
    }

    /// Get one entry of the global information, if it exists
    std::optional<std::string> get_info(const std::string& key) const {
        const char* value = nullptr;
        details::check_status(mts_tensormap_get_info(
            this->as_mts_tensormap_t(), details::c_string(key, "info key"), &value));
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    }

    /// Get all the global information, as a range of pairs of `std::string_view`. It is
    /// valid as long as this map lives and its information is unchanged.
    details::TensorMapInfo info() const {
        this->check_valid();
        return details::TensorMapInfo(tensor_);
    }

    /// Get the C tensor map, which still belongs to this object
    mts_tensormap_t* as_mts_tensormap_t() & {
        this->check_valid();
        return tensor_;
    }

    /// Get the C tensor map, which still belongs to this object
    const mts_tensormap_t* as_mts_tensormap_t() const& {
        this->check_valid();
        return tensor_;
    }

    const mts_tensormap_t* as_mts_tensormap_t() && = delete;

    /// Take ownership of a C tensor map
    static TensorMap unsafe_from_ptr(mts_tensormap_t* tensor) {
        return TensorMap(tensor, false);
    }

    /// Make a view of a C tensor map, which must outlive the result
    static TensorMap unsafe_view_from_ptr(mts_tensormap_t* tensor) {
        return TensorMap(tensor, true);
    }

    /// Give the ownership of the C tensor map to the caller. This map can not be used
    /// anymore.
    ///
    /// @throws Error if this map is a view
    mts_tensormap_t* release() {
        this->check_valid();
        if (is_view_) {
            throw Error("can not release this tensor map: it is a view");
        }
        is_view_ = true;
        return std::exchange(tensor_, nullptr);
    }

    /// Load a tensor map from the file at `path`, making arrays with `create_array`
    static TensorMap
    load(const std::string& path,
         mts_create_array_callback_t create_array = details::default_create_array);
    /// Load a tensor map from `count` bytes, making arrays with `create_array`
    static TensorMap
    load_buffer(const uint8_t* buffer, size_t count,
                mts_create_array_callback_t create_array = details::default_create_array);
    /// Load a tensor map from any container of bytes, see `io::load_buffer`
    template <typename Buffer>
    static TensorMap
    load_buffer(const Buffer& buffer,
                mts_create_array_callback_t create_array = details::default_create_array);
    /// Save this map to the file at `path`, replacing it if it exists
    void save(const std::string& path) const;
    /// Save this map to a vector of bytes
    std::vector<uint8_t> save_buffer() const;
    /// Save this map to another type of buffer, see `io::save_buffer`
    template <typename Buffer>
    Buffer save_buffer() const;

private:
    TensorMap(mts_tensormap_t* tensor, bool is_view) noexcept
        : tensor_(tensor), is_view_(is_view) {}

    static mts_tensormap_t* create(const Labels& keys, std::vector<TensorBlock>& blocks) {
        auto pointers = std::vector<mts_block_t*>();
        pointers.reserve(blocks.size());
        for (auto& block : blocks) {
            if (block.is_view() && block.block_ != nullptr) {
                throw Error("can not put a view of a block in a tensor map, use "
                            "`TensorBlock::clone` to get a block owning its data");
            }
            pointers.push_back(block.as_mts_block_t());
        }

        auto* tensor = mts_tensormap(keys.as_mts_labels_t(), pointers.data(), pointers.size());
        // the library sets to NULL the pointers of the blocks it took, the other
        // ones (if it failed early) still belong to `blocks`
        for (size_t i = 0; i < blocks.size(); i++) {
            if (pointers[i] == nullptr) {
                static_cast<void>(blocks[i].release());
            }
        }
        details::check_pointer(tensor);
        return tensor;
    }

    void free_owned() noexcept {
        if (!is_view_) {
            mts_tensormap_free(tensor_);
        }
    }

    void check_valid() const {
        if (tensor_ == nullptr) {
            throw Error("this tensor map was moved or released, it can not be used");
        }
    }

    TensorBlock view_block(uintptr_t index) const {
        this->check_valid();
        mts_block_t* block = nullptr;
        details::check_status(mts_tensormap_block_by_id(tensor_, &block, index));
        return TensorBlock(block, true);
    }

    static std::vector<std::string> one_name(std::string name) {
        auto names = std::vector<std::string>();
        names.push_back(std::move(name));
        return names;
    }

    TensorMap merge(decltype(&mts_tensormap_keys_to_properties) function, const Labels& keys,
                    MtsArray fill_value, bool sort_samples) const;

    mts_tensormap_t* tensor_;
    bool is_view_;
    // room for future members without changing the size of this class
    [[maybe_unused]] void* reserved_[2] = {nullptr, nullptr};
};

METATENSOR_PIN_SIZE(32, TensorMap);

} // namespace metatensor

#include "metatensor/io/tensor.hpp"    // IWYU pragma: export
#include "metatensor/structure.hpp"    // IWYU pragma: export
#include "metatensor/tensor_merge.hpp" // IWYU pragma: export
