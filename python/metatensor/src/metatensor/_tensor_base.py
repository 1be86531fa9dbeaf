"""The state of tensor maps, and their exchange with the C library."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import _convert
from ._attributes import read_only_slots, setter
from ._block_data import BlockData
from ._handle import _Handle, released_error
from ._info import MapInfo
from ._labels import Labels
from ._layout import MapLayout
from ._map_exchange import build_map, read_blocks, read_keys
from ._ownership import release_map
from ._pytrees import notice_libraries
from ._selection import KeyIndex

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._block import TensorBlock
    from ._pytrees._structure import MapStructure
    from ._whole_maps import CStructure


# reentrant: finalisers may run anywhere
_HANDLE_LOCK = threading.RLock()


class MapState:
    """What tensor maps consist of."""

    __slots__ = {
        "__weakref__": None,
        "_arrays": None,
        "_blocks": None,
        "_handle": None,
        "_index": None,
        "_info": None,
        "_layout": None,
        "_lent": None,
        "_parent": None,
        "_structure": None,
        "keys": "Labels with one entry for each block.",
    }

    # None: not yet read from the handle, or made of the layout and arrays
    _blocks: list[BlockData] | None
    _arrays: Sequence[Any] | None  # of maps which were made of a layout
    _layout: MapLayout | None  # all labels, once an operation needed them
    _lent: CStructure | None  # all labels for C, once a function of C needed them
    _handle: _Handle | None  # equivalent C map, if there is one
    _info: MapInfo
    _index: KeyIndex
    _parent: Any  # what this view belongs to, None if this is not a view
    _structure: MapStructure | None  # everything but the arrays, once it was needed
    keys: Labels  # not there: not yet read from the handle


_set_keys, _set_blocks, _set_arrays, _set_layout, _set_handle, _set_info = (
    setter(MapState, name) for name in ("keys", "_blocks", "_arrays", "_layout", "_handle", "_info")
)
_set_index, _set_lent, _set_parent, _set_structure = (
    setter(MapState, name) for name in ("_index", "_lent", "_parent", "_structure")
)


@read_only_slots(keys="the keys of a tensor map can not be replaced")
class TensorMapBase(MapState):
    """Part of :py:class:`metatensor.TensorMap`: storage, and the pointer to the C map.

    Maps made in Python only have Python objects until C needs them. Maps made by C
    are read when it is first needed.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def keys(self) -> Labels:  # type: ignore[override]
            """Labels with one entry for each block."""

    def __getattr__(self, name: str) -> Any:
        # only called for slots which are empty, and for names which do not exist
        if name == "keys":
            keys = read_keys(self._existing_handle())
            _set_keys(self, keys)
            return keys
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def _has_keys(self) -> bool:
        """Whether the keys were read from the handle, or given."""
        try:
            object.__getattribute__(self, "keys")
        except AttributeError:
            return False
        return True

    def _reset(self, info: MapInfo, index: KeyIndex) -> None:
        """Have no content at all, but for the keys."""
        _set_blocks(self, None)
        _set_arrays(self, None)
        _set_layout(self, None)
        _set_lent(self, None)
        _set_handle(self, None)
        _set_info(self, info)
        _set_index(self, index)
        _set_parent(self, None)
        _set_structure(self, None)
        notice_libraries()

    def _empty(self) -> None:
        if self._has_keys():
            object.__delattr__(self, "keys")
        self._reset(MapInfo({}), KeyIndex())

    def _fill(
        self,
        keys: Labels,
        blocks: list[BlockData],
        info: Mapping[str, str],
        index: KeyIndex,
    ) -> None:
        for block in blocks:
            block.frozen = True
        self._reset(MapInfo(dict(info)), index)
        _set_keys(self, keys)
        _set_blocks(self, blocks)

    @classmethod
    def _from_data(
        cls,
        keys: Labels,
        blocks: list[BlockData],
        info: Mapping[str, str] | None = None,
        index: KeyIndex | None = None,
    ) -> Self:
        tensor = cls.__new__(cls)
        tensor._fill(keys, blocks, info or {}, index or KeyIndex())
        return tensor

    @classmethod
    def _from_parts(
        cls,
        keys: Labels,
        blocks: Iterable[TensorBlock],
        info: Mapping[str, str] | None = None,
    ) -> Self:
        """New map from consistent parts: nothing is checked."""
        return cls._from_data(keys, [block._data for block in blocks], info)

    @classmethod
    def _from_layout(cls, layout: MapLayout, arrays: Sequence[Any]) -> Self:
        """New map with the labels of a layout and the given leaves: nothing is checked.

        The caller gives ``arrays`` away. Blocks are made when they are first needed.
        """
        if len(arrays) != len(layout.samples):
            raise ValueError(f"got {len(arrays)} arrays for {len(layout.samples)} leaves")
        tensor = cls.__new__(cls)
        tensor._reset(MapInfo({}), layout.index)
        _set_keys(tensor, layout.keys)
        _set_arrays(tensor, arrays)
        _set_layout(tensor, layout)
        return tensor

    def _get_layout(self) -> MapLayout:
        """All labels of this map.

        :raises NotImplementedError: if there are gradients of gradients
        """
        if self._layout is None:
            self._layout = MapLayout.of(self.keys, self._loaded_blocks(), self._index)
        return self._layout

    def _first_labels(self) -> tuple[Labels, tuple[Labels, ...], Labels] | None:
        """Samples, components and properties of the first block, if there is one."""
        if self._blocks is None and self._layout is not None:
            layout = self._layout
            if not layout.properties:
                return None
            return layout.samples[0], layout.components[0], layout.properties[0]
        for block in self._loaded_blocks():
            return block.samples, block.components, block.properties
        return None

    def _leaves(self) -> list[Any]:
        """All arrays: for each block the values, then the gradients, depth first."""
        if self._arrays is not None:
            return list(self._arrays)
        output: list[Any] = []
        blocks = self._loaded_blocks()
        for block in blocks:
            block.leaves(output)
        if self._layout is not None and all(type(block) is BlockData for block in blocks):
            self._arrays = list(output)
        return output

    def _with_arrays(self, arrays: Sequence[Any], info: Mapping[str, str] | None = None) -> Self:
        """Same structure with other arrays, in the order of :py:meth:`_leaves`."""
        blocks = _convert.blocks_with_arrays(self._loaded_blocks(), arrays)
        return self._from_data(self.keys, blocks, info, self._index)

    def _loaded_blocks(self) -> list[BlockData]:
        if self._blocks is None:
            with _HANDLE_LOCK:
                # blocks which other threads already got must stay the same
                if self._blocks is None:
                    self._blocks = self._new_blocks()
        return self._blocks

    def pin_memory(self, device: Any = None) -> Self:
        """Copy to pinned memory, from where ``.to(device, non_blocking=True)`` does not wait.

        The thread of a :py:class:`torch.utils.data.DataLoader` with ``pin_memory=True`` calls
        this. Only tensors of torch are copied, keys and blocks; the info is kept.

        :param device: ignored, as for tensors
        :returns: ``self`` if everything is in pinned memory
        :raises RuntimeError: for tensors which are not on CPU, or without an accelerator
        """
        from ._pin import Pinning

        if self.is_pinned():
            return self
        pinning = Pinning()
        blocks = [pinning.block(block) for block in self._loaded_blocks()]
        return type(self)._from_data(pinning.labels(self.keys), blocks, self.info(), self._index)

    def is_pinned(self) -> bool:
        """Say if all tensors are in pinned memory; those without elements do not count."""
        from ._pin import are_pinned_labels, is_pinned_block

        return are_pinned_labels(self.keys) and all(map(is_pinned_block, self._loaded_blocks()))

    def _new_blocks(self) -> list[BlockData]:
        if self._arrays is None or self._layout is None:
            return read_blocks(self._existing_handle(), len(self.keys))
        return self._layout.fill(self._arrays)

    def _existing_handle(self) -> _Handle:
        if self._handle is None:
            raise released_error("mts_tensormap_free")
        return self._handle

    # --------------------------------------------------------------------- C pointers

    def _is_empty(self) -> bool:
        """Whether the content of this map was given away."""
        return self._handle is None and not self._has_keys()

    def as_mts_tensormap_t(self) -> Any:
        """Get a pointer to the corresponding C tensor map, which has the same arrays.

        The pointer is a ``ctypes.POINTER(mts_tensormap_t)``. It belongs to this map,
        and stays valid as long as this map.

        :raises ValueError: if this map was released
        """
        if self._handle is None and self._has_keys():
            handle = build_map(self.keys, self._loaded_blocks())
            with _HANDLE_LOCK:
                # pointers which other threads already got must stay valid
                if self._handle is None:
                    self._info.copy_to(handle)
                    self._handle = handle
        return self._existing_handle().ptr

    def release(self) -> Any:
        """Give the C tensor map away, as a ``ctypes.POINTER(mts_tensormap_t)``.

        The caller has to free it with ``mts_tensormap_free``. This map is empty
        afterwards.

        :raises RuntimeError: if this map is a view
        :raises ValueError: if this map was already released
        """
        return release_map(self)

    @classmethod
    def unsafe_from_ptr(cls, tensor: Any) -> Self:
        """Make a map which owns a C tensor map.

        :param tensor: non-NULL ``ctypes.POINTER(mts_tensormap_t)``
        """
        return cls._from_handle(_Handle(tensor, "mts_tensormap_free"), None)

    @classmethod
    def unsafe_view_from_ptr(cls, tensor: Any, parent: Any) -> Self:
        """Make a view of a C tensor map which belongs to ``parent``.

        :param tensor: non-NULL ``ctypes.POINTER(mts_tensormap_t)``
        :param parent: object owning the memory, kept alive by the view
        """
        if parent is None:
            raise AssertionError("a view must have a parent")
        handle = _Handle(tensor, "mts_tensormap_free", parent)
        return cls._from_handle(handle, parent)

    # old spelling, used by other packages
    _from_ptr = unsafe_from_ptr

    @classmethod
    def _from_handle(cls, handle: _Handle, parent: Any) -> Self:
        tensor = cls.__new__(cls)
        tensor._empty()
        tensor._handle = handle
        tensor._parent = parent
        return tensor
