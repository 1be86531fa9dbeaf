#ifndef METATENSOR_TORCH_SRC_MAPS_LAZY_MAPS_HPP
#define METATENSOR_TORCH_SRC_MAPS_LAZY_MAPS_HPP

#include <memory>
#include <optional>
#include <vector>

#include <torch/script.h>

#include <metatensor.hpp>

#include "metatensor/torch/tensor.hpp"

// The results of operations are metadata and a list of arrays. Their blocks are only made if
// somebody looks at one of them: for maps with many small blocks, this takes longer than the
// arithmetic, and most maps are only the input of the next operation.
namespace metatensor_torch::maps {

/// Metadata of maps, shared by those which have the same
using SharedMetadata = std::shared_ptr<const metatensor::Metadata>;

/// A map taken apart
struct MapParts {
    SharedMetadata metadata;
    /// arrays in the order of the metadata
    std::vector<torch::Tensor> leaves;

    const mts_metadata_t& content() const { return *metadata->as_mts_metadata_t(); }
};

/// The parts of a map whose blocks were not made yet, null for all others. Valid as long as
/// the map.
const MapParts* known_parts(const metatensor::TensorMap& tensor);

/// Metadata of a map
SharedMetadata metadata_of(const metatensor::TensorMap& tensor);

/// Map with this metadata and these arrays, without info, whose blocks are made later. Nothing
/// if the arrays are not usual tensors, or do not fit.
std::optional<TensorMap> make_lazy_map(const SharedMetadata& metadata,
                                       const std::vector<torch::Tensor>& leaves);

/// The same, for any arrays
/// @throws metatensor::Error if an array has the wrong shape, dtype or device
TensorMap make_map(const SharedMetadata& metadata, const std::vector<torch::Tensor>& leaves);

/// Are all labels and names of gradients the same, in the same order?
bool same_metadata(const metatensor::Metadata& first, const metatensor::Metadata& second);

/// Has one of the gradients gradients itself?
bool has_nested_gradients(const mts_metadata_t& metadata);

} // namespace metatensor_torch::maps

#endif
