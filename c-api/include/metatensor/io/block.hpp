#pragma once

#include "metatensor/block.hpp"
#include "metatensor/io/buffer.hpp"
#include "metatensor/io_fwd.hpp"

namespace metatensor {
namespace io {

inline void save(const std::string& path, const TensorBlock& block) {
    details::check_status(
        mts_block_save(details::c_string(path, "path"), block.as_mts_block_t()));
}

template <>
inline std::vector<uint8_t> save_buffer<std::vector<uint8_t>>(const TensorBlock& block) {
    auto output = details::OutputBuffer();
    output.fill(
        [&](uint8_t** buffer, uintptr_t* count, void* data, mts_realloc_buffer_t grow) {
            return mts_block_save_buffer(buffer, count, data, grow, block.as_mts_block_t());
        });
    return output.get<std::vector<uint8_t>>();
}

template <typename Buffer>
inline Buffer save_buffer(const TensorBlock& block) {
    return details::from_bytes<Buffer>(save_buffer<std::vector<uint8_t>>(block));
}

inline TensorBlock load_block(const std::string& path,
                              mts_create_array_callback_t create_array) {
    auto* block = mts_block_load(details::c_string(path, "path"), create_array);
    details::check_pointer(block);
    return TensorBlock::unsafe_from_ptr(block);
}

inline TensorBlock load_block_buffer(const uint8_t* buffer, size_t count,
                                     mts_create_array_callback_t create_array) {
    auto* block = mts_block_load_buffer(buffer, count, create_array);
    details::check_pointer(block);
    return TensorBlock::unsafe_from_ptr(block);
}

template <typename Buffer>
inline TensorBlock load_block_buffer(const Buffer& buffer,
                                     mts_create_array_callback_t create_array) {
    return load_block_buffer(details::buffer_bytes(buffer), buffer.size(), create_array);
}

} // namespace io

inline TensorBlock TensorBlock::load(const std::string& path,
                                     mts_create_array_callback_t create_array) {
    return io::load_block(path, create_array);
}

inline TensorBlock TensorBlock::load_buffer(const uint8_t* buffer, size_t count,
                                            mts_create_array_callback_t create_array) {
    return io::load_block_buffer(buffer, count, create_array);
}

template <typename Buffer>
inline TensorBlock TensorBlock::load_buffer(const Buffer& buffer,
                                            mts_create_array_callback_t create_array) {
    return io::load_block_buffer(buffer, create_array);
}

inline void TensorBlock::save(const std::string& path) const {
    io::save(path, *this);
}

inline std::vector<uint8_t> TensorBlock::save_buffer() const {
    return io::save_buffer(*this);
}

template <typename Buffer>
inline Buffer TensorBlock::save_buffer() const {
    return io::save_buffer<Buffer>(*this);
}

} // namespace metatensor
