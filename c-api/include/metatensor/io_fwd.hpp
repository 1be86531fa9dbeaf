#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "metatensor/arrays/create.hpp"

namespace metatensor {

class Labels;
class TensorBlock;
class TensorMap;

/// Functions saving data to files and buffers, and loading it back
namespace io {

/// Save a tensor map to the file at `path`, replacing it if it exists
void save(const std::string& path, const TensorMap& tensor);
/// Save a block to the file at `path`, replacing it if it exists
void save(const std::string& path, const TensorBlock& block);
/// Save labels to the file at `path`, replacing it if it exists
void save(const std::string& path, const Labels& labels);

/// Save a tensor map to a buffer, which can be of any type constructible from two
/// iterators of `std::vector<uint8_t>`.
template <typename Buffer = std::vector<uint8_t>>
Buffer save_buffer(const TensorMap& tensor);
/// Save a block to a buffer, see above for the types of buffers
template <typename Buffer = std::vector<uint8_t>>
Buffer save_buffer(const TensorBlock& block);
/// Save labels to a buffer, see above for the types of buffers
template <typename Buffer = std::vector<uint8_t>>
Buffer save_buffer(const Labels& labels);

template <>
std::vector<uint8_t> save_buffer<std::vector<uint8_t>>(const TensorMap& tensor);
template <>
std::vector<uint8_t> save_buffer<std::vector<uint8_t>>(const TensorBlock& block);
template <>
std::vector<uint8_t> save_buffer<std::vector<uint8_t>>(const Labels& labels);

/// Load a tensor map from the file at `path`, making arrays with `create_array`
TensorMap load(const std::string& path,
               mts_create_array_callback_t create_array = details::default_create_array);
/// Load a block from the file at `path`, making arrays with `create_array`
TensorBlock
load_block(const std::string& path,
           mts_create_array_callback_t create_array = details::default_create_array);
/// Load labels from the file at `path`
Labels load_labels(const std::string& path);

/// Load a tensor map from `count` bytes, making arrays with `create_array`
TensorMap
load_buffer(const uint8_t* buffer, size_t count,
            mts_create_array_callback_t create_array = details::default_create_array);
/// Load a block from `count` bytes, making arrays with `create_array`
TensorBlock
load_block_buffer(const uint8_t* buffer, size_t count,
                  mts_create_array_callback_t create_array = details::default_create_array);
/// Load labels from `count` bytes
Labels load_labels_buffer(const uint8_t* buffer, size_t count);

/// Load a tensor map from any container of contiguous bytes (with `data()`,
/// `size()`, and `value_type` of one byte), making arrays with `create_array`.
template <typename Buffer>
TensorMap
load_buffer(const Buffer& buffer,
            mts_create_array_callback_t create_array = details::default_create_array);
/// Load a block from any container of contiguous bytes
template <typename Buffer>
TensorBlock
load_block_buffer(const Buffer& buffer,
                  mts_create_array_callback_t create_array = details::default_create_array);
/// Load labels from any container of contiguous bytes
template <typename Buffer>
Labels load_labels_buffer(const Buffer& buffer);

} // namespace io
} // namespace metatensor
