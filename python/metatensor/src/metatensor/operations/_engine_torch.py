"""Array functions on torch tensors, written so that TorchScript can compile them.

Both flavours use this file: the plain one for blocks which hold torch tensors, the torch
one for everything. Functions whose name starts with ``foreach_`` work on lists (of equal
length, possibly empty) and make one call whatever the number of arrays. None of them
modifies its arguments, and all are differentiable where the mathematics is.
"""

from typing import List, Optional

import torch
from torch import Tensor


# ---------------------------------------------------------------- lists of arrays
def foreach_add(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] + b[i]``."""
    if len(a) == 0:
        return a
    return list(torch._foreach_add(a, b))


def foreach_subtract(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] + (-1.0) * b[i]``: the difference of two integer arrays is not an integer."""
    if len(a) == 0:
        return a
    for x, y in zip(a, b):
        if not (_inexact(x) or _inexact(y)):
            return list(torch._foreach_add(a, torch._foreach_mul(b, -1.0)))
    return list(torch._foreach_sub(a, b))


def foreach_multiply(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] * b[i]``."""
    if len(a) == 0:
        return a
    return list(torch._foreach_mul(a, b))


def foreach_divide(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] / b[i]``."""
    if len(a) == 0:
        return a
    return list(torch._foreach_div(a, b))


def foreach_add_scalar(a: List[Tensor], scalar: float) -> List[Tensor]:
    """``a[i] + scalar``."""
    if len(a) == 0:
        return a
    return list(torch._foreach_add(a, scalar))


def foreach_multiply_scalar(a: List[Tensor], scalar: float) -> List[Tensor]:
    """``scalar * a[i]``."""
    if len(a) == 0:
        return a
    return list(torch._foreach_mul(a, scalar))


def foreach_divide_scalar(a: List[Tensor], scalar: float) -> List[Tensor]:
    """``a[i] / scalar``."""
    if len(a) == 0:
        return a
    return list(torch._foreach_div(a, scalar))


def foreach_pow_scalar(a: List[Tensor], exponent: float) -> List[Tensor]:
    """``a[i] ** exponent``."""
    if len(a) == 0:
        return a
    return list(torch._foreach_pow(a, exponent))


def foreach_abs(a: List[Tensor], keep_complex: bool) -> List[Tensor]:
    """``|a[i]|``; complex arrays become real unless ``keep_complex``."""
    output: List[Tensor] = []
    for x in a:
        modulus = torch.abs(x)
        output.append(modulus.to(x.dtype) if keep_complex else modulus)
    return output


def foreach_sgn(a: List[Tensor]) -> List[Tensor]:
    """``x / |x|``, 0 where x is 0."""
    output: List[Tensor] = []
    for x in a:
        output.append(torch.sgn(x))
    return output


def foreach_cast(a: List[Tensor], like: List[Tensor]) -> List[Tensor]:
    """``a[i]`` with the dtype of ``like[i]``, the same array if there is nothing to do."""
    output: List[Tensor] = []
    for x, y in zip(a, like):
        output.append(x.to(y.dtype))
    return output


def foreach_detach(a: List[Tensor]) -> List[Tensor]:
    """The same data outside of the autograd graph."""
    output: List[Tensor] = []
    for x in a:
        output.append(x.detach())
    return output


def foreach_contiguous(a: List[Tensor]) -> List[Tensor]:
    """C-contiguous version of each array, the same array if it already is."""
    output: List[Tensor] = []
    for x in a:
        output.append(x.contiguous())
    return output


def foreach_gather_rows(
    values: List[Tensor], rows: List[Tensor], like: List[Tensor]
) -> List[Tensor]:
    """``values[i][rows[i]]`` with axes of length 1 inserted, to broadcast with ``like[i]``."""
    output: List[Tensor] = []
    for x, index, y in zip(values, rows, like):
        output.append(insert_axes(x.index_select(0, index), y.dim()))
    return output


# ------------------------------------------------------------------ single arrays
def _inexact(array: Tensor) -> bool:
    return array.is_floating_point() or array.is_complex()


def is_contiguous_array(array: Tensor) -> bool:
    """Tell if the array is stored in row-major order."""
    return array.is_contiguous()


def supports_grad(array: Tensor) -> bool:
    """Tell if automatic differentiation can track such arrays."""
    return True


def requires_grad_array(array: Tensor) -> bool:
    """Tell if automatic differentiation is tracking this array."""
    return array.requires_grad


def with_requires_grad(array: Tensor, requires_grad: bool) -> Tensor:
    """Detached alias of the array with this flag."""
    return array.detach().requires_grad_(requires_grad)


def shape_of(array: Tensor) -> List[int]:
    """Shape as a list."""
    return list(array.shape)


def equal_arrays(a: Tensor, b: Tensor) -> bool:
    """Tell if all elements are the same (NaN differs from NaN)."""
    return bool(torch.all(a == b))


def allclose_arrays(a: Tensor, b: Tensor, rtol: float, atol: float, equal_nan: bool) -> bool:
    """Tell if ``|a - b| <= atol + rtol * |b|`` everywhere."""
    dtype = torch.promote_types(a.dtype, b.dtype)
    return torch.allclose(a.to(dtype), b.to(dtype), rtol=rtol, atol=atol, equal_nan=equal_nan)


def gather(array: Tensor, index: Tensor, axis: int) -> Tensor:
    """Copy of the given positions along the first (0) or last (-1) axis."""
    return array.index_select(axis, index)


def concatenate_arrays(arrays: List[Tensor], axis: int) -> Tensor:
    """Concatenation along one axis, with the dtype all arrays promote to."""
    dtype = arrays[0].dtype
    for x in arrays:
        dtype = torch.promote_types(dtype, x.dtype)
    output: List[Tensor] = []
    for x in arrays:
        output.append(x.to(dtype))
    return torch.cat(output, dim=axis)


