#include "buffer.hpp"

#include <memory>
#include <utility>

#include "tensor_utils.hpp"
#include "type_names.hpp"

namespace metatensor_torch::details {

void check_buffer(const torch::Tensor& buffer) {
    if (buffer.scalar_type() != torch::kUInt8) {
        C10_THROW_ERROR(ValueError, "`buffer` must be a tensor of torch.uint8, not " +
                                        dtype_name(buffer.scalar_type()));
    }
    if (buffer.device() != torch::kCPU) {
        C10_THROW_ERROR(ValueError,
                        "`buffer` must be a tensor on CPU, not on " + buffer.device().str());
    }
    if (buffer.dim() != 1) {
        C10_THROW_ERROR(ValueError, "`buffer` must be a 1-dimensional tensor, not " +
                                        std::to_string(buffer.dim()) + "-dimensional");
    }
    if (!has_data(buffer)) {
        C10_THROW_ERROR(ValueError, "`buffer` must be a tensor with data in memory");
    }
    if (!buffer.is_contiguous()) {
        C10_THROW_ERROR(ValueError, "`buffer` must be a contiguous tensor");
    }
}

torch::Tensor buffer_to_tensor(std::vector<uint8_t>&& buffer) {
    const PlainTensorScope plain;
    auto* owner = new std::vector<uint8_t>(std::move(buffer));
    return torch::from_blob(
        owner->data(), {static_cast<int64_t>(owner->size())},
        [owner](void* /*data*/) { delete owner; },
        torch::TensorOptions().dtype(torch::kUInt8));
}

} // namespace metatensor_torch::details
