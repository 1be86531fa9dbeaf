"""Rows and columns of many small arrays of numpy and torch, taken together.

Arrays with the same shape but for the number of rows are put next to each other, and their rows
(or columns, where these are the same ones) taken in one call.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, List, Optional, Sequence

import numpy as np
import numpy.typing as npt

from ._arrays import (
    _engine,
    _native,
    concatenate_arrays,
    foreach_add_scalar,
    foreach_cast,
    zeros_like_array,
)
from ._types import Array

_Index = npt.NDArray[np.int64]

#: Arrays are put together until there are so many bytes: there are copies of no more than this
STACK_BYTES = 2**18


def gather_together(
    arrays: List[Array],
    index: List[_Index],
    where: List[int],
    axis: int,
    fill: Optional[float] = None,
) -> List[Array]:
    """Copies of some positions of each array along the first (0) or last (-1) axis.

    :param index: distinct indices
    :param where: for each array the position of its index, or -1 to share the array
    :param fill: value of what has the position just after the end of the axis
    """
    output = list(arrays)
    moved = [i for i, place in enumerate(where) if place >= 0]
    # columns only go together if they are the same ones
    kinds = [where[i] for i in moved] if axis != 0 else [0] * len(moved)
    for group in _groups([arrays[i] for i in moved], kinds):
        several = [arrays[moved[i]] for i in group]
        if len(group) == 1:
            taken = [_gather(several[0], index[where[moved[group[0]]]], axis, fill)]
        elif axis == 0:
            taken = _gather_rows(several, [index[where[moved[i]]] for i in group], fill)
        else:
            columns = index[where[moved[group[0]]]]
            sizes = [array.shape[0] for array in several]
            taken = _split(_gather(_concatenate(several), columns, axis, fill), sizes)
        for i, array in zip(group, taken):
            output[moved[i]] = array
    return output


def _groups(arrays: List[Any], kinds: List[int]) -> List[Sequence[int]]:
    # positions of arrays which go together
    if len(arrays) == 1:
        return [range(1)]
    shapes = [array.shape for array in arrays]
    dtypes = {array.dtype for array in arrays}
    if len(dtypes) == 1 and len(set(shapes)) == 1 and len(set(kinds)) == 1:
        count = max(STACK_BYTES // max(arrays[0].nbytes, 1), 1)
        return [range(i, min(i + count, len(arrays))) for i in range(0, len(arrays), count)]
    groups: List[Sequence[int]] = []
    current: Dict[Any, List[int]] = {}
    bytes_left: Dict[Any, int] = {}
    for i, (array, shape) in enumerate(zip(arrays, shapes)):
        kind = (kinds[i], shape[1:], array.dtype)
        size = array.nbytes
        bytes_left[kind] = bytes_left.get(kind, -1) - size
        if bytes_left[kind] < 0:
            bytes_left[kind] = STACK_BYTES - size
            current[kind] = []
            groups.append(current[kind])
        current[kind].append(i)
    return groups


def _gather(array: Any, index: _Index, axis: int, fill: Optional[float]) -> Any:
    if fill is not None and len(index) != 0 and index.max() == array.shape[axis]:
        array = concatenate_arrays([array, _padding(array, axis, fill)], axis)
    return _engine(array).gather(array, _native(index, array), axis)


def _gather_rows(arrays: List[Any], index: List[_Index], fill: Optional[float]) -> Any:
    sizes = [array.shape[0] for array in arrays]
    lengths = [len(one) for one in index]
    rows = np.concatenate(index)
    missing = None if fill is None else rows == np.repeat(sizes, lengths)
    rows = rows + np.repeat(np.cumsum(sizes) - sizes, lengths)
    if fill is not None and missing is not None and missing.any():
        rows[missing] = sum(sizes)
        arrays = [*arrays, _padding(arrays[0], 0, fill)]
    return _split(_gather(_concatenate(arrays), rows, 0, None), lengths)


def _padding(array: Any, axis: int, fill: float) -> Any:
    shape = list(array.shape)
    shape[axis] = 1
    zeros = zeros_like_array(array, shape)
    return zeros if fill == 0.0 else foreach_cast(foreach_add_scalar([zeros], fill), [zeros])[0]


def _concatenate(arrays: List[Any]) -> Any:
    if isinstance(arrays[0], np.ndarray):
        return np.concatenate(arrays)
    return sys.modules["torch"].cat(arrays)


def _split(array: Any, sizes: List[int]) -> Any:
    if isinstance(array, np.ndarray):
        ends = np.cumsum(sizes).tolist()
        return [array[end - size : end] for size, end in zip(sizes, ends)]
    # these are independent of each other: they can be modified in place
    return sys.modules["torch"].unsafe_split_with_sizes(array, sizes)
