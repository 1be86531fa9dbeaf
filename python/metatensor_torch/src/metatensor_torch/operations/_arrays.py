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
    foreach_cast,
    foreach_gather_rows,
    foreach_pow_scalar,
    foreach_sgn,
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


def foreach_add(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] + b[i]``."""
    output: List[Tensor] = torch.ops.metatensor._combine_all("add", a, b)
    return output


def foreach_subtract(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] - b[i]``, or ``a[i] + (-1.0) * b[i]`` for integers."""
    output: List[Tensor] = torch.ops.metatensor._combine_all("subtract", a, b)
    return output


def foreach_multiply(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] * b[i]``."""
    output: List[Tensor] = torch.ops.metatensor._combine_all("multiply", a, b)
    return output


def foreach_divide(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] / b[i]``."""
    output: List[Tensor] = torch.ops.metatensor._combine_all("divide", a, b)
    return output


def foreach_add_scalar(a: List[Tensor], scalar: float) -> List[Tensor]:
    """``a[i] + scalar``."""
    output: List[Tensor] = torch.ops.metatensor._combine_all_with("add", a, scalar)
    return output


def foreach_multiply_scalar(a: List[Tensor], scalar: float) -> List[Tensor]:
    """``scalar * a[i]``."""
    output: List[Tensor] = torch.ops.metatensor._combine_all_with("multiply", a, scalar)
    return output


def foreach_divide_scalar(a: List[Tensor], scalar: float) -> List[Tensor]:
    """``a[i] / scalar``."""
    output: List[Tensor] = torch.ops.metatensor._combine_all_with("divide", a, scalar)
    return output


def foreach_abs(a: List[Tensor], keep_complex: bool) -> List[Tensor]:
    """``|a[i]|``; complex arrays become real unless ``keep_complex``."""
    moduli: List[Tensor] = torch.ops.metatensor._abs_all(a)
    output: List[Tensor] = []
    for i, modulus in enumerate(moduli):
        output.append(modulus.to(a[i].dtype) if keep_complex else modulus)
    return output


def foreach_detach(a: List[Tensor]) -> List[Tensor]:
    """The same data outside of the autograd graph."""
    output: List[Tensor] = torch.ops.metatensor._detach_all(a)
    return output


def foreach_contiguous(a: List[Tensor]) -> List[Tensor]:
    """C-contiguous version of each tensor, the same one if it already is."""
    output: List[Tensor] = torch.ops.metatensor._contiguous_all(a)
    return output
