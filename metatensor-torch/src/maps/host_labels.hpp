#ifndef METATENSOR_TORCH_SRC_MAPS_HOST_LABELS_HPP
#define METATENSOR_TORCH_SRC_MAPS_HOST_LABELS_HPP

#include <vector>

#include <torch/script.h>

#include "metatensor/torch/labels.hpp"

namespace metatensor_torch::maps {

/// Are the values of all these labels known on the host?
bool all_known_on_host(const std::vector<Labels>& labels);

/// Labels on the host with the same values as labels of any device, where these values are
/// known. Nothing is copied, until results are moved back: all of them together.
class HostLabels {
public:
    /// The values of all `labels` must be known on the host. They are on one device.
    explicit HostLabels(const std::vector<Labels>& labels);

    /// Labels on the host, the given ones if they are already there
    const std::vector<Labels>& list() const { return host_; }

    /// Move labels from the host to the device, in one copy
    std::vector<Labels> move_back(const std::vector<Labels>& labels) const;

    /// Move indices (64-bit integers) from the host to the device, in one copy
    std::vector<torch::Tensor> move_back(const std::vector<torch::Tensor>& index) const;

private:
    std::vector<Labels> host_;
    torch::Device device_ = torch::kCPU;
};

/// Move indices (64-bit integers) which are on the host to a device, in one copy
std::vector<torch::Tensor> pack_to(torch::Device device,
                                   const std::vector<torch::Tensor>& index);

} // namespace metatensor_torch::maps

#endif
