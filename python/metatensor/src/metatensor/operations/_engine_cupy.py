"""Array functions on arrays of cupy."""

from __future__ import annotations

from typing import Any, List, Optional

import cupy
import numpy as np

from metatensor._arrays import engine_of

from ._engine_xp import Index, XpOperations

# what `add.at` knows in all releases; the others are summed as one of these
_SCATTER_DTYPES = {"float16", "float32", "float64", "int32", "uint32", "uint64"}


class CupyOperations(XpOperations):
    """What is different from other namespaces of the standard."""

    def inexact(self, x: Any) -> bool:
        return bool(x.dtype.kind in "fc")

    def complex(self, x: Any) -> bool:
        return bool(x.dtype.kind == "c")

    def astype(self, x: Any, dtype: Any) -> Any:
        return x.astype(dtype, copy=False)

    def take(self, x: Any, index: Index, axis: int) -> Any:
        return cupy.take(x, cupy.asarray(index), axis=axis)

    def like(self, array: Any, x: Any) -> Any:
        with x.device:
            return cupy.asarray(array)

    def default_float(self) -> Any:
        return np.dtype(np.float64)

    def foreach_contiguous(self, a: List[Any]) -> List[Any]:
        """C-contiguous version of each array, the same array if it already is."""
        return [x if x.flags.c_contiguous else cupy.ascontiguousarray(x) for x in a]

    def allclose_arrays(self, a: Any, b: Any, rtol: float, atol: float, equal_nan: bool) -> bool:
        """Tell if ``|a - b| <= atol + rtol * |b|`` everywhere."""
        return bool(cupy.allclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan))

    def concatenate_arrays(self, arrays: List[Any], axis: int) -> Any:
        """Concatenation along one axis, with the dtype all arrays promote to."""
        return cupy.concatenate(arrays, axis=axis)

    def new_zeros(self, like: Any, shape: List[int]) -> Any:
        """Zeros of another shape, with the dtype and device of ``like``."""
        with like.device:
            return cupy.zeros(tuple(shape), dtype=like.dtype)

    def scatter_rows(self, array: Any, index: Index, n_rows: int) -> Any:
        """Put ``array[i]`` at row ``index[i]`` (all different) of ``n_rows`` rows of zeros."""
        output = self.new_zeros(array, [n_rows, *array.shape[1:]])
        output[cupy.asarray(index)] = array
        return output

    def swap_axes(self, array: Any, axis_1: int, axis_2: int) -> Any:
        """View with two axes exchanged."""
        return cupy.swapaxes(array, axis_1, axis_2)

    def segment_sum(self, array: Any, groups: Index, n_groups: int, axis: int) -> Any:
        """Sum of the entries of each group along one axis, in any order."""
        rows = cupy.ascontiguousarray(cupy.moveaxis(array, axis, 0))
        dtype = rows.dtype
        if dtype.kind == "c":
            parts = [self.segment_sum(x, groups, n_groups, 0) for x in (rows.real, rows.imag)]
            return cupy.ascontiguousarray(cupy.moveaxis(parts[0] + 1j * parts[1], 0, axis))
        if dtype.kind == "i" and dtype.itemsize == 8:
            rows = rows.view(np.uint64)  # the same bits, also for sums of negative numbers
        elif dtype.name not in _SCATTER_DTYPES:
            rows = rows.astype(np.int32)
        output = self.new_zeros(rows, [n_groups, *rows.shape[1:]])
        cupy.add.at(output, cupy.asarray(groups), rows)
        if dtype.kind == "i" and dtype.itemsize == 8:
            output = output.view(dtype)
        output = output.astype(dtype, copy=False)
        return cupy.ascontiguousarray(cupy.moveaxis(output, 0, axis))

    def divide_by_counts(self, array: Any, counts: Index, axis: int) -> Any:
        """Divide the entries along one axis by one number each; keeps the dtype."""
        shape = [1] * array.ndim
        shape[axis] = len(counts)
        divisors = cupy.asarray(counts.reshape(shape)).astype(array.real.dtype)
        return array / divisors

    def filled_like(self, array: Any, fill: str, requires_grad: bool) -> Any:
        """New contiguous array like this one: ``fill`` is empty, zeros, ones or random."""
        with array.device:
            if fill == "random":
                return self.random_like(array)
            create = {"zeros": cupy.zeros, "ones": cupy.ones}.get(fill, cupy.empty)
            return create(array.shape, dtype=array.dtype)

    def random_like(self, array: Any) -> Any:
        """Random numbers between 0 and 1, from the global generator of cupy."""
        return cupy.random.random_sample(array.shape).astype(array.dtype)

    def all_array(self, a: Any, axis: Any = None) -> Any:
        """Tell if all elements are true, along some axes or everywhere."""
        return cupy.all(a, axis=axis if axis is None else tuple(axis))

    def ones_like_array(
        self, array: Any, shape: Optional[List[int]] = None, requires_grad: bool = False
    ) -> Any:
        """Ones with the dtype of ``array``, and its shape unless one is given."""
        with array.device:
            return cupy.ones(array.shape if shape is None else tuple(shape), dtype=array.dtype)

    def lstsq_array(self, x: Any, y: Any, rcond: Optional[float], driver: Optional[str]) -> Any:
        """Minimiser ``w`` of ``|| x w - y ||``; ``driver`` only means something to torch."""
        return cupy.linalg.lstsq(x, y, rcond=rcond)[0]

    def reshape_array(self, array: Any, shape: List[int]) -> Any:
        """Array of another shape, a view if possible."""
        return array.reshape(tuple(shape))

    def copy_array(self, array: Any) -> Any:
        """Deep copy."""
        return engine_of(array).copy(array)


ENGINE = CupyOperations(cupy)
