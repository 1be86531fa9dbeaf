"""The state of blocks, and their exchange with the C library."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import _convert
from ._block_data import RELEASED, BlockData, CBlockData
from ._handle import _Handle
from ._labels import Labels
from ._ownership import release_block
from ._pytrees import notice_libraries

if TYPE_CHECKING:
    from typing_extensions import Self


class TensorBlockBase:
    """Part of :py:class:`metatensor.TensorBlock`: storage, and the pointer to the C block.

    A block only refers to its content, which other blocks may show as well.
    """

    __slots__ = ("__weakref__", "_data", "_parent", "_title", "_values")

    _data: BlockData
    _values: Any  # the values, once they were read; never there for external arrays
    _parent: Any  # what this view belongs to, None if this is not a view
    _title: str | None  # parameters leading to this gradient, None (or empty) for other blocks

    def __getattr__(self, name: str) -> Any:
        # only called for slots which are empty, and for names which do not exist
        if name == "_values":
            data = self._data
            if data.external:
                return data.external_values(self)
            self._values = data.values
            return self._values
        if name == "_title":
            return None
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def _forget(self) -> None:
        """Become an empty block, once its content was given away."""
        self._data = RELEASED
        with contextlib.suppress(AttributeError):
            del self._values

    @classmethod
    def _show(cls, data: BlockData, parent: Any = None, title: str | None = None) -> Self:
        """Block object for some ``data``: a view if there is a ``parent``."""
        block = cls.__new__(cls)
        block._data = data
        block._parent = parent
        block._title = title
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
