"""Rows of many small arrays of numpy and torch, taken together.

Arrays with the same shape but for the number of rows are put next to each other, and their rows
taken in one call.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, List, Sequence

import numpy as np
import numpy.typing as npt

from ._arrays import _engine, _native
from ._types import Array

_Index = npt.NDArray[np.int64]

#: Arrays are put together until there are so many bytes: there are copies of no more than this
STACK_BYTES = 2**18


def gather_rows(arrays: List[Array], index: List[_Index], where: List[int]) -> List[Array]:
    """Copies of some rows of each array.

    :param index: distinct indices
    :param where: for each array the position of its index, or -1 to share the array
    """
    output = list(arrays)
    moved = [i for i, place in enumerate(where) if place >= 0]
    for group in _groups([arrays[i] for i in moved]):
        several = [arrays[moved[i]] for i in group]
        rows = [index[where[moved[i]]] for i in group]
        if len(group) == 1:
            taken = [_engine(several[0]).gather(several[0], _native(rows[0], several[0]), 0)]
        else:
            taken = _gather_together(several, rows)
        for i, array in zip(group, taken):
            output[moved[i]] = array
    return output


def _groups(arrays: List[Any]) -> List[Sequence[int]]:
    # positions of arrays which go together
    shapes = [array.shape for array in arrays]
    dtypes = {array.dtype for array in arrays}
    if len(dtypes) == 1 and len(set(shapes)) == 1:
        count = max(STACK_BYTES // max(arrays[0].nbytes, 1), 1)
        return [range(i, min(i + count, len(arrays))) for i in range(0, len(arrays), count)]
    groups: List[Sequence[int]] = []
    current: Dict[Any, List[int]] = {}
    bytes_left: Dict[Any, int] = {}
    for i, (array, shape) in enumerate(zip(arrays, shapes)):
        kind = (shape[1:], array.dtype)
        size = array.nbytes
        bytes_left[kind] = bytes_left.get(kind, -1) - size
        if bytes_left[kind] < 0:
            bytes_left[kind] = STACK_BYTES - size
            current[kind] = []
            groups.append(current[kind])
        current[kind].append(i)
    return groups


def _gather_together(arrays: List[Any], index: List[_Index]) -> Any:
    sizes = [array.shape[0] for array in arrays]
    lengths = [len(one) for one in index]
    starts = np.cumsum(sizes) - sizes
    rows = np.concatenate(index) + np.repeat(starts, lengths)
    if isinstance(arrays[0], np.ndarray):
        return np.split(np.concatenate(arrays).take(rows, axis=0), np.cumsum(lengths)[:-1])
    torch = sys.modules["torch"]
    taken = torch.cat(arrays).index_select(0, _native(rows, arrays[0]))
    # these are independent of each other: they can be modified in place
    return torch.unsafe_split_with_sizes(taken, lengths)
