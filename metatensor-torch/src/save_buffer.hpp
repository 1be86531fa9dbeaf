#ifndef METATENSOR_TORCH_SRC_SAVE_BUFFER_HPP
#define METATENSOR_TORCH_SRC_SAVE_BUFFER_HPP

#include <cstdint>
#include <cstdlib>
#include <memory>

#include <torch/script.h>

#include <metatensor.hpp>

namespace metatensor_torch::details {

/// Call one of the `mts_*_save_buffer` functions, and get what it wrote as a 1-D
/// CPU tensor of uint8, without copy.
template <typename Object>
torch::Tensor save_in_tensor(mts_status_t (*save)(uint8_t**, uintptr_t*, void*,
                                                  mts_realloc_buffer_t, const Object*),
                             const Object* object) {
    uint8_t* data = nullptr;
    uintptr_t size = 0;
    auto grow = [](void* /*user_data*/, uint8_t* ptr, uintptr_t new_size) {
        return static_cast<uint8_t*>(std::realloc(ptr, new_size));
    };

    auto status = save(&data, &size, nullptr, grow, object);
    auto owner = std::unique_ptr<uint8_t, decltype(&std::free)>(data, &std::free);
    metatensor::details::check_status(status);

    // give back what was allocated in excess
    auto* exact = static_cast<uint8_t*>(std::realloc(data, size));
    if (exact != nullptr) {
        static_cast<void>(owner.release());
        owner.reset(exact);
    }

    auto options = torch::TensorOptions().dtype(torch::kUInt8);
    auto result = torch::from_blob(
        owner.get(), {static_cast<int64_t>(size)}, [](void* ptr) { std::free(ptr); }, options);
    static_cast<void>(owner.release());
    return result;
}

} // namespace metatensor_torch::details

#endif
