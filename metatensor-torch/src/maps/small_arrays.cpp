#include "small_arrays.hpp"

#include <utility>

using namespace metatensor_torch;
using metatensor_torch::maps::Batches;

/// Most bytes of a batch on the host and on devices, and of those parts of it which are
/// put together
static constexpr size_t MAX_BYTES_ON_HOST = 1 << 19;
static constexpr size_t MAX_BYTES_ON_DEVICE = 1 << 23;

/// Alignment of arrays which share their memory
static constexpr size_t ALIGNMENT = 16;

bool maps::is_tracked(const torch::Tensor& array) {
    // a tensor without autograd metadata is a constant
    if (array.unsafeGetTensorImpl()->autograd_meta() == nullptr) {
        return false;
    }
    return (array.requires_grad() && torch::GradMode::is_enabled()) ||
           array._fw_grad(/*level=*/0).defined();
}

bool maps::is_for_host_loops(const torch::Tensor& array) {
    return array.is_cpu() && !is_tracked(array) &&
           (array.is_contiguous() || array.nbytes() <= SMALL_BYTES);
}

torch::Tensor maps::contiguous(const torch::Tensor& array) {
    if (array.is_conj() || array.is_neg()) {
        return array.resolve_conj().resolve_neg().contiguous();
    }
    return array.is_contiguous() ? array : array.contiguous();
}

torch::Tensor maps::part_of(const torch::Tensor& buffer, torch::IntArrayRef shape,
                            int64_t start) {
    auto part = at::detail::make_tensor<c10::TensorImpl>(c10::Storage(buffer.storage()),
                                                         buffer.key_set(), buffer.dtype());
    auto* tensor = part.unsafeGetTensorImpl();
    tensor->set_storage_offset(start);
    tensor->set_sizes_contiguous(shape);
    return part;
}

std::vector<torch::Tensor> maps::new_arrays(const std::vector<std::vector<int64_t>>& shapes,
                                            const torch::TensorOptions& options) {
    const auto item = static_cast<int64_t>(options.dtype().itemsize());
    const auto step = static_cast<int64_t>(ALIGNMENT) / item;
    auto starts = std::vector<int64_t>();
    starts.reserve(shapes.size());
    int64_t total = 0;
    for (const auto& shape : shapes) {
        const auto size = c10::multiply_integers(shape);
        const auto small = static_cast<size_t>(size * item) <= SMALL_BYTES;
        starts.push_back(small ? total : -1);
        if (small) {
            total += step > 1 ? (size + step - 1) / step * step : size;
        }
    }
    const auto buffer = torch::empty({total}, options);
    auto arrays = std::vector<torch::Tensor>();
    arrays.reserve(shapes.size());
    for (size_t i = 0; i < shapes.size(); i++) {
        arrays.push_back(starts[i] < 0 ? torch::empty(shapes[i], options)
                                       : part_of(buffer, shapes[i], starts[i]));
    }
    return arrays;
}

torch::Tensor maps::pack(const std::vector<torch::Tensor>& arrays) {
    return arrays.size() == 1 ? arrays.front() : torch::cat(arrays, 0);
}

std::vector<torch::Tensor> maps::unpack(const torch::Tensor& packed,
                                        const std::vector<int64_t>& rows) {
    if (rows.size() == 1) {
        return {packed};
    }
    if (is_tracked(packed)) {
        return packed.unsafe_split_with_sizes(rows, 0);
    }
    const auto buffer = contiguous(packed);
    auto shape = buffer.sizes().vec();
    const auto stride = c10::multiply_integers(shape.begin() + 1, shape.end());
    auto start = buffer.storage_offset();
    auto parts = std::vector<torch::Tensor>();
    parts.reserve(rows.size());
    for (const auto count : rows) {
        shape[0] = count;
        parts.push_back(part_of(buffer, shape, start));
        start += count * stride;
    }
    return parts;
}

Batches::Batches(torch::Device device)
    : max_bytes_(device.is_cpu() ? MAX_BYTES_ON_HOST : MAX_BYTES_ON_DEVICE) {}

void Batches::add(const std::vector<int64_t>& kind, size_t bytes) {
    const auto number = count_++;
    const auto large = bytes > max_bytes_ / 4;
    const auto known = large ? open_.end() : open_.find(kind);
    if (known != open_.end() && known->second.bytes + bytes <= max_bytes_) {
        known->second.bytes += bytes;
        batches_[known->second.batch].push_back(number);
        return;
    }
    if (!large) {
        open_[kind] = {batches_.size(), bytes};
    }
    batches_.push_back({number});
}
