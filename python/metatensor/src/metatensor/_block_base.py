"""The state of blocks, and their exchange with the C library."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import _convert
from ._attributes import read_only_slots, setter
from ._block_data import RELEASED, BlockData, CBlockData
from ._handle import _Handle
from ._labels import Labels
from ._ownership import release_block
from ._pytrees import notice_libraries

if TYPE_CHECKING:
    from typing_extensions import Self


class BlockState:
    """What blocks consist of, before they become blocks.

    The values and labels are also in the ``_data``; they are here once they were read,
    except for external arrays.
    """

    __slots__ = {  # noqa: RUF023
        "__weakref__": None,
        "_data": None,
        "_parent": None,
        "_title": None,
        "values": """Array given when creating the block, shape ``(samples, ..., properties)``.

        It can not be replaced, but its content can: ``block.values[:] = 3``.
        """,
        "samples": "Labels of the first axis.",
        "properties": "Labels of the last axis.",
    }

    _data: BlockData
    _parent: Any  # what this view belongs to, None if this is not a view
    _title: str | None  # parameters leading to this gradient, None (or empty) for other blocks
    values: Any
    samples: Labels
    properties: Labels


_set_data, _set_parent, _set_title, _set_values, _set_samples, _set_properties = (
    setter(BlockState, name)
    for name in ("_data", "_parent", "_title", "values", "samples", "properties")
)
_NO_SETTER = "the {} of a block can not be replaced"


@read_only_slots(
    values="can not replace the values of a block, change their content instead with "
    "`block.values[:] = new_values`",
    samples=_NO_SETTER.format("samples"),
    properties=_NO_SETTER.format("properties"),
)
class TensorBlockBase(BlockState):
    """Part of :py:class:`metatensor.TensorBlock`: storage, and the pointer to the C block.

    A block only refers to its content, which other blocks may show as well.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def values(self) -> Any:
            """Array given when creating the block."""

        @property
        def samples(self) -> Labels:  # type: ignore[override]
            """Labels of the first axis."""

        @property
        def properties(self) -> Labels:  # type: ignore[override]
            """Labels of the last axis."""

    def __getattr__(self, name: str) -> Any:
        # only called for slots which are empty, and for names which do not exist
        if name == "values":
            data = self._data
            if data.external:
                return data.external_values(self)
            _set_values(self, data.values)
            return data.values
        if name == "samples":
            _set_samples(self, self._data.samples)
            return self._data.samples
        if name == "properties":
            _set_properties(self, self._data.properties)
            return self._data.properties
        if name == "_title":
            return None
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def _forget(self) -> None:
        """Become an empty block, because its content was given away, or is still to come."""
        _set_data(self, RELEASED)
        _set_parent(self, None)
        _set_title(self, None)
        for name in ("values", "samples", "properties"):
            with contextlib.suppress(AttributeError):
                object.__delattr__(self, name)

    def _fill(
        self, values: Any, samples: Labels, components: tuple[Labels, ...], properties: Labels
    ) -> None:
        """Get a content, which was checked before."""
        _set_data(self, BlockData(values, samples, components, properties, {}))
        _set_parent(self, None)
        _set_values(self, values)
        _set_samples(self, samples)
        _set_properties(self, properties)

    @classmethod
    def _show(cls, data: BlockData, parent: Any = None, title: str | None = None) -> Self:
        """Block object for some ``data``: a view if there is a ``parent``."""
        block = cls.__new__(cls)
        _set_data(block, data)
        if not data.external:
            _set_values(block, data.values)
        _set_parent(block, parent)
        _set_title(block, title)
        return block

    @classmethod
    def _from_parts(
        cls,
        values: Any,
        samples: Labels,
        components: Iterable[Labels],
        properties: Labels,
        gradients: Iterable[tuple[str, TensorBlockBase]] = (),
    ) -> Self:
        """New block from consistent parts: nothing is checked."""
        contents = {parameter: gradient._data for parameter, gradient in gradients}
        for content in contents.values():
            content.frozen = True
        return cls._show(BlockData(values, samples, tuple(components), properties, contents))

    def _leaves(self) -> list[Any]:
        """All arrays: the values, then those of each gradient, depth first."""
        self._data.refresh_gradients()
        output: list[Any] = []
        self._data.leaves(output)
        return output

    def _with_arrays(self, arrays: Sequence[Any]) -> Self:
        """Same structure with other arrays, in the order of :py:meth:`_leaves`."""
        return self._show(_convert.blocks_with_arrays([self._data], arrays)[0])

    # --------------------------------------------------------------------- C pointers

    def as_mts_block_t(self) -> Any:
        """Get a pointer to the corresponding C block, which owns the same arrays.

        The pointer is a ``ctypes.POINTER(mts_block_t)``. It belongs to this block, and
        stays valid as long as this block.

        :raises ValueError: if this block was released
        """
        data = self._data
        ptr = data.pointer()
        if isinstance(data, CBlockData):
            data.shared = True
        return ptr

    def release(self) -> Any:
        """Give the C block away, as a ``ctypes.POINTER(mts_block_t)``.

        The caller has to free it with ``mts_block_free``. This block is empty
        afterwards.

        :raises RuntimeError: if this block is a view
        :raises ValueError: if this block was already released
        """
        return release_block(self)

    @classmethod
    def unsafe_from_ptr(cls, block: Any) -> Self:
        """Make a block which owns a C block.

        :param block: non-NULL ``ctypes.POINTER(mts_block_t)``
        """
        notice_libraries()
        handle = _Handle(block, "mts_block_free")
        return cls._show(CBlockData(block, handle, {}))

    @classmethod
    def unsafe_view_from_ptr(cls, ptr: Any, parent: Any) -> Self:
        """Make a view of the C block at ``ptr``, which belongs to ``parent``.

        :param ptr: non-NULL ``ctypes.POINTER(mts_block_t)``
        :param parent: object owning the memory, kept alive by the view
        """
        if parent is None:
            raise AssertionError("a view must have a parent")
        handle = _Handle(ptr, "mts_block_free", parent)
        data = CBlockData(ptr, handle, {})
        data.shared = True
        return cls._show(data, parent)
