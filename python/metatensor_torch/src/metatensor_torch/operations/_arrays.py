"""Functions on arrays, torch flavour: all arrays are tensors."""

from typing import List

import torch
from torch import Tensor

from ._engine_torch import (
    all_array,
    allclose_arrays,
    concatenate_arrays,
    copy_array,
    divide_by_counts,
    divide_or_zero,
    equal_arrays,
    filled_like,
    foreach_abs,
    foreach_add,
    foreach_add_scalar,
    foreach_cast,
    foreach_divide,
    foreach_divide_scalar,
    foreach_gather_rows,
    foreach_multiply,
    foreach_multiply_scalar,
    foreach_pow_scalar,
    foreach_sgn,
    foreach_subtract,
    gather,
    insert_axes,
    is_contiguous_array,
    lstsq_array,
    matmul_transposed,
    new_zeros,
    ones_like_array,
    promote_to_inexact,
    requires_grad_array,
    reshape_array,
    safe_sqrt,
    scatter_rows,
    segment_sum,
    shape_of,
    solve_array,
    sum_array,
    supports_grad,
    swap_axes,
    with_requires_grad,
    zeros_like_array,
)

__all__ = [
    "all_array",
    "allclose_arrays",
    "concatenate_arrays",
    "copy_array",
    "divide_by_counts",
    "divide_or_zero",
    "equal_arrays",
    "filled_like",
    "foreach_abs",
    "foreach_add",
    "foreach_add_scalar",
    "foreach_cast",
    "foreach_contiguous",
    "foreach_detach",
    "foreach_divide",
    "foreach_divide_scalar",
    "foreach_gather_rows",
    "foreach_multiply",
    "foreach_multiply_scalar",
    "foreach_pow_scalar",
    "foreach_sgn",
    "foreach_subtract",
    "gather",
    "indicator_matrix",
    "insert_axes",
    "is_contiguous_array",
    "lstsq_array",
    "matmul_transposed",
    "new_zeros",
    "ones_like_array",
    "promote_to_inexact",
    "requires_grad_array",
    "reshape_array",
    "safe_sqrt",
    "scatter_rows",
    "segment_sum",
    "shape_of",
    "solve_array",
    "sum_array",
    "supports_grad",
    "swap_axes",
    "with_requires_grad",
    "zeros_like_array",
]


def indicator_matrix(columns: Tensor, n_columns: int, like: Tensor) -> Tensor:
    """int32 matrix with a single 1 in each row, on the device of ``like``."""
    matrix = torch.zeros([len(columns), n_columns], dtype=torch.int32, device=like.device)
    matrix[torch.arange(len(columns), device=like.device), columns] = 1
    return matrix


def foreach_detach(a: List[Tensor]) -> List[Tensor]:
    """The same data outside of the autograd graph."""
    output: List[Tensor] = torch.ops.metatensor._detach_all(a)
    return output


def foreach_contiguous(a: List[Tensor]) -> List[Tensor]:
    """C-contiguous version of each tensor, the same one if it already is."""
    output: List[Tensor] = torch.ops.metatensor._contiguous_all(a)
    return output
