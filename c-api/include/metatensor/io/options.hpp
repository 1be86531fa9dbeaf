#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metatensor/io/block.hpp"
#include "metatensor/io/buffer.hpp"
#include "metatensor/io/tensor.hpp"

namespace metatensor {
namespace io {

/// How to save. By default files are the same as without options.
struct SaveOptions {
    /// start all arrays at multiples of 64 bytes, so that they can be used without a copy
    /// when the file is mapped in memory
    bool aligned = false;
    /// accept values of types which only this implementation can store: bfloat16, 8-bit
    /// floating point numbers and 32-bit complex numbers
    bool extended_dtypes = false;
    /// wait until the file is on the disk, so that it survives a loss of power
    bool sync = false;
};

/// What to load, and how. By default everything is loaded.
struct LoadOptions {
    /// only load the blocks whose key matches one of these entries
    std::optional<Labels> keys = std::nullopt;
    /// only load the blocks at these positions, in this order; not together with `keys`
    std::optional<std::vector<uintptr_t>> blocks = std::nullopt;
    /// only load the samples which match one of these entries
    std::optional<Labels> samples = std::nullopt;
    /// map the file in memory: values are only read when they are used. Only for files
    bool mmap = false;
    /// also check values which are mapped, or read only in part, against the checksums of
    /// the file
    bool verify = false;
};

/// Save a tensor map to the file at `path`, replacing it if it exists
void save(const std::string& path, const TensorMap& tensor, const SaveOptions& options);
/// Save a block to the file at `path`, replacing it if it exists
void save(const std::string& path, const TensorBlock& block, const SaveOptions& options);

/// Save a tensor map to a vector of bytes
std::vector<uint8_t> save_buffer(const TensorMap& tensor, const SaveOptions& options);
/// Save a block to a vector of bytes
std::vector<uint8_t> save_buffer(const TensorBlock& block, const SaveOptions& options);

/// Load (a part of) a tensor map from the file at `path`. Arrays are made with
/// `create_array`, or by the library if there is none (see `native`).
TensorMap load(const std::string& path, const LoadOptions& options,
               mts_create_array_callback_t create_array = nullptr);
/// Load (a part of) a block from the file at `path`, making arrays as above
TensorBlock load_block(const std::string& path, const LoadOptions& options,
                       mts_create_array_callback_t create_array = nullptr);

/// Load (a part of) a tensor map from any container of contiguous bytes
template <typename Buffer>
TensorMap load_buffer(const Buffer& buffer, const LoadOptions& options,
                      mts_create_array_callback_t create_array = nullptr);
/// Load (a part of) a block from any container of contiguous bytes
template <typename Buffer>
TensorBlock load_block_buffer(const Buffer& buffer, const LoadOptions& options,
                              mts_create_array_callback_t create_array = nullptr);

/// Load everything but the values of a tensor map from the file at `path`: the arrays have
/// a shape and a type, but no data.
TensorMap load_structure(const std::string& path, const LoadOptions& options = {});
/// Load everything but the values of a block from the file at `path`
TensorBlock load_block_structure(const std::string& path, const LoadOptions& options = {});

} // namespace io

namespace details {

/// Options for the C API, valid as long as `options`
inline mts_save_options_t raw_options(const io::SaveOptions& options) {
    auto raw = mts_save_options_t();
    raw.size = sizeof(raw);
    raw.aligned = options.aligned ? 1 : 0;
    raw.extended_dtypes = options.extended_dtypes ? 1 : 0;
    raw.sync = options.sync ? 1 : 0;
    return raw;
}

/// Options for the C API, valid as long as `options`
inline mts_load_options_t raw_options(const io::LoadOptions& options) {
    // an address for lists without blocks, which is not the same as no list
    static const uintptr_t no_blocks = 0;
    auto raw = mts_load_options_t();
    raw.size = sizeof(raw);
    raw.keys = options.keys ? options.keys->as_mts_labels_t() : nullptr;
    if (options.blocks) {
        raw.blocks = options.blocks->empty() ? &no_blocks : options.blocks->data();
        raw.blocks_count = options.blocks->size();
    }
    raw.samples = options.samples ? options.samples->as_mts_labels_t() : nullptr;
    raw.mmap = options.mmap ? 1 : 0;
    raw.verify = options.verify ? 1 : 0;
    return raw;
}

/// Take ownership of a map which the C API made, unless it failed
inline TensorMap adopt_tensor(mts_tensormap_t* tensor) {
    check_pointer(tensor);
    return TensorMap::unsafe_from_ptr(tensor);
}

/// Take ownership of a block which the C API made, unless it failed
inline TensorBlock adopt_block(mts_block_t* block) {
    check_pointer(block);
    return TensorBlock::unsafe_from_ptr(block);
}

} // namespace details

namespace io {

inline void save(const std::string& path, const TensorMap& tensor,
                 const SaveOptions& options) {
    const auto raw = details::raw_options(options);
    details::check_status(mts_tensormap_save_with(details::c_string(path, "path"),
                                                  tensor.as_mts_tensormap_t(), &raw));
}

inline void save(const std::string& path, const TensorBlock& block,
                 const SaveOptions& options) {
    const auto raw = details::raw_options(options);
    details::check_status(
        mts_block_save_with(details::c_string(path, "path"), block.as_mts_block_t(), &raw));
}

inline std::vector<uint8_t> save_buffer(const TensorMap& tensor, const SaveOptions& options) {
    const auto raw = details::raw_options(options);
    auto output = details::OutputBuffer();
    output.fill(
        [&](uint8_t** buffer, uintptr_t* count, void* data, mts_realloc_buffer_t grow) {
            return mts_tensormap_save_buffer_with(buffer, count, data, grow,
                                                  tensor.as_mts_tensormap_t(), &raw);
        });
    return output.get<std::vector<uint8_t>>();
}

inline std::vector<uint8_t> save_buffer(const TensorBlock& block, const SaveOptions& options) {
    const auto raw = details::raw_options(options);
    auto output = details::OutputBuffer();
    output.fill(
        [&](uint8_t** buffer, uintptr_t* count, void* data, mts_realloc_buffer_t grow) {
            return mts_block_save_buffer_with(buffer, count, data, grow,
                                              block.as_mts_block_t(), &raw);
        });
    return output.get<std::vector<uint8_t>>();
}

inline TensorMap load(const std::string& path, const LoadOptions& options,
                      mts_create_array_callback_t create_array) {
    const auto raw = details::raw_options(options);
    return details::adopt_tensor(
        mts_tensormap_load_with(details::c_string(path, "path"), &raw, create_array));
}

inline TensorBlock load_block(const std::string& path, const LoadOptions& options,
                              mts_create_array_callback_t create_array) {
    const auto raw = details::raw_options(options);
    return details::adopt_block(
        mts_block_load_with(details::c_string(path, "path"), &raw, create_array));
}

template <typename Buffer>
inline TensorMap load_buffer(const Buffer& buffer, const LoadOptions& options,
                             mts_create_array_callback_t create_array) {
    const auto raw = details::raw_options(options);
    return details::adopt_tensor(mts_tensormap_load_buffer_with(
        details::buffer_bytes(buffer), buffer.size(), &raw, create_array));
}

template <typename Buffer>
inline TensorBlock load_block_buffer(const Buffer& buffer, const LoadOptions& options,
                                     mts_create_array_callback_t create_array) {
    const auto raw = details::raw_options(options);
    return details::adopt_block(mts_block_load_buffer_with(details::buffer_bytes(buffer),
                                                           buffer.size(), &raw, create_array));
}

inline TensorMap load_structure(const std::string& path, const LoadOptions& options) {
    const auto raw = details::raw_options(options);
    return details::adopt_tensor(
        mts_tensormap_load_structure(details::c_string(path, "path"), &raw));
}

inline TensorBlock load_block_structure(const std::string& path, const LoadOptions& options) {
    const auto raw = details::raw_options(options);
    return details::adopt_block(
        mts_block_load_structure(details::c_string(path, "path"), &raw));
}

} // namespace io
} // namespace metatensor
