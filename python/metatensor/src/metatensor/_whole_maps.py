"""Maps of numpy arrays going to the C library and coming back, in a few calls for all blocks.

The C library then works with arrays of its own, over the memory of the numpy arrays: it
does not call back into Python.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ._arrays import engine_by_name
from ._block_data import BlockData
from ._c_api import c_uintptr_t, mts_labels_t, mts_structure_options_t
from ._c_lib import _get_library
from ._data._numpy import (
    SIZE_CODE,
    c_array,
    fetch,
    labels_values,
    lend,
    small_values,
)
from ._handle import _Handle
from ._labels import Labels
from ._labels_core import Dimensions, clone, dimensions, recover
from ._status import check_pointer

if TYPE_CHECKING:
    from ._tensor import TensorMap

_NUMPY = engine_by_name("numpy")
_ADDRESSES = ctypes.POINTER(c_uintptr_t)
_LABELS_POINTERS = ctypes.POINTER(ctypes.POINTER(mts_labels_t))


class LentMap(NamedTuple):
    """A C map over the memory of numpy arrays; its labels by their addresses."""

    handle: _Handle
    labels: dict[int, Labels]


class CStructure(NamedTuple):
    """Everything but the arrays of the blocks of a map, for the C library."""

    leaves_count: int
    parents: Any
    parameters: Any
    labels_counts: Any
    labels: Any
    labels_count: int
    #: the labels by the addresses which C knows them by
    by_address: dict[int, Labels]
    #: owners of these labels, which can be given away by users
    handles: list[_Handle | None]

    def is_valid(self) -> bool:
        """Whether nothing was given away."""
        return not [labels for labels in self.by_address.values() if labels._released]


class _Leaves:
    """The arrays and labels of blocks and gradients, in canonical order."""

    def __init__(self) -> None:
        self.arrays: list[Any] = []
        self.parents: list[int] = []
        #: of gradients, by their index
        self.parameters: dict[int, bytes] = {}
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
        if parameter is not None:
            self.parameters[index] = parameter.encode("utf8")
        self.labels_counts.append(len(components) + 2)
        self.labels += (data.samples, *components, data.properties)
        return all(self.add(gradient, index, name) for name, gradient in data.gradients.items())

    def structure(self, keys: Labels) -> CStructure:
        """What was added, but for the arrays."""
        by_address = {ctypes.addressof(keys.as_mts_labels_t().contents): keys}
        return CStructure(
            len(self.arrays),
            c_array(ctypes.c_int64, "q", self.parents),
            self._parameters(),
            c_array(c_uintptr_t, SIZE_CODE, self.labels_counts),
            self._labels_pointers(by_address),
            len(self.labels),
            by_address,
            [labels._handle for labels in by_address.values()],
        )

    def _labels_pointers(self, by_address: dict[int, Labels]) -> Any:
        # blocks often share labels, which are only asked once
        numbers = list(map(id, self.labels))
        addresses: dict[int, int] = {}
        for number, labels in dict(zip(numbers, self.labels, strict=True)).items():
            address = ctypes.addressof(labels.as_mts_labels_t().contents)
            addresses[number] = address
            by_address[address] = labels
        pointers = c_array(ctypes.c_void_p, SIZE_CODE, map(addresses.__getitem__, numbers))
        return ctypes.cast(pointers, _LABELS_POINTERS)

    def _parameters(self) -> Any:
        # C strings, NULL for blocks
        output = (ctypes.c_char_p * len(self.arrays))()
        for i, parameter in self.parameters.items():
            output[i] = parameter
        return output


def lend_map(tensor: TensorMap) -> LentMap | None:
    """Make a C map using the memory of numpy arrays, valid as long as the blocks.

    This map is for one function of the C library: its arrays are not those of Python.

    :returns: ``None`` if this is not possible: arrays are of another kind, or the
        library is one which only has the released functions
    """
    lib = _get_library()
    if not hasattr(lib, "mts_tensormap_from_leaves"):
        return None
    found = _leaves_and_structure(tensor)
    if found is None:
        return None
    leaves, structure = found
    keys_ptr = tensor.keys.as_mts_labels_t()
    # the arrays belong to C as soon as they exist: everything else is ready
    arrays = lend(leaves)
    if arrays is None:
        return None
    ptr = lib.mts_tensormap_from_leaves(
        keys_ptr,
        arrays,
        structure.parents,
        structure.parameters,
        structure.labels_counts,
        structure.leaves_count,
        structure.labels,
        structure.labels_count,
    )
    check_pointer(ptr)
    return LentMap(_Handle(ptr, "mts_tensormap_free"), structure.by_address)


def _leaves_and_structure(tensor: TensorMap) -> tuple[list[Any], CStructure] | None:
    blocks = tensor._loaded_blocks()
    simple = not [data for data in blocks if data.external or data.gradients]
    known = tensor._lent
    if simple and known is not None and known.is_valid():
        return [data.values for data in blocks], known
    leaves = _Leaves()
    if not all(map(leaves.add, blocks)):
        return None
    structure = leaves.structure(tensor.keys)
    if simple:
        # labels of blocks never change: remembered for the next call
        tensor._lent = structure
    return leaves.arrays, structure


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
        labels = _read_labels(content, known or {})
        return labels[0], _read_blocks(content, labels)
    finally:
        lib.mts_structure_free(structure)


def _read_labels(structure: Any, known: Mapping[int, Labels]) -> list[Labels]:
    """Make all labels of a structure, or take those which are known."""
    count = structure.labels_count
    # reading a field of a structure takes as long as reading all that is behind it
    pointers, dimension_names = structure.labels, structure.labels_dimensions
    sizes, rows = structure.labels_sizes[:count], structure.labels_rows[:count]
    addresses = ctypes.cast(pointers, _ADDRESSES)[:count]
    values_addresses = ctypes.cast(structure.labels_values, _ADDRESSES)[:count]
    output = []
    for i, address in enumerate(addresses):
        labels = known.get(address)
        if labels is None:
            size = sizes[i]
            names = _dimensions(tuple(dimension_names[i][:size]))
            shape = (rows[i], size)
            values = small_values(values_addresses[i], shape)
            if values is not None:
                # a copy, for which C can make its labels when it needs them
                labels = Labels._from_parts(names, values, _NUMPY)
            else:
                labels = _large_labels(names, pointers[i], values_addresses[i], shape)
        output.append(labels)
    return output


def _large_labels(names: Dimensions, ptr: Any, address: int, shape: tuple[int, int]) -> Labels:
    """Labels which share their values with C."""
    handle = _Handle(clone(ptr), "mts_labels_free")
    values = labels_values(address, shape)
    if values is None:
        return Labels._from_parts(*recover(handle), handle)
    return Labels._from_parts(names, values, _NUMPY, handle)


@functools.lru_cache(maxsize=1024)
def _dimensions(names: tuple[bytes, ...]) -> Dimensions:
    return dimensions(tuple([name.decode("utf8") for name in names]))


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
