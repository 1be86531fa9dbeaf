#ifndef METATENSOR_TORCH_KERNELS_LABEL_ROWS_HPP
#define METATENSOR_TORCH_KERNELS_LABEL_ROWS_HPP

#include <cstdint>
#include <vector>

#include <torch/script.h>

// Set operations on the rows of labels which only exist on a device, made of
// operators of ATen: the same code serves all kinds of devices. All functions take
// int32 tensors of shape (count, size) on one device, and need a plain tensor scope.
//
// Shapes are known in advance everywhere but for the values of the results: each
// operation waits for the device once, to get their number of rows.
namespace metatensor_torch::kernels {

/// Do all the operators used here exist for this type of device?
bool supports(torch::Device device);

/// Are all the rows different? Waits for the device.
bool rows_are_unique(const torch::Tensor& rows);

/// Result of a set operation: rows, and positions in these of the rows of both
/// operands (-1 for the ones which are not there) as int64.
struct RowSet {
    torch::Tensor values;
    torch::Tensor first_mapping;
    torch::Tensor second_mapping;
};

/// Rows of `first`, then the rows of `second` which are not in `first`
RowSet rows_union(const torch::Tensor& first, const torch::Tensor& second);

/// Rows in both operands, in the order of the one with fewer rows, `first` on ties
RowSet rows_intersection(const torch::Tensor& first, const torch::Tensor& second);

/// Rows of `first` which are not in `second`; there is no `second_mapping`
RowSet rows_difference(const torch::Tensor& first, const torch::Tensor& second);

/// Positions in `rows` of the rows of `selection` which are there, in the order of
/// `selection`; as int64
torch::Tensor rows_find(const torch::Tensor& rows, const torch::Tensor& selection);

/// Positions of the rows whose values in `columns` are a row of `selection`, in
/// increasing order; as int64
torch::Tensor rows_matching(const torch::Tensor& rows, const std::vector<int64_t>& columns,
                            const torch::Tensor& selection);

} // namespace metatensor_torch::kernels

#endif
