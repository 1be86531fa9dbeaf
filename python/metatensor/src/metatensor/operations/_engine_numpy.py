"""Array functions on numpy arrays: the numpy half of ``_backend``.

Each function has a twin of the same name and meaning in ``_engine_torch``, where the
conventions are documented; ``tests/operations/test_backend.py`` compares the two.
"""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

import numpy as np
import numpy.typing as npt

from ._segments import sum_groups

NDArray = npt.NDArray[Any]


def _inexact(array: NDArray) -> bool:
    return array.dtype.kind in "fc"


# ---------------------------------------------------------------- lists of arrays
def foreach_add(a: List[NDArray], b: List[NDArray]) -> List[NDArray]:
    """``a[i] + b[i]``."""
    return [x + y for x, y in zip(a, b, strict=True)]


def foreach_subtract(a: List[NDArray], b: List[NDArray]) -> List[NDArray]:
    """``a[i] + (-1.0) * b[i]``."""
    return [
        x - y if _inexact(x) or _inexact(y) else x + (-1.0) * y for x, y in zip(a, b, strict=True)
    ]


def foreach_multiply(a: List[NDArray], b: List[NDArray]) -> List[NDArray]:
    """``a[i] * b[i]``."""
    return [x * y for x, y in zip(a, b, strict=True)]


def foreach_divide(a: List[NDArray], b: List[NDArray]) -> List[NDArray]:
    """``a[i] / b[i]``."""
    return [x / y for x, y in zip(a, b, strict=True)]


def foreach_add_scalar(a: List[NDArray], scalar: float) -> List[NDArray]:
    """``a[i] + scalar``."""
    return [x + scalar for x in a]


def foreach_multiply_scalar(a: List[NDArray], scalar: float) -> List[NDArray]:
    """``scalar * a[i]``."""
    return [scalar * x for x in a]


def foreach_divide_scalar(a: List[NDArray], scalar: float) -> List[NDArray]:
    """``a[i] / scalar``."""
    return [x / scalar for x in a]


def foreach_pow_scalar(a: List[NDArray], exponent: float) -> List[NDArray]:
    """``a[i] ** exponent``."""
    return [x**exponent for x in a]


def foreach_abs(a: List[NDArray], keep_complex: bool) -> List[NDArray]:
    """``|a[i]|``; complex arrays always stay complex here."""
    return [np.abs(x).astype(x.dtype, copy=False) for x in a]


def foreach_sgn(a: List[NDArray]) -> List[NDArray]:
    """``x / |x|``, 0 where x is 0."""
    return [_sgn(x) for x in a]


def _sgn(x: NDArray) -> NDArray:
    if not np.iscomplexobj(x):
        return np.sign(x)
    modulus = np.abs(x)
    return x / np.where(modulus == 0, np.ones_like(modulus), modulus)


def foreach_cast(a: List[NDArray], like: List[NDArray]) -> List[NDArray]:
    """``a[i]`` with the dtype of ``like[i]``, the same array if there is nothing to do."""
    return [x.astype(y.dtype, copy=False) for x, y in zip(a, like, strict=True)]


def foreach_detach(a: List[NDArray]) -> List[NDArray]:
    """Give the same arrays: those of numpy are not part of any graph."""
    return list(a)


def foreach_contiguous(a: List[NDArray]) -> List[NDArray]:
    """C-contiguous version of each array, the same array if it already is."""
    return [x if x.flags.c_contiguous else np.ascontiguousarray(x) for x in a]


def foreach_gather_rows(
    values: List[NDArray], rows: List[NDArray], like: List[NDArray]
) -> List[NDArray]:
    """``values[i][rows[i]]`` with axes of length 1 inserted, to broadcast with ``like[i]``."""
    return [_insert_axes(x[index], y.ndim) for x, index, y in zip(values, rows, like, strict=True)]


def _insert_axes(x: NDArray, ndim: int) -> NDArray:
    return x.reshape(x.shape[:1] + (1,) * (ndim - x.ndim) + x.shape[1:])


# ------------------------------------------------------------------ single arrays
def is_contiguous_array(array: NDArray) -> bool:
    """Tell if the array is stored in row-major order."""
    return bool(array.flags.c_contiguous)


def supports_grad(array: NDArray) -> bool:
    """Tell if automatic differentiation can track such arrays."""
    return False


def requires_grad_array(array: NDArray) -> bool:
    """Tell if automatic differentiation is tracking this array."""
    return False


def with_requires_grad(array: NDArray, requires_grad: bool) -> NDArray:
    """Detached alias of the array with this flag; numpy has no such flag."""
    return array


def shape_of(array: NDArray) -> List[int]:
    """Shape as a list."""
    return list(array.shape)


def equal_arrays(a: NDArray, b: NDArray) -> bool:
    """Tell if all elements are the same (NaN differs from NaN)."""
    return bool((a == b).all())


def allclose_arrays(a: NDArray, b: NDArray, rtol: float, atol: float, equal_nan: bool) -> bool:
    """Tell if ``|a - b| <= atol + rtol * |b|`` everywhere."""
    if a.dtype.kind == "f" and b.dtype == a.dtype and a.shape == b.shape:
        with np.errstate(invalid="ignore"):
            difference, limit = np.abs(a - b), np.abs(b)
            limit *= rtol
            limit += atol
            # in all other cases, some elements need a closer look
            if (difference <= limit).all() and np.isfinite(limit).all():
                return True
    return bool(np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan))


