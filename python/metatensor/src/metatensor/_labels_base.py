"""The state of labels, and their exchange with the C library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from . import _labels_core as core
from ._arrays import Array, Engine
from ._attributes import read_only_slots, setter
from ._handle import _Handle, released_error
from ._pytrees import notice_libraries

if TYPE_CHECKING:
    from typing_extensions import Self


class LabelsState:
    """What labels consist of, before they become labels."""

    __slots__ = {
        "__weakref__": None,
        "_dims": None,
        "_engine": None,
        "_handle": None,
        "_hash": None,
        "_released": None,
        "_values": """2-D array of int32, ``(entries, dimensions)``; read-only for numpy arrays.

        This is always the same object. torch tensors can not be read-only: do not write
        to them.
        """,
    }

    _dims: core.Dimensions
    _values: Any
    _engine: Engine
    # made when C needs it, or to check that entries are unique
    _handle: Optional[_Handle]
    _released: bool
    # of the names and entries, computed when these labels are part of a pytree
    _hash: Optional[int]


_set_dims, _set_engine, _set_handle, _set_hash, _set_released, _set_values = (
    setter(LabelsState, name)
    for name in ("_dims", "_engine", "_handle", "_hash", "_released", "_values")
)


@read_only_slots(values="the values of labels can not be replaced")
class LabelsBase(LabelsState):
    """Part of :py:class:`metatensor.Labels`: storage, and the pointer to C labels."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def values(self) -> Array:
            """2-D array of int32, ``(entries, dimensions)``."""

    else:
        # the slot itself, with another name
        values = LabelsState._values

    def _fill(
        self, dims: core.Dimensions, values: Any, engine: Engine, handle: Optional[_Handle]
    ) -> None:
        _set_released(self, False)
        _set_hash(self, None)
        _set_handle(self, handle)
        _set_dims(self, dims)
        _set_values(self, values)
        _set_engine(self, engine)

    @classmethod
    def _from_parts(
        cls,
        dims: core.Dimensions,
        values: Any,
        engine: Engine,
        handle: Optional[_Handle] = None,
    ) -> Self:
        """Make labels out of values which are known to be valid, unique and private."""
        notice_libraries()
        labels = cls.__new__(cls)
        labels._fill(dims, values, engine, handle)
        return labels

    @classmethod
    def _from_slices(
        cls, dims: core.Dimensions, values: Any, ranges: list[tuple[int, int]], engine: Engine
    ) -> list[Self]:
        """Many labels made of rows of one array, as :py:meth:`_from_parts` does."""
        notice_libraries()
        output: list[Any] = []
        # written out: calling functions to make these objects takes as long as the rest
        for start, end in ranges:
            labels = LabelsState()
            labels._released = False
            labels._hash = None
            labels._handle = None
            labels._dims = dims
            labels._values = values[start:end]
            labels._engine = engine
            labels.__class__ = cls
            output.append(labels)
        return output

    @classmethod
    def _from_owned_ptr(cls, ptr: Any) -> Self:
        """Make labels which take over one reference to C labels."""
        handle = _Handle(ptr, "mts_labels_free")
        return cls._from_parts(*core.recover(handle), handle)

    def _check(self) -> None:
        """Raise a ``RuntimeError`` if these labels were released."""
        if self._released:
            raise released_error("mts_labels_free")

    def __len__(self) -> int:
        self._check()
        return int(self._values.shape[0])

    # -------------------------------------------------------------------- conversion
    def as_mts_labels_t(self) -> Any:
        """Pointer to the C labels, still owned by this object.

        :raises RuntimeError: if these labels were released
        """
        self._check()
        handle = self._handle
        if handle is None:
            array = core.labels_array(self._values)
            handle = core.make_handle(self._dims, array, check_unique=False)
            handle = core.set_once(self, handle)
        return handle.ptr

    #: Old spelling of :py:meth:`as_mts_labels_t`
    _as_mts_labels_t = as_mts_labels_t

    @classmethod
    def unsafe_from_ptr(cls, labels: Any) -> Self:
        """Make labels out of a pointer to C labels, taking ownership of it.

        :param labels: non-NULL ``ctypes.POINTER(mts_labels_t)``

        :raises AssertionError: if the pointer is NULL
        """
        return cls._from_owned_ptr(labels)

    def release(self) -> Any:
        """Give the C labels away: the caller must free them.

        These labels can no longer be used afterwards.

        :raises RuntimeError: if these labels were already released
        """
        # copies of these labels may share the handle
        ptr = core.clone(self.as_mts_labels_t())
        self._released = True
        self._handle = None
        return ptr
