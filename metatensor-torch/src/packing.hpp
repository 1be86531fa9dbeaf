#ifndef METATENSOR_TORCH_SRC_PACKING_HPP
#define METATENSOR_TORCH_SRC_PACKING_HPP

#include <vector>

#include <torch/script.h>

namespace metatensor_torch::details {

/// Larger tensors are moved on their own: packing them would not be faster, and
/// a small tensor which outlives the others would keep all the memory in use.
constexpr size_t MAX_PACKED_BYTES = 1024 * 1024;

/// Can these tensors be copied byte by byte, next to each other in a buffer?
/// This is not the case of large or non-contiguous tensors, nor of the ones
/// that autograd or other layers of torch must know about.
bool is_packable(const torch::Tensor& tensor);

/// Copy `tensors` to `device` through a single buffer. All of them must be
/// packable and on the same device. The results are independent tensors sharing
/// the same storage, aligned on 16 bytes.
std::vector<torch::Tensor> packed_copy(const std::vector<torch::Tensor>& tensors,
                                       torch::Device device, bool non_blocking);

/// Replace all tensors that can be packed and are not yet on `device` by a copy
/// there. Nothing is done if there is nothing to gain from packing.
void pack_and_move(const std::vector<torch::Tensor*>& tensors, torch::Device device,
                   bool non_blocking);

/// Is this tensor in pinned memory? This is true for all tensors on CPU without elements.
bool is_pinned(const torch::Tensor& tensor);

/// Replace all tensors which are not in pinned memory by a copy there; small ones are put
/// next to each other, in the same order. All of them must be on CPU.
/// @throws c10::Error if no memory can be pinned, on machines without accelerator
void pin_all(const std::vector<torch::Tensor*>& tensors);

} // namespace metatensor_torch::details

#endif
