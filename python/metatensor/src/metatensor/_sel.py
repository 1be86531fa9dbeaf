"""Selecting parts of blocks and maps by the values of their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from ._arrays._registry import type_name
from ._block_data import BlockData
from ._checks import invalid_parameter
from ._labels import Labels
from ._operators import operations

#: Which entries to keep: labels, or the values of some of the dimensions
Selection = Union[Labels, Mapping[str, Union[int, Sequence[int], npt.NDArray[Any]]]]

_Positions = npt.NDArray[np.int64]


def select_positions(labels: Labels, selection: Selection, axis: str) -> _Positions:
    """Positions of the entries of ``labels`` to keep, in increasing order.

    :param axis: what the labels are, for errors
    :raises TypeError: if ``selection`` is neither Labels nor a mapping
    :raises ValueError: if it has a dimension which ``labels`` does not have
    """
    if isinstance(selection, Labels):
        selection_names: Sequence[str] = selection.names
    elif isinstance(selection, Mapping):
        selection_names = list(selection)
    else:
        raise TypeError(
            f"the selection of {axis} must be Labels, or a dictionary with names of dimensions "
            f"and the values to keep, got {type_name(selection)}"
        )
    for name in selection_names:
        if name not in labels.names:
            raise ValueError(
                f"unknown dimension '{name}' in the selection of {axis}, "
                f"the dimensions are {labels.names}"
            )
    if isinstance(selection, Labels):
        return np.sort(labels.select(selection).astype(np.int64))

    host = np.asarray(labels)
    keep = np.ones(len(labels), dtype=bool)
    for name, values in selection.items():
        column = host[:, labels.names.index(name)]
        keep &= np.isin(column, _integers(values, name, axis))
    return np.flatnonzero(keep)


def _integers(values: Any, name: str, axis: str) -> npt.NDArray[Any]:
    array = np.atleast_1d(np.asarray(values))
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"the values of '{name}' in the selection of {axis} must be integers, got {values!r}"
        )
    return array


def select_in_block(
    block: BlockData,
    samples: Selection | None,
    components: Selection | None,
    properties: Selection | None,
) -> BlockData:
    """Block with a part of its samples, components and properties, see ``TensorBlock.sel``."""
    from ._block import TensorBlock

    shown = TensorBlock._show(block)
    for axis, selection in (("samples", samples), ("properties", properties)):
        if selection is not None:
            positions = select_positions(getattr(shown, axis), selection, axis)
            shown = operations().slice_block(shown, axis, positions)
    result = shown._data
    if components is not None:
        result = _select_components(result, components)
    return result


def _select_components(block: BlockData, selection: Selection) -> BlockData:
    if not isinstance(selection, Mapping):
        raise TypeError(
            "the selection of components must be a dictionary with names of components and the "
            f"values to keep, got {type_name(selection)}"
        )
    names = [labels.names[0] for labels in block.components]
    for name, values in selection.items():
        if name not in names:
            raise ValueError(
                f"unknown component '{name}' in the selection, the components are {names}"
            )
        index = names.index(name)
        labels = block.components[index]
        positions = select_positions(labels, {name: values}, "components")
        if len(positions) == 0:
            invalid_parameter(f"no entry of the component '{name}' matches the selection {values}")
        # components of the values are the last components of the gradients
        from_last = index - len(names)
        block = _take_component(block, from_last, positions, take(labels, positions))
    return block


def take(labels: Labels, positions: _Positions) -> Labels:
    """The entries at these positions, which are all different."""
    taken: Labels = operations()._backend.select_entries(labels, positions, True)
    return taken


def _take_component(
    block: BlockData, from_last: int, positions: _Positions, labels: Labels
) -> BlockData:
    components = list(block.components)
    components[from_last] = labels
    # the last axis is the one of the properties
    axis = from_last - 1 + len(components) + 2
    return BlockData(
        operations()._backend.gather(block.values, positions, axis),
        block.samples,
        tuple(components),
        block.properties,
        {
            parameter: _take_component(gradient, from_last, positions, labels)
            for parameter, gradient in block.gradients.items()
        },
    )