def new_zeros(like: Tensor, shape: List[int]) -> Tensor:
    """Zeros of another shape, with the dtype and device of ``like``."""
    return like.new_zeros(shape)


def scatter_rows(array: Tensor, index: Tensor, n_rows: int) -> Tensor:
    """Put ``array[i]`` at row ``index[i]`` (all different) of ``n_rows`` rows of zeros."""
    shape = list(array.shape)
    shape[0] = n_rows
    return new_zeros(array, shape).index_copy(0, index, array)


def reshape_array(array: Tensor, shape: List[int]) -> Tensor:
    """Array of another shape, a view if possible."""
    return array.reshape(shape)


def swap_axes(array: Tensor, axis_1: int, axis_2: int) -> Tensor:
    """View with two axes exchanged."""
    return array.transpose(axis_1, axis_2)


def insert_axes(array: Tensor, ndim: int) -> Tensor:
    """Insert axes of length 1 after the first one until there are ``ndim`` axes."""
    for _ in range(ndim - array.dim()):
        array = array.unsqueeze(1)
    return array


def matmul_transposed(a: Tensor, b: Tensor) -> Tensor:
    """``sum_p a[..., p] * b[q, p]``."""
    return a @ b.T


# ------------------------------------------------------------ reductions by groups
def promote_to_inexact(array: Tensor) -> Tensor:
    """Integer and boolean arrays as default floating point, others unchanged."""
    return array if _inexact(array) else array / 1.0


def segment_sum(array: Tensor, groups: Tensor, n_groups: int, axis: int) -> Tensor:
    """Sum of the entries of each group along one axis, accumulated in the order of entries."""
    shape = list(array.shape)
    shape[axis] = n_groups
    # torch rounds sums of small floating point numbers once, or each time, as it likes
    is_small = array.dtype == torch.float16 or array.dtype == torch.bfloat16
    wide = array.to(torch.float32) if is_small else array
    return new_zeros(wide, shape).index_add(axis, groups, wide).to(array.dtype)


def divide_by_counts(array: Tensor, counts: Tensor, axis: int) -> Tensor:
    """Divide the entries along one axis by one number each; keeps the dtype."""
    shape = [1] * array.dim()
    shape[axis] = counts.shape[0]
    return array / counts.to(array.dtype).reshape(shape)


def safe_sqrt(array: Tensor) -> Tensor:
    """Square root, with derivative 0 (instead of infinity) at 0."""
    zero = array == 0
    root = torch.sqrt(torch.where(zero, torch.ones_like(array), array))
    return torch.where(zero, torch.zeros_like(root), root)


def divide_or_zero(a: Tensor, b: Tensor) -> Tensor:
    """``a / b``, with 0 instead of everything which is not finite."""
    zero = b == 0
    ratio = a / torch.where(zero, torch.ones_like(b), b)
    return torch.where(zero | ~torch.isfinite(ratio), torch.zeros_like(ratio), ratio)


# --------------------------------------------------------------------- creation
def filled_like(array: Tensor, fill: str, requires_grad: bool) -> Tensor:
    """New contiguous array like this one: ``fill`` is empty, zeros, ones or random."""
    if fill == "zeros":
        output = torch.zeros_like(array, memory_format=torch.contiguous_format)
    elif fill == "ones":
        output = torch.ones_like(array, memory_format=torch.contiguous_format)
    elif fill == "random":
        output = torch.rand_like(array, memory_format=torch.contiguous_format)
    else:
        output = torch.empty_like(array, memory_format=torch.contiguous_format)
    return output.requires_grad_() if requires_grad else output


def copy_array(array: Tensor) -> Tensor:
    """Deep copy, inside the autograd graph."""
    return array.clone()


def all_array(a: Tensor, axis: Optional[List[int]] = None) -> Tensor:
    """Tell if all elements are true, along some axes or everywhere."""
    if axis is None:
        return torch.all(a)
    # one at a time, from the last: torch.all takes several axes only in recent versions
    positive: List[int] = []
    for one in axis:
        positive.append(one + a.dim() if one < 0 else one)
    positive.sort(reverse=True)
    for one in positive:
        a = torch.all(a, dim=one)
    return a


def sum_array(a: Tensor, axis: Optional[int] = None) -> Tensor:
    """Sum along one axis or of everything, with the dtype of the array."""
    if axis is None:
        return torch.sum(a).to(a.dtype)
    return torch.sum(a, dim=axis).to(a.dtype)


def zeros_like_array(
    array: Tensor, shape: Optional[List[int]] = None, requires_grad: bool = False
) -> Tensor:
    """Zeros with the dtype and device of ``array``, and its shape unless one is given."""
    size = list(array.shape) if shape is None else shape
    return new_zeros(array, size).requires_grad_(requires_grad)


def ones_like_array(
    array: Tensor, shape: Optional[List[int]] = None, requires_grad: bool = False
) -> Tensor:
    """Ones with the dtype and device of ``array``, and its shape unless one is given."""
    size = list(array.shape) if shape is None else shape
    return array.new_ones(size).requires_grad_(requires_grad)


# ---------------------------------------------------------------- linear algebra
def lstsq_array(x: Tensor, y: Tensor, rcond: Optional[float], driver: Optional[str]) -> Tensor:
    """Minimiser ``w`` of ``|| x w - y ||``."""
    return torch.linalg.lstsq(x, y, rcond=rcond, driver=driver)[0]


def solve_array(x: Tensor, y: Tensor) -> Tensor:
    """Solution ``w`` of ``x w = y``."""
    return torch.linalg.solve(x, y)
