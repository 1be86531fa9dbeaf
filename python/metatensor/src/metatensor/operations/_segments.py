"""Sums of the entries of groups, for numpy arrays.

The members of a group are added one after the other, in their order: sums do not depend on how
many groups there are, or on the shape of the array. This is not what numpy does with numbers
which are next to each other.
"""

from __future__ import annotations

import math
from typing import Any, Tuple

import numpy as np
import numpy.typing as npt

NDArray = npt.NDArray[Any]

#: Bytes of the parts of large arrays which are worked on together: they fit in a cache
CHUNK_BYTES = 2**18


def sum_groups(array: NDArray, groups: NDArray, n_groups: int, axis: int) -> NDArray:
    """Sum of the entries of each group along one axis."""
    axis %= array.ndim
    n_entries = array.shape[axis]
    if n_groups == 0 or array.size == 0:
        return np.zeros(_with_axis(array.shape, axis, (n_groups,)), array.dtype)
    size = n_entries // n_groups
    if size * n_groups == n_entries and _are_equal_ranges(groups, n_groups, size):
        return _sum_equal_ranges(array, axis, n_groups, size)
    return _sum_any(array, axis, groups, n_groups)


def _with_axis(shape: Tuple[int, ...], axis: int, sizes: Tuple[int, ...]) -> Tuple[int, ...]:
    return shape[:axis] + sizes + shape[axis + 1 :]


def _are_equal_ranges(groups: NDArray, n_groups: int, size: int) -> bool:
    # one group after the other, all of the same size
    return bool((groups.reshape(n_groups, size) == np.arange(n_groups)[:, None]).all())


def _sum_equal_ranges(array: NDArray, axis: int, n_groups: int, size: int) -> NDArray:
    split = array.reshape(_with_axis(array.shape, axis, (n_groups, size)))
    if size == 1:
        return np.array(array, order="C", subok=False)
    if math.prod(array.shape[axis + 1 :]) > 1:
        # members of a group are not next to each other: numpy adds whole rows
        rows: NDArray = np.add.reduce(split, axis=axis + 1, dtype=array.dtype)
        return np.ascontiguousarray(rows)
    parts = split.reshape(-1, size)
    output = np.empty(len(parts), array.dtype)
    step = max(8, CHUNK_BYTES // (size * array.itemsize))
    for start in range(0, len(parts), step):
        _sum_rows(parts[start : start + step], output[start : start + step])
    return output.reshape(_with_axis(array.shape, axis, (n_groups,)))


def _sum_rows(rows: NDArray, output: NDArray) -> None:
    # sums of rows with at least two elements
    if len(rows) >= 8 and rows.shape[1] >= 8:
        columns = np.ascontiguousarray(rows.T)
        np.add.reduce(columns, axis=0, dtype=rows.dtype, out=output)
        return
    np.add(rows[:, 0], rows[:, 1], out=output)
    for k in range(2, rows.shape[1]):
        output += rows[:, k]


def _sum_any(array: NDArray, axis: int, groups: NDArray, n_groups: int) -> NDArray:
    output = np.zeros(_with_axis(array.shape, axis, (n_groups,)), array.dtype)
    counts = np.bincount(groups, minlength=n_groups)
    largest = int(counts.max())
    if largest > 64 + math.isqrt(len(groups)):
        _add_entries(array, axis, groups, output)
        return output

    # first members of all groups, then the second ones of those which have two, and so on
    order = np.argsort(groups, kind="stable")
    starts = np.cumsum(counts) - counts
    prefix = (slice(None),) * axis
    for k in range(largest):
        larger = np.flatnonzero(counts > k)
        rows = array.take(order[starts[larger] + k], axis)
        if len(larger) == n_groups:
            output += rows
        else:
            place: Any = (*prefix, larger)
            output[place] += rows
    return output


def _add_entries(array: NDArray, axis: int, groups: NDArray, output: NDArray) -> None:
    # one entry after the other
    np.add.at(np.moveaxis(output, axis, 0), groups, np.moveaxis(array, axis, 0))
