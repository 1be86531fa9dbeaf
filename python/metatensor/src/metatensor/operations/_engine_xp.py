"""Array functions on the arrays of any namespace of the array API standard.

The functions are those of ``_engine_numpy``, as methods. Arrays are never changed, and
indices are numpy arrays. What the standard does not have is computed with numpy.
"""

from __future__ import annotations

import math
from typing import Any, List, Optional, Tuple

import numpy as np
import numpy.typing as npt

from metatensor._arrays import engine_of

from . import _engine_numpy

Index = npt.NDArray[Any]


class XpOperations:
    """Functions for the arrays of one namespace.

    :param namespace: module with the functions of the array API standard
    """

    def __init__(self, namespace: Any) -> None:
        self.xp = namespace

    # ---------------------------------------------------------- what namespaces change
    def inexact(self, x: Any) -> bool:
        """Tell if these are floating point or complex numbers."""
        return bool(self.xp.isdtype(x.dtype, ("real floating", "complex floating")))

    def complex(self, x: Any) -> bool:
        """Tell if these are complex numbers."""
        return bool(self.xp.isdtype(x.dtype, "complex floating"))

    def astype(self, x: Any, dtype: Any) -> Any:
        """Array with another dtype, the same array if it already has it."""
        return x if x.dtype == dtype else self.xp.astype(x, dtype)

    def take(self, x: Any, index: Index, axis: int) -> Any:
        """Some items along one axis."""
        return self.xp.take(x, self.like(index, x), axis=axis)

    def like(self, array: npt.NDArray[Any], x: Any) -> Any:
        """A numpy array as an array of this library, on the device of ``x``."""
        engine: Any = engine_of(x)
        return engine.from_host(array, x)

    def default_float(self) -> Any:
        """What integers become when they have to be floating point."""
        return self.xp.asarray(1.0).dtype

    def on_host(self, function: Any, x: Any, *args: Any) -> Any:
        """Use a function on numpy arrays, and bring the result to the device of ``x``."""
        arrays = [engine_of(one).to_host(one) if hasattr(one, "dtype") else one for one in args]
        return self.like(np.asarray(function(engine_of(x).to_host(x), *arrays)), x)

    # ------------------------------------------------------------ lists of arrays
    def foreach_add(self, a: List[Any], b: List[Any]) -> List[Any]:
        """``a[i] + b[i]``."""
        return [x + y for x, y in zip(a, b, strict=True)]

    def foreach_subtract(self, a: List[Any], b: List[Any]) -> List[Any]:
        """``a[i] + (-1.0) * b[i]``."""
        return [x - y for x, y in self._inexact_pairs(a, b)]

    def _inexact_pairs(self, a: List[Any], b: List[Any]) -> List[Tuple[Any, Any]]:
        pairs: List[Tuple[Any, Any]] = []
        for x, y in zip(a, b, strict=True):
            if self.inexact(x) or self.inexact(y):
                pairs.append((x, y))
            else:
                pairs.append((self.promote_to_inexact(x), self.promote_to_inexact(y)))
        return pairs

    def foreach_multiply(self, a: List[Any], b: List[Any]) -> List[Any]:
        """``a[i] * b[i]``."""
        return [x * y for x, y in zip(a, b, strict=True)]

    def foreach_divide(self, a: List[Any], b: List[Any]) -> List[Any]:
        """``a[i] / b[i]``."""
        return [x / y for x, y in self._inexact_pairs(a, b)]

    def foreach_add_scalar(self, a: List[Any], scalar: float) -> List[Any]:
        """``a[i] + scalar``."""
        return [self.promote_to_inexact(x) + scalar for x in a]

    def foreach_multiply_scalar(self, a: List[Any], scalar: float) -> List[Any]:
        """``scalar * a[i]``."""
        return [scalar * self.promote_to_inexact(x) for x in a]

    def foreach_divide_scalar(self, a: List[Any], scalar: float) -> List[Any]:
        """``a[i] / scalar``."""
        return [self.promote_to_inexact(x) / scalar for x in a]

    def foreach_pow_scalar(self, a: List[Any], exponent: float) -> List[Any]:
        """``a[i] ** exponent``."""
        return [self.promote_to_inexact(x) ** exponent for x in a]

    def foreach_abs(self, a: List[Any], keep_complex: bool) -> List[Any]:
        """``|a[i]|``; complex arrays always stay complex here."""
        return [self.astype(self.xp.abs(x), x.dtype) for x in a]

    def foreach_sgn(self, a: List[Any]) -> List[Any]:
        """``x / |x|``, 0 where x is 0."""
        output = []
        for x in a:
            if not self.complex(x):
                output.append(self.xp.sign(x))
                continue
            modulus = self.xp.abs(x)
            output.append(x / self.xp.where(modulus == 0, self.xp.ones_like(modulus), modulus))
        return output

    def foreach_cast(self, a: List[Any], like: List[Any]) -> List[Any]:
        """``a[i]`` with the dtype of ``like[i]``, the same array if there is nothing to do."""
        return [self.astype(x, y.dtype) for x, y in zip(a, like, strict=True)]

    def foreach_detach(self, a: List[Any]) -> List[Any]:
        """The same arrays outside of automatic differentiation."""
        return list(a)

    def foreach_contiguous(self, a: List[Any]) -> List[Any]:
        """Give the same arrays: the standard knows nothing of memory."""
        return list(a)

    def foreach_gather_rows(
        self, values: List[Any], rows: List[Index], like: List[Any]
    ) -> List[Any]:
        """``values[i][rows[i]]`` with axes of length 1 inserted, to broadcast with ``like[i]``."""
        return [
            self.insert_axes(self.take(x, index, 0), len(y.shape))
            for x, index, y in zip(values, rows, like, strict=True)
        ]

    # ------------------------------------------------------------- single arrays
    def is_contiguous_array(self, array: Any) -> bool:
        """Tell if the array is stored in row-major order."""
        return engine_of(array).is_contiguous(array)

    def supports_grad(self, array: Any) -> bool:
        """Tell if arrays have a flag for automatic differentiation."""
        return False

    def requires_grad_array(self, array: Any) -> bool:
        """Tell if automatic differentiation is tracking this array."""
        return False

    def with_requires_grad(self, array: Any, requires_grad: bool) -> Any:
        """Detached alias of the array with this flag; there is no such flag."""
        return array if requires_grad else self.foreach_detach([array])[0]

    def shape_of(self, array: Any) -> List[int]:
        """Shape as a list."""
        return list(array.shape)

    def equal_arrays(self, a: Any, b: Any) -> bool:
        """Tell if all elements are the same (NaN differs from NaN)."""
        return bool(self.xp.all(a == b))

    def allclose_arrays(self, a: Any, b: Any, rtol: float, atol: float, equal_nan: bool) -> bool:
        """Tell if ``|a - b| <= atol + rtol * |b|`` everywhere."""
        first, second = engine_of(a).to_host(a), engine_of(b).to_host(b)
        return _engine_numpy.allclose_arrays(first, second, rtol, atol, equal_nan)

    def gather(self, array: Any, index: Index, axis: int) -> Any:
        """Copy of the given positions along the first (0) or last (-1) axis."""
        return self.take(array, index, axis)

    def concatenate_arrays(self, arrays: List[Any], axis: int) -> Any:
        """Concatenation along one axis, with the dtype all arrays promote to."""
        return self.xp.concat(arrays, axis=axis)

    def new_zeros(self, like: Any, shape: List[int]) -> Any:
        """Zeros of another shape, with the dtype and device of ``like``."""
        device = engine_of(like).device(like)
        return self.xp.zeros(tuple(shape), dtype=like.dtype, device=device)

    def scatter_rows(self, array: Any, index: Index, n_rows: int) -> Any:
        """Put ``array[i]`` at row ``index[i]`` (all different) of ``n_rows`` rows of zeros."""
        n_old = array.shape[0]
        origin = np.full(n_rows, n_old, dtype=np.int64)
        origin[index] = np.arange(n_old)
        zeros = self.new_zeros(array, [1, *array.shape[1:]])
        return self.take(self.xp.concat([array, zeros], axis=0), origin, 0)

    def reshape_array(self, array: Any, shape: List[int]) -> Any:
        """Array of another shape, a view if possible."""
        return self.xp.reshape(array, tuple(shape))

    def swap_axes(self, array: Any, axis_1: int, axis_2: int) -> Any:
        """View with two axes exchanged."""
        axes = list(range(len(array.shape)))
        axes[axis_1], axes[axis_2] = axes[axis_2], axes[axis_1]
        return self.xp.permute_dims(array, tuple(axes))

    def insert_axes(self, array: Any, ndim: int) -> Any:
        """Insert axes of length 1 after the first one until there are ``ndim`` axes."""
        shape = tuple(array.shape)
        return self.xp.reshape(array, shape[:1] + (1,) * (ndim - len(shape)) + shape[1:])

    def matmul_transposed(self, a: Any, b: Any) -> Any:
        """``sum_p a[..., p] * b[q, p]``."""
        rows = self.xp.reshape(a, (math.prod(a.shape[:-1]), a.shape[-1]))
        product = self.matmul(rows, self.xp.permute_dims(b, (1, 0)))
        return self.xp.reshape(product, (*a.shape[:-1], b.shape[0]))

    def matmul(self, a: Any, b: Any) -> Any:
        """Product of two matrices."""
        return a @ b

    # ------------------------------------------------------- reductions by groups
    def promote_to_inexact(self, array: Any) -> Any:
        """Integer and boolean arrays as default floating point, others unchanged."""
        return array if self.inexact(array) else self.astype(array, self.default_float())

    def segment_sum(self, array: Any, groups: Index, n_groups: int, axis: int) -> Any:
        """Sum of the entries of each group along one axis, accumulated in the order of entries."""
        return self.on_host(_engine_numpy.segment_sum, array, groups, n_groups, axis)

    def divide_by_counts(self, array: Any, counts: Index, axis: int) -> Any:
        """Divide the entries along one axis by one number each; keeps the dtype."""
        shape = [1] * len(array.shape)
        shape[axis] = len(counts)
        divisors = self.like(counts.astype(np.float64).reshape(shape), array)
        return array / self.astype(divisors, array.dtype)

    def safe_sqrt(self, array: Any) -> Any:
        """Square root, with derivative 0 at 0."""
        zero = array == 0
        root = self.xp.sqrt(self.xp.where(zero, self.xp.ones_like(array), array))
        return self.xp.where(zero, self.xp.zeros_like(root), root)

    def divide_or_zero(self, a: Any, b: Any) -> Any:
        """``a / b``, with 0 instead of everything which is not finite."""
        zero = b == 0
        ratio = a / self.xp.where(zero, self.xp.ones_like(b), b)
        keep = self.xp.logical_and(self.xp.logical_not(zero), self.xp.isfinite(ratio))
        return self.xp.where(keep, ratio, self.xp.zeros_like(ratio))

    # ------------------------------------------------------------------ creation
    def filled_like(self, array: Any, fill: str, requires_grad: bool) -> Any:
        """New array like this one: ``fill`` is empty, zeros, ones or random."""
        if fill == "random":
            return self.random_like(array)
        create = {"zeros": self.xp.zeros, "ones": self.xp.ones}.get(fill, self.xp.empty)
        device = engine_of(array).device(array)
        return create(tuple(array.shape), dtype=array.dtype, device=device)

    def random_like(self, array: Any) -> Any:
        """Random numbers between 0 and 1, from the global generator of numpy."""
        numbers = self.like(np.random.random_sample(tuple(array.shape)), array)
        return self.astype(numbers, array.dtype)

    def copy_array(self, array: Any) -> Any:
        """Deep copy."""
        return engine_of(array).copy(array)

    def all_array(self, a: Any, axis: Optional[Tuple[int, ...]] = None) -> Any:
        """Tell if all elements are true, along some axes or everywhere."""
        return self.xp.all(a, axis=axis if axis is None else tuple(axis))

    def sum_array(self, a: Any, axis: Optional[int] = None) -> Any:
        """Sum along one axis or of everything, with the dtype of the array."""
        return self.xp.sum(a, axis=axis, dtype=a.dtype)

    def zeros_like_array(
        self, array: Any, shape: Optional[List[int]] = None, requires_grad: bool = False
    ) -> Any:
        """Zeros with the dtype of ``array``, and its shape unless one is given."""
        return self.new_zeros(array, list(array.shape) if shape is None else shape)

    def ones_like_array(
        self, array: Any, shape: Optional[List[int]] = None, requires_grad: bool = False
    ) -> Any:
        """Ones with the dtype of ``array``, and its shape unless one is given."""
        size = tuple(array.shape) if shape is None else tuple(shape)
        device = engine_of(array).device(array)
        return self.xp.ones(size, dtype=array.dtype, device=device)

    # ------------------------------------------------------------- linear algebra
    def lstsq_array(self, x: Any, y: Any, rcond: Optional[float], driver: Optional[str]) -> Any:
        """Minimiser ``w`` of ``|| x w - y ||``; ``driver`` only means something to torch."""
        return self.on_host(_engine_numpy.lstsq_array, x, y, rcond, driver)

    def solve_array(self, x: Any, y: Any) -> Any:
        """Solution ``w`` of ``x w = y``."""
        if hasattr(self.xp, "linalg"):
            return self.xp.linalg.solve(x, y)
        return self.on_host(_engine_numpy.solve_array, x, y)
