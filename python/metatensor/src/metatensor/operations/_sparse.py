"""Where entries are which another axis does not have, plain flavour.

The torch flavour has a module of the same name with the same functions.
"""

from __future__ import annotations

from typing import Any, List

import numpy as np

from ._plans import Index, _to_numpy
from ._types import Array, TensorMap


def parameters_of(tensor: TensorMap) -> List[List[str]]:
    """Names of the gradients of all blocks, in their order."""
    return [list(names) for names in tensor._get_layout().parameters]


def sources_of(mapping: Index, size: int) -> Index:
    """For each of ``size`` entries, the position of it in ``mapping``.

    Where it is not in there, this is the length of ``mapping``: the position of something which
    was added at the end.
    """
    sources = np.full(size, len(mapping), dtype=np.int64)
    sources[mapping] = np.arange(len(mapping))
    return sources


def entries_other_than(array: Array, axis: int, value: float) -> Index:
    """Positions along the first (0) or last (-1) axis where not everything is this value."""
    # of several libraries
    values: Any = array
    other = _to_numpy(values != value)
    axes = tuple(range(1, other.ndim)) if axis == 0 else tuple(range(other.ndim - 1))
    return np.flatnonzero(other.any(axis=axes))


def dtype_name(array: Array) -> str:
    """Name of the type of the elements."""
    return str(array.dtype)
