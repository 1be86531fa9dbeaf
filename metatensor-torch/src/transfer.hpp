#ifndef METATENSOR_TORCH_SRC_TRANSFER_HPP
#define METATENSOR_TORCH_SRC_TRANSFER_HPP

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

#include <torch/script.h>

#include <metatensor.hpp>

#include "block_parts.hpp"

namespace metatensor_torch::details {

/// Change the device of labels and the device and dtype of values for one or
/// more blocks at once.
///
/// Blocks of one map often share their labels, and contain many small arrays:
/// everything to move is first collected, then each distinct Labels is moved
/// exactly once, and small arrays are packed in few larger transfers.
class Transfer {
public:
    Transfer(std::optional<torch::Dtype> dtype, std::optional<torch::Device> device,
             bool non_blocking);

    /// Add labels to the transfer
    void add(const metatensor::Labels& labels);

    /// Add a block, with all its labels and gradients to the transfer. `block`
    /// must live until `run` is called, and is then modified in place.
    void add(BlockParts& block);

    /// Move everything which was added
    void run();

    /// Put everything which was added in pinned memory, instead of moving it
    /// @throws c10::Error if no memory can be pinned, on machines without accelerator
    void pin();

    /// Labels on the new device, or in pinned memory,, corresponding to some of those that
    /// were added
    const metatensor::Labels& moved(const metatensor::Labels& labels) const;

private:
    void run_labels();
    void run_values();
    /// Replace the labels of this block by the moved ones
    void replace_labels(BlockParts& block) const;

    std::optional<torch::Dtype> dtype_;
    std::optional<torch::Device> device_;
    bool non_blocking_;

    /// distinct labels to move, replaced by the result in `run`
    std::vector<metatensor::Labels> labels_;
    /// position in `labels_` of the labels with this address
    std::unordered_map<const mts_labels_t*, size_t> positions_;
    /// top level blocks
    std::vector<BlockParts*> blocks_;
    /// values of blocks and gradients
    std::vector<torch::Tensor*> values_;
};

} // namespace metatensor_torch::details

#endif
