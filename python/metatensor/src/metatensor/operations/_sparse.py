"""Plans which put entries to other places, or on other axes, plain flavour.

The torch flavour has a module of the same name with the same functions.
"""

from __future__ import annotations

from typing import Any, List, Tuple

import numpy as np

from ._array_lists import stack_arrays
from ._arrays import _common_engine
from ._plans import Entries, Index, _to_numpy, entries, make_labels
from ._types import Array, Labels, TensorMap


def parameters_of(tensor: TensorMap) -> List[List[str]]:
    """Names of the gradients of all blocks, in their order."""
    return [list(names) for names in tensor._get_layout().parameters]


def has_nested_gradients(tensor: TensorMap) -> bool:
    """Whether there are gradients of gradients."""
    try:
        tensor._get_layout()
    except NotImplementedError:
        return True
    return False


def sources_of(mapping: Index, size: int) -> Index:
    """For each of ``size`` entries, the position of it in ``mapping``.

    Where it is not in there, this is the length of ``mapping``: the position of something which
    was added at the end.
    """
    sources = np.full(size, len(mapping), dtype=np.int64)
    sources[mapping] = np.arange(len(mapping))
    return sources


def entries_other_than(arrays: List[Array], value: float) -> Tuple[List[Index], List[Index]]:
    """For each array, positions along the first and last axis where not everything is a value."""
    rows: List[Any] = [None] * len(arrays)
    columns: List[Any] = [None] * len(arrays)
    stacks, members = stack_arrays(arrays, [0] * len(arrays))
    for stack, group in zip(stacks, members):
        other = _to_numpy(stack != value)
        middle = tuple(range(2, other.ndim - 1))
        for output, mask in (
            (rows, other.any(axis=(*middle, other.ndim - 1))),
            (columns, other.any(axis=(1, *middle))),
        ):
            parts = np.split(np.nonzero(mask)[1], np.cumsum(mask.sum(axis=1))[:-1])
            for i, part in zip(group, parts):
                output[i] = part
    return rows, columns


def dtype_name(array: Array) -> str:
    """Name of the type of the elements."""
    return str(array.dtype)


# ------------------------------------------------------------------------ other axes
def product_labels(labels: List[Labels]) -> Labels:
    """All combinations of entries, those of the last labels running fastest."""
    names = list(labels[0].names)
    rows = entries(labels[0])
    for other in labels[1:]:
        values = entries(other)
        repeated = np.repeat(rows, len(values), axis=0)
        rows = np.concatenate([repeated, np.tile(values, (len(rows), 1))], axis=1)
        names.extend(other.names)
    return make_labels(names, rows, labels[0], True)


def unfold_samples(labels: Labels, count: int) -> Labels:
    """Samples of a gradient after each sample of the values was replaced by several ones.

    :param count: number of new samples for each of the old ones
    """
    rows = np.repeat(entries(labels), count, axis=0)
    rows[:, 0] = rows[:, 0] * count + np.tile(np.arange(count), len(labels))
    return make_labels(labels.names, rows, labels, True)


def matmul(a: Array, b: Array) -> Array:
    """Products of stacks of matrices."""
    _common_engine([a], [b])
    # of several libraries
    x: Any = a
    product: Array = x @ b
    return product


def concatenate_columns(parts: List[Entries]) -> Entries:
    """Entries with the columns of several ones."""
    return np.concatenate(parts, axis=1)
