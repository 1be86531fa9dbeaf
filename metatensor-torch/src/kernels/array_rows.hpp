#ifndef METATENSOR_TORCH_KERNELS_ARRAY_ROWS_HPP
#define METATENSOR_TORCH_KERNELS_ARRAY_ROWS_HPP

#include <cstdint>

#include <torch/script.h>

// Loops over the rows of contiguous arrays in main memory, for blocks which are so small
// that calling operators of torch takes longer than what these do.
namespace metatensor_torch::kernels {

/// Some of the rows along one axis of an array: at these positions, or from `start` on
struct RowSelection {
    const int64_t* positions = nullptr;
    int64_t start = 0;
    int64_t count = 0;
};

/// Array of any dtype, as seen from one of its axes
struct AxisView {
    /// product of the lengths of the axes before
    int64_t outer = 1;
    int64_t length = 0;
    /// product of the lengths of the axes behind
    int64_t inner = 1;

    /// All axes of an array of this shape
    AxisView(torch::IntArrayRef shape, int64_t axis);
};

/// Copy the selected rows of an array to another one of the same dtype
void gather_rows(const torch::Tensor& output, const torch::Tensor& input, int64_t axis,
                 const RowSelection& rows);

/// Add each row of an array to one of the rows of `output`, one after the other, so that
/// there is a single result for each dtype: that of `index_add_`.
///
/// @param groups for each row of the input, which row of the output
void add_rows(const torch::Tensor& output, const torch::Tensor& input, int64_t axis,
              const int64_t* groups);

/// Does `add_rows` know this dtype? Not those which are too small to be accumulated in.
bool can_add_rows(torch::Dtype dtype);

/// Copy an array to a part of another one of the same dtype: all its rows along the first
/// axis are put at `rows` (behind each other from `start` on without any), and its
/// last axis at `column`.
void place_rows(const torch::Tensor& output, const torch::Tensor& input, const int64_t* rows,
                int64_t start, int64_t column);

} // namespace metatensor_torch::kernels

#endif
