"""Functions on arrays, plain flavour: each call goes to the engine of its first argument.

Indices come from ``_plans`` as numpy arrays, and are brought to that engine here. The
functions themselves are documented in ``_engine_torch``.
"""

from __future__ import annotations

import importlib
from typing import Any, Dict, List, Optional

import numpy as np
import numpy.typing as npt

from metatensor._arrays import Engine, engine_of, find_engine
from metatensor._arrays._array_api import ArrayApiEngine

from . import _engine_numpy
from ._engine_xp import XpOperations
from ._types import Array

_Index = npt.NDArray[np.int64]

_ADAPTERS: Dict[str, Any] = {"numpy": _engine_numpy}


def _engine(array: Any) -> Any:
    if isinstance(array, np.ndarray):
        return _engine_numpy
    engine = find_engine(array)
    if engine is None:
        raise TypeError(
            f"unsupported array type: {type(array)}, only arrays of numpy, torch, jax, cupy "
            "and of the array API standard can be used"
        )
    name = engine.operations()
    adapter = _ADAPTERS.get(name)
    if adapter is None:
        adapter = _ADAPTERS.setdefault(name, _load_adapter(engine, name))
    return adapter


def _load_adapter(engine: Engine, name: str) -> Any:
    if isinstance(engine, ArrayApiEngine):
        return XpOperations(engine.namespace)
    module = importlib.import_module(f"._engine_{name}", __package__)
    return getattr(module, "ENGINE", module)


def _common_engine(a: List[Any], b: List[Any]) -> Any:
    engine = _engine(a[0])
    if _engine(b[0]) is not engine:
        raise TypeError(
            f"both operands must hold the same kind of arrays, got {type(a[0])} and {type(b[0])}"
        )
    return engine


def _native(index: npt.NDArray[Any], like: Any) -> Any:
    if isinstance(like, np.ndarray):
        return index
    return engine_of(like).index(np.ascontiguousarray(index), like)


# ---------------------------------------------------------------- lists of arrays
def foreach_add(a: List[Array], b: List[Array]) -> List[Array]:
    """Add lists of arrays."""
    return _common_engine(a, b).foreach_add(a, b) if a else []


def foreach_subtract(a: List[Array], b: List[Array]) -> List[Array]:
    """Subtract lists of arrays."""
    return _common_engine(a, b).foreach_subtract(a, b) if a else []


def foreach_multiply(a: List[Array], b: List[Array]) -> List[Array]:
    """Multiply lists of arrays."""
    return _common_engine(a, b).foreach_multiply(a, b) if a else []


def foreach_divide(a: List[Array], b: List[Array]) -> List[Array]:
    """Divide lists of arrays."""
    return _common_engine(a, b).foreach_divide(a, b) if a else []


def foreach_add_scalar(a: List[Array], scalar: float) -> List[Array]:
    """Add a number to all arrays."""
    return _engine(a[0]).foreach_add_scalar(a, scalar) if a else []


def foreach_multiply_scalar(a: List[Array], scalar: float) -> List[Array]:
    """Multiply all arrays by a number."""
    return _engine(a[0]).foreach_multiply_scalar(a, scalar) if a else []


def foreach_divide_scalar(a: List[Array], scalar: float) -> List[Array]:
    """Divide all arrays by a number."""
    return _engine(a[0]).foreach_divide_scalar(a, scalar) if a else []


def foreach_pow_scalar(a: List[Array], exponent: float) -> List[Array]:
    """Raise all arrays to a power."""
    return _engine(a[0]).foreach_pow_scalar(a, exponent) if a else []


def foreach_abs(a: List[Array], keep_complex: bool) -> List[Array]:
    """Modulus of all arrays."""
    return _engine(a[0]).foreach_abs(a, keep_complex) if a else []


def foreach_sgn(a: List[Array]) -> List[Array]:
    """Sign, or phase, of all arrays."""
    return _engine(a[0]).foreach_sgn(a) if a else []


def foreach_cast(a: List[Array], like: List[Array]) -> List[Array]:
    """Cast each array to the dtype of another one."""
    return _engine(a[0]).foreach_cast(a, like) if a else []


def foreach_detach(a: List[Array]) -> List[Array]:
    """Take all arrays out of the autograd graph."""
    return _engine(a[0]).foreach_detach(a) if a else []


def foreach_contiguous(a: List[Array]) -> List[Array]:
    """C-contiguous version of all arrays."""
    return _engine(a[0]).foreach_contiguous(a) if a else []


def foreach_gather_rows(values: List[Array], rows: List[_Index], like: List[Array]) -> List[Array]:
    """Values at the given rows, with axes inserted to broadcast with ``like``."""
    if len(values) == 0:
        return []
    index = [_native(one, like=values[0]) for one in rows]
    return _engine(values[0]).foreach_gather_rows(values, index, like)


# ------------------------------------------------------------------ single arrays
def is_contiguous_array(array: Array) -> bool:
    """Tell if the array is stored in row-major order."""
    return _engine(array).is_contiguous_array(array)


def supports_grad(array: Array) -> bool:
    """Tell if automatic differentiation can track such arrays."""
    return _engine(array).supports_grad(array)


