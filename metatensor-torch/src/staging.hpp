#ifndef METATENSOR_TORCH_SRC_STAGING_HPP
#define METATENSOR_TORCH_SRC_STAGING_HPP

#include <vector>

#include <torch/script.h>

#include "row_moves.hpp"

namespace metatensor_torch::details {

/// Copy many small tensors from the host to a device, all together.
///
/// While this is alive, labels which the core library makes for this device in this thread
/// are part of it: their tensors exist at once, and have their values after `run`.
class StagedTransfer {
public:
    explicit StagedTransfer(torch::Device device);
    ~StagedTransfer();

    StagedTransfer(const StagedTransfer&) = delete;
    StagedTransfer& operator=(const StagedTransfer&) = delete;

    /// The one of this thread for a device, null if there is none
    static StagedTransfer* current(torch::Device device);

    /// Tensor on the device which gets the values of a contiguous tensor of the host;
    /// this tensor itself if the device is the host.
    torch::Tensor add(const torch::Tensor& host);

    /// Movements of values, done once the positions of their rows are on the device
    RowMoves& moves() { return moves_; }

    /// Copy everything which was added, then move values. Waits for nothing where the
    /// memory can be pinned.
    void run();

private:
    struct Pending {
        torch::Tensor host;
        torch::Tensor moved;
    };

    torch::Device device_;
    StagedTransfer* previous_;
    std::vector<Pending> pending_;
    RowMoves moves_;

    void copy();
};

} // namespace metatensor_torch::details

#endif