def gather(array: NDArray, index: NDArray, axis: int) -> NDArray:
    """Copy of the given positions along the first (0) or last (-1) axis."""
    taken: NDArray = array.take(index, axis=axis)
    return taken


def concatenate_arrays(arrays: List[NDArray], axis: int) -> NDArray:
    """Concatenation along one axis, with the dtype all arrays promote to."""
    return np.concatenate(arrays, axis=axis)


def new_zeros(like: NDArray, shape: List[int]) -> NDArray:
    """Zeros of another shape, with the dtype and device of ``like``."""
    return np.zeros(shape, dtype=like.dtype)


def scatter_rows(array: NDArray, index: NDArray, n_rows: int) -> NDArray:
    """Put ``array[i]`` at row ``index[i]`` (all different) of ``n_rows`` rows of zeros."""
    output = np.zeros((n_rows, *array.shape[1:]), dtype=array.dtype)
    output[index] = array
    return output


def reshape_array(array: NDArray, shape: List[int]) -> NDArray:
    """Array of another shape, a view if possible."""
    return array.reshape(shape)


def swap_axes(array: NDArray, axis_1: int, axis_2: int) -> NDArray:
    """View with two axes exchanged."""
    return np.swapaxes(array, axis_1, axis_2)


def insert_axes(array: NDArray, ndim: int) -> NDArray:
    """Insert axes of length 1 after the first one until there are ``ndim`` axes."""
    return _insert_axes(array, ndim)


def matmul_transposed(a: NDArray, b: NDArray) -> NDArray:
    """``sum_p a[..., p] * b[q, p]``."""
    # many small products are faster than a single one of a very high matrix
    product: NDArray = a @ b.T
    return product


# ------------------------------------------------------------ reductions by groups
def promote_to_inexact(array: NDArray) -> NDArray:
    """Integer and boolean arrays as default floating point, others unchanged."""
    return array if _inexact(array) else array.astype(np.float64)


def segment_sum(array: NDArray, groups: NDArray, n_groups: int, axis: int) -> NDArray:
    """Sum of the entries of each group along one axis, accumulated in the order of entries."""
    return sum_groups(array, groups, n_groups, axis)


def divide_by_counts(array: NDArray, counts: NDArray, axis: int) -> NDArray:
    """Divide the entries along one axis by one number each; keeps the dtype."""
    divisors = counts.astype(array.real.dtype)
    shape = [1] * array.ndim
    shape[axis] = len(counts)
    quotient: NDArray = array / divisors.reshape(shape)
    return quotient


def safe_sqrt(array: NDArray) -> NDArray:
    """Square root, with derivative 0 at 0."""
    return np.sqrt(array)


def divide_or_zero(a: NDArray, b: NDArray) -> NDArray:
    """``a / b``, with 0 instead of everything which is not finite."""
    zero = b == 0
    ratio = a / np.where(zero, np.ones_like(b), b)
    return np.where(zero | ~np.isfinite(ratio), np.zeros_like(ratio), ratio)


# --------------------------------------------------------------------- creation
def filled_like(array: NDArray, fill: str, requires_grad: bool) -> NDArray:
    """New contiguous array like this one: ``fill`` is empty, zeros, ones or random."""
    if fill == "zeros":
        return np.zeros(array.shape, array.dtype)
    if fill == "random":
        return np.random.random_sample(array.shape).astype(array.dtype, copy=False)
    new = np.empty(array.shape, array.dtype)
    if fill == "ones":
        new.fill(1)
    return new


def copy_array(array: NDArray) -> NDArray:
    """Deep copy."""
    return np.array(array, order="C", subok=False)


def all_array(a: NDArray, axis: Optional[Tuple[int, ...]] = None) -> Any:
    """Tell if all elements are true, along some axes or everywhere."""
    return np.all(a=a, axis=axis)


def sum_array(a: NDArray, axis: Optional[int] = None) -> Any:
    """Sum along one axis or of everything, with the dtype of the array."""
    return np.sum(a, axis=axis).astype(a.dtype)


def zeros_like_array(
    array: NDArray, shape: Optional[List[int]] = None, requires_grad: bool = False
) -> NDArray:
    """Zeros with the dtype of ``array``, and its shape unless one is given."""
    return np.zeros_like(array, shape=array.shape if shape is None else shape, subok=False)


def ones_like_array(
    array: NDArray, shape: Optional[List[int]] = None, requires_grad: bool = False
) -> NDArray:
    """Ones with the dtype of ``array``, and its shape unless one is given."""
    return np.ones_like(array, shape=array.shape if shape is None else shape, subok=False)


# ---------------------------------------------------------------- linear algebra
def lstsq_array(x: NDArray, y: NDArray, rcond: Optional[float], driver: Optional[str]) -> NDArray:
    """Minimiser ``w`` of ``|| x w - y ||``; ``driver`` only means something to torch."""
    return np.asarray(np.linalg.lstsq(x, y, rcond=rcond)[0])


def solve_array(x: NDArray, y: NDArray) -> NDArray:
    """Solution ``w`` of ``x w = y``."""
    return np.linalg.solve(x, y)