def requires_grad_array(array: Array) -> bool:
    """Tell if automatic differentiation is tracking this array."""
    return _engine(array).requires_grad_array(array)


def with_requires_grad(array: Array, requires_grad: bool) -> Array:
    """Detached alias with this flag."""
    return _engine(array).with_requires_grad(array, requires_grad)


def shape_of(array: Array) -> List[int]:
    """Shape as a list."""
    return list(array.shape)


def equal_arrays(a: Array, b: Array) -> bool:
    """Tell if all elements are the same."""
    return _common_engine([a], [b]).equal_arrays(a, b)


def allclose_arrays(a: Array, b: Array, rtol: float, atol: float, equal_nan: bool) -> bool:
    """Tell if all elements are almost the same."""
    return _common_engine([a], [b]).allclose_arrays(a, b, rtol, atol, equal_nan)


def gather(array: Array, index: _Index, axis: int) -> Array:
    """Copy of some positions along one axis."""
    return _engine(array).gather(array, _native(index, like=array), axis)


def concatenate_arrays(arrays: List[Array], axis: int) -> Array:
    """Concatenation along one axis."""
    for other in arrays[1:]:
        _common_engine(arrays, [other])
    return _engine(arrays[0]).concatenate_arrays(arrays, axis)


def new_zeros(like: Array, shape: List[int]) -> Array:
    """Zeros of another shape."""
    return _engine(like).new_zeros(like, shape)


def scatter_rows(array: Array, index: _Index, n_rows: int) -> Array:
    """Spread the rows of an array over more rows."""
    return _engine(array).scatter_rows(array, _native(index, like=array), n_rows)


def reshape_array(array: Array, shape: List[int]) -> Array:
    """Array of another shape, a view if possible."""
    return _engine(array).reshape_array(array, shape)


def swap_axes(array: Array, axis_1: int, axis_2: int) -> Array:
    """View with two axes exchanged."""
    return _engine(array).swap_axes(array, axis_1, axis_2)


def insert_axes(array: Array, ndim: int) -> Array:
    """Insert axes of length 1 after the first one."""
    return _engine(array).insert_axes(array, ndim)


def matmul_transposed(a: Array, b: Array) -> Array:
    """Contract the last axes of two arrays."""
    return _common_engine([a], [b]).matmul_transposed(a, b)


# ------------------------------------------------------------ reductions by groups
def promote_to_inexact(array: Array) -> Array:
    """Make integers floating point."""
    return _engine(array).promote_to_inexact(array)


def segment_sum(array: Array, groups: _Index, n_groups: int, axis: int) -> Array:
    """Sum of the entries of each group."""
    return _engine(array).segment_sum(array, _native(groups, like=array), n_groups, axis)


def divide_by_counts(array: Array, counts: _Index, axis: int) -> Array:
    """Divide the entries along one axis by one number each."""
    return _engine(array).divide_by_counts(array, _native(counts, like=array), axis)


def safe_sqrt(array: Array) -> Array:
    """Square root, with derivative 0 at 0."""
    return _engine(array).safe_sqrt(array)


def divide_or_zero(a: Array, b: Array) -> Array:
    """Quotient, 0 where it is not finite."""
    return _common_engine([a], [b]).divide_or_zero(a, b)


# --------------------------------------------------------------------- creation
def filled_like(array: Array, fill: str, requires_grad: bool) -> Array:
    """New contiguous array of the same shape, dtype and device."""
    return _engine(array).filled_like(array, fill, requires_grad)


def copy_array(array: Array) -> Array:
    """Deep copy."""
    return _engine(array).copy_array(array)


def all_array(a: Array, axis: Any = None) -> Any:
    """Tell if all elements are true."""
    return _engine(a).all_array(a, axis)


def sum_array(a: Array, axis: Optional[int] = None) -> Any:
    """Sum which keeps the dtype."""
    return _engine(a).sum_array(a, axis)


def zeros_like_array(
    array: Array, shape: Optional[List[int]] = None, requires_grad: bool = False
) -> Array:
    """Zeros, maybe of another shape."""
    return _engine(array).zeros_like_array(array, shape, requires_grad)


def ones_like_array(
    array: Array, shape: Optional[List[int]] = None, requires_grad: bool = False
) -> Array:
    """Ones, maybe of another shape."""
    return _engine(array).ones_like_array(array, shape, requires_grad)


def indicator_matrix(columns: _Index, n_columns: int, like: Any) -> Any:
    """int32 matrix with a single 1 in each row, held as ``like``."""
    matrix = np.zeros((len(columns), n_columns), dtype=np.int32)
    matrix[np.arange(len(columns)), columns] = 1
    engine: Any = find_engine(like)
    return engine.from_host(matrix, like) if engine.host_labels else _native(matrix, like)


# ---------------------------------------------------------------- linear algebra
def lstsq_array(x: Array, y: Array, rcond: Optional[float], driver: Optional[str]) -> Array:
    """Least squares solution."""
    return _common_engine([x], [y]).lstsq_array(x, y, rcond, driver)


def solve_array(x: Array, y: Array) -> Array:
    """Solution of a linear system."""
    return _common_engine([x], [y]).solve_array(x, y)
