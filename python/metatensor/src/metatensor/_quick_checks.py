"""Creation checks which only look at the usual cases, and tell at once that all is well.

They compare types and identities of numpy arrays and their labels. ``False`` never means that
something is wrong, but that ``_checks.py`` has to look closer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._block_data import BlockData
from ._labels import Labels


def fits_at_once(values: Any, samples: Any, components: Any, properties: Any) -> bool:
    """Say if a numpy array and labels fit together, by only looking at the usual cases.

    ``False`` means that one has to look closer, with :py:func:`check_block`.
    """
    if not (
        type(values) is np.ndarray
        and type(samples) is type(properties) is Labels
        and type(components) in (list, tuple)
    ):
        return False
    shape = values.shape
    count = len(components)
    if (
        len(shape) != count + 2
        or not _is_axis(samples, shape[0])
        or not _is_axis(properties, shape[-1])
    ):
        return False
    for i in range(count):
        component, size = components[i], shape[i + 1]
        if (
            type(component) is not Labels
            or size == 0
            or not _is_axis(component, size)
            or len(component._dims.names) != 1
        ):
            return False
    return count < 2 or len({component._dims.names for component in components}) == count


def _is_axis(labels: Labels, size: int) -> bool:
    values = labels._values
    return type(values) is np.ndarray and len(values) == size and not labels._released


def all_alike(blocks: Sequence[BlockData]) -> bool:
    """Say if all blocks are numpy arrays of one dtype, with the same names and no gradients."""
    first, ndarray = blocks[0], np.ndarray
    dtype = first.values.dtype
    samples, properties = first.samples._dims, first.properties._dims
    components = [labels._dims for labels in first.components]
    count = len(components)
    for block in blocks:
        values = block.values
        if (
            type(values) is not ndarray
            or values.dtype is not dtype
            or block.samples._dims is not samples
            or block.properties._dims is not properties
            or len(block.components) != count
            or block.gradients
        ):
            return False
        i = 0
        for labels in block.components:
            # `zip`, `enumerate` and comprehensions take twice as long
            if labels._dims is not components[i]:
                return False
            i += 1  # noqa: SIM113
    return True
