#pragma once

#include "metatensor/io/buffer.hpp"
#include "metatensor/io_fwd.hpp"
#include "metatensor/labels.hpp"

namespace metatensor {
namespace io {

inline void save(const std::string& path, const Labels& labels) {
    details::check_status(
        mts_labels_save(details::c_string(path, "path"), labels.as_mts_labels_t()));
}

template <>
inline std::vector<uint8_t> save_buffer<std::vector<uint8_t>>(const Labels& labels) {
    auto output = details::OutputBuffer();
    output.fill(
        [&](uint8_t** buffer, uintptr_t* count, void* data, mts_realloc_buffer_t grow) {
            return mts_labels_save_buffer(buffer, count, data, grow, labels.as_mts_labels_t());
        });
    return output.get<std::vector<uint8_t>>();
}

template <typename Buffer>
inline Buffer save_buffer(const Labels& labels) {
    return details::from_bytes<Buffer>(save_buffer<std::vector<uint8_t>>(labels));
}

inline Labels load_labels(const std::string& path) {
    const auto* labels = mts_labels_load(details::c_string(path, "path"));
    details::check_pointer(labels);
    return Labels::unsafe_from_ptr(labels);
}

inline Labels load_labels_buffer(const uint8_t* buffer, size_t count) {
    const auto* labels = mts_labels_load_buffer(buffer, count);
    details::check_pointer(labels);
    return Labels::unsafe_from_ptr(labels);
}

template <typename Buffer>
inline Labels load_labels_buffer(const Buffer& buffer) {
    return load_labels_buffer(details::buffer_bytes(buffer), buffer.size());
}

} // namespace io

inline Labels Labels::load(const std::string& path) {
    return io::load_labels(path);
}

inline Labels Labels::load_buffer(const uint8_t* buffer, size_t count) {
    return io::load_labels_buffer(buffer, count);
}

template <typename Buffer>
inline Labels Labels::load_buffer(const Buffer& buffer) {
    return io::load_labels_buffer(buffer);
}

inline void Labels::save(const std::string& path) const {
    io::save(path, *this);
}

inline std::vector<uint8_t> Labels::save_buffer() const {
    return io::save_buffer(*this);
}

template <typename Buffer>
inline Buffer Labels::save_buffer() const {
    return io::save_buffer<Buffer>(*this);
}

} // namespace metatensor
