#pragma once

#include "metatensor/io/buffer.hpp"
#include "metatensor/io_fwd.hpp"
#include "metatensor/tensor.hpp"

namespace metatensor {
namespace io {

inline void save(const std::string& path, const TensorMap& tensor) {
    details::check_status(
        mts_tensormap_save(details::c_string(path, "path"), tensor.as_mts_tensormap_t()));
}

template <>
inline std::vector<uint8_t> save_buffer<std::vector<uint8_t>>(const TensorMap& tensor) {
    auto output = details::OutputBuffer();
    output.fill(
        [&](uint8_t** buffer, uintptr_t* count, void* data, mts_realloc_buffer_t grow) {
            return mts_tensormap_save_buffer(buffer, count, data, grow,
                                             tensor.as_mts_tensormap_t());
        });
    return output.get<std::vector<uint8_t>>();
}

template <typename Buffer>
inline Buffer save_buffer(const TensorMap& tensor) {
    return details::from_bytes<Buffer>(save_buffer<std::vector<uint8_t>>(tensor));
}

inline TensorMap load(const std::string& path, mts_create_array_callback_t create_array) {
    auto* tensor = mts_tensormap_load(details::c_string(path, "path"), create_array);
    details::check_pointer(tensor);
    return TensorMap::unsafe_from_ptr(tensor);
}

inline TensorMap load_buffer(const uint8_t* buffer, size_t count,
                             mts_create_array_callback_t create_array) {
    auto* tensor = mts_tensormap_load_buffer(buffer, count, create_array);
    details::check_pointer(tensor);
    return TensorMap::unsafe_from_ptr(tensor);
}

template <typename Buffer>
inline TensorMap load_buffer(const Buffer& buffer, mts_create_array_callback_t create_array) {
    return load_buffer(details::buffer_bytes(buffer), buffer.size(), create_array);
}

} // namespace io

inline TensorMap TensorMap::load(const std::string& path,
                                 mts_create_array_callback_t create_array) {
    return io::load(path, create_array);
}

inline TensorMap TensorMap::load_buffer(const uint8_t* buffer, size_t count,
                                        mts_create_array_callback_t create_array) {
    return io::load_buffer(buffer, count, create_array);
}

template <typename Buffer>
inline TensorMap TensorMap::load_buffer(const Buffer& buffer,
                                        mts_create_array_callback_t create_array) {
    return io::load_buffer(buffer, create_array);
}

inline void TensorMap::save(const std::string& path) const {
    io::save(path, *this);
}

inline std::vector<uint8_t> TensorMap::save_buffer() const {
    return io::save_buffer(*this);
}

template <typename Buffer>
inline Buffer TensorMap::save_buffer() const {
    return io::save_buffer<Buffer>(*this);
}

} // namespace metatensor
