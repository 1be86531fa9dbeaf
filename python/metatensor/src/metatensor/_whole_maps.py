"""Maps of numpy arrays going to the C library and coming back, in a few calls for all blocks.

The C library then works with arrays of its own, over the memory of the numpy arrays: it
does not call back into Python.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ._arrays import engine_by_name
from ._block_data import BlockData
from ._c_api import c_uintptr_t, mts_labels_t, mts_structure_options_t
from ._c_lib import _get_library
from ._data._numpy import fetch, labels_values, lend
from ._handle import _Handle
from ._labels import Labels
from ._labels_core import clone, dimensions, recover
from ._status import check_pointer

_NUMPY = engine_by_name("numpy")
_LABELS_POINTERS = ctypes.POINTER(ctypes.POINTER(mts_labels_t))


class LentMap(NamedTuple):
    """A C map over the memory of numpy arrays; its labels by their addresses."""

    handle: _Handle
    labels: dict[int, Labels]


class _Leaves:
    """The arrays and labels of blocks and gradients, in canonical order."""

    def __init__(self) -> None:
        self.arrays: list[Any] = []
        self.parents: list[int] = []
        self.parameters: list[bytes | None] = []
        self.labels_counts: list[int] = []
        self.labels: list[Labels] = []

    def add(self, data: BlockData, parent: int = -1, parameter: str | None = None) -> bool:
        """Add a block and its gradients, if all arrays are in Python."""
        if data.external:
            return False
        index = len(self.arrays)
        components = data.components
        self.arrays.append(data.values)
        self.parents.append(parent)
        self.parameters.append(None if parameter is None else parameter.encode("utf8"))
        self.labels_counts.append(len(components) + 2)
        self.labels += (data.samples, *components, data.properties)
        # most blocks do not have any
        if not data.gradients:
            return True
        return all(self.add(gradient, index, name) for name, gradient in data.gradients.items())

    def labels_pointers(self, by_address: dict[int, Labels]) -> Any:
        """C labels; blocks often share labels, which are only asked once."""
        known: dict[int, int] = {}
        addresses = []
        for labels in self.labels:
            address = known.get(id(labels))
            if address is None:
                address = ctypes.addressof(labels.as_mts_labels_t().contents)
                known[id(labels)] = address
                by_address[address] = labels
            addresses.append(address)
        pointers = (ctypes.c_void_p * len(addresses))(*addresses)
        return ctypes.cast(pointers, _LABELS_POINTERS)


def lend_map(keys: Labels, blocks: Sequence[BlockData]) -> LentMap | None:
    """Make a C map using the memory of numpy arrays, valid as long as the blocks.

    This map is for one function of the C library: its arrays are not those of Python.

    :returns: ``None`` if this is not possible: arrays are of another kind, or the
        library is one which only has the released functions
    """
    lib = _get_library()
    if not hasattr(lib, "mts_tensormap_from_leaves"):
        return None
    leaves = _Leaves()
    if not all(map(leaves.add, blocks)):
        return None
    keys_ptr = keys.as_mts_labels_t()
    by_address = {ctypes.addressof(keys_ptr.contents): keys}
    labels = leaves.labels_pointers(by_address)
    count = len(leaves.arrays)
    parents = (ctypes.c_int64 * count)(*leaves.parents)
    parameters = (ctypes.c_char_p * count)(*leaves.parameters)
    labels_counts = (c_uintptr_t * count)(*leaves.labels_counts)
    # the arrays belong to C as soon as they exist: everything else is ready
    arrays = lend(leaves.arrays)
    if arrays is None:
        return None
    ptr = lib.mts_tensormap_from_leaves(
        keys_ptr,
        arrays,
        parents,
        parameters,
        labels_counts,
        count,
        labels,
        len(leaves.labels),
    )
    check_pointer(ptr)
    return LentMap(_Handle(ptr, "mts_tensormap_free"), by_address)


def take_map(
    handle: _Handle, known: Mapping[int, Labels] | None = None
) -> tuple[Labels, list[BlockData]]:
    """Read the keys and blocks of a C map, as numpy arrays which own their memory.

    All arrays of the map, also those of labels, must be implemented by the library. The
    map is not needed afterwards.

    :param known: labels which the map may use, by address
    """
    lib = _get_library()
    options = mts_structure_options_t(ctypes.sizeof(mts_structure_options_t), 0, 1)
    structure = lib.mts_tensormap_structure(handle.ptr, options)
    check_pointer(structure)
    try:
        content = structure.contents
        labels = [_read_labels(content, i, known or {}) for i in range(content.labels_count)]
        return labels[0], _read_blocks(content, labels)
    finally:
        lib.mts_structure_free(structure)


def _read_labels(structure: Any, i: int, known: Mapping[int, Labels]) -> Labels:
    ptr = structure.labels[i]
    labels = known.get(ctypes.addressof(ptr.contents))
    if labels is not None:
        return labels
    handle = _Handle(clone(ptr), "mts_labels_free")
    size = structure.labels_sizes[i]
    names = tuple([name.decode("utf8") for name in structure.labels_dimensions[i][:size]])
    address = ctypes.addressof(structure.labels_values[i].contents)
    values = labels_values(address, (structure.labels_rows[i], size))
    if values is None:
        return Labels._from_parts(*recover(handle), handle)
    return Labels._from_parts(dimensions(names), values, _NUMPY, handle)


def _read_blocks(structure: Any, labels: Sequence[Labels]) -> list[BlockData]:
    count = structure.leaves_count
    if count == 0:
        return []
    arrays = fetch(structure.arrays, count)
    parents = structure.parents[:count]
    starts = structure.axes_starts[: count + 1]
    axes = [labels[i] for i in structure.axes[: starts[-1]]]

    leaves: list[BlockData] = []
    blocks: list[BlockData] = []
    for i, (array, parent) in enumerate(zip(arrays, parents, strict=True)):
        start, last = starts[i], starts[i + 1] - 1
        leaf = BlockData(array, axes[start], tuple(axes[start + 1 : last]), axes[last], {})
        leaves.append(leaf)
        if parent < 0:
            blocks.append(leaf)
        else:
            leaf.frozen = True
            leaves[parent].gradients[structure.parameters[i].decode("utf8")] = leaf
    return blocks
