#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <type_traits>
#include <vector>

#include "metatensor/errors.hpp"

namespace metatensor {
namespace details {

/// Memory growing through the callback of the functions saving to buffers. This is
/// not a `std::vector`, which would fill the new memory with zeros on each growth.
class OutputBuffer {
public:
    OutputBuffer() = default;
    ~OutputBuffer() { std::free(data_); }

    OutputBuffer(const OutputBuffer&) = delete;
    OutputBuffer& operator=(const OutputBuffer&) = delete;

    /// Call `save(buffer, buffer_count, user_data, realloc)`
    template <typename Save>
    void fill(Save save) {
        check_status(save(&data_, &size_, nullptr, OutputBuffer::grow));
    }

    /// Copy the content to a container constructed from two iterators
    template <typename Container>
    Container get() const {
        const uint8_t* first = data_;
        return Container(first, first + size_);
    }

private:
    static uint8_t* grow(void* /*user_data*/, uint8_t* data, uintptr_t size) {
        return static_cast<uint8_t*>(std::realloc(data, size));
    }

    uint8_t* data_ = nullptr;
    uintptr_t size_ = 0;
};

/// Convert a vector of bytes to another container
template <typename Container>
inline Container from_bytes(const std::vector<uint8_t>& bytes) {
    return Container(bytes.begin(), bytes.end());
}

/// Check that a container can be read as bytes, and get their address
template <typename Buffer>
inline const uint8_t* buffer_bytes(const Buffer& buffer) {
    static_assert(sizeof(typename Buffer::value_type) == 1,
                  "metatensor::io can only load data from containers of bytes");
    return reinterpret_cast<const uint8_t*>(buffer.data());
}

} // namespace details
} // namespace metatensor
