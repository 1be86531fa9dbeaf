"""Ownership of the objects of the C library."""

import sys
from typing import Any, Callable, Optional

from ._c_lib import _get_library

_RELEASED: dict[str, tuple[type[Exception], str]] = {
    "mts_labels_free": (
        RuntimeError,
        "these Labels were released, and can no longer be used",
    ),
    "mts_block_free": (
        ValueError,
        "this block was released or moved, and can no longer be used",
    ),
    "mts_tensormap_free": (
        ValueError,
        "this tensor map was released or moved, and can no longer be used",
    ),
}


def released_error(free_function_name: str) -> Exception:
    """The error for using an object after its pointer was given away."""
    kind, message = _RELEASED[free_function_name]
    return kind(message)


class _Handle:
    """Owner of one pointer given by the C library.

    The pointer is freed with the handle, unless :py:meth:`release` was called. A
    *view* does not own its pointer, but keeps the object which does.

    :param ptr: non-NULL ctypes pointer
    :param free_function_name: name of the C function which frees ``ptr``
    :param parent: if not ``None``, owner of the memory: this handle is then a view,
        and never frees ``ptr``
    """

    __slots__ = ("__weakref__", "_free", "_kind", "_parent", "_ptr")

    _ptr: Any
    _free: Optional[Callable[[Any], None]]

    def __init__(self, ptr: Any, free_function_name: str, parent: Any = None) -> None:
        # set before anything which can fail, for `__del__`
        self._ptr = None
        self._free = None
        self._parent = parent
        self._kind = free_function_name
        if not ptr:
            raise AssertionError("can not create an object from a NULL pointer")
        if parent is None:
            self._free = getattr(_get_library(), free_function_name)
        self._ptr = ptr

    @property
    def ptr(self) -> Any:
        """Pointer, still owned by this handle.

        :raises RuntimeError: for labels which were released
        :raises ValueError: for blocks and tensor maps which were released or moved
        """
        ptr = self._ptr
        if ptr is None:
            raise released_error(self._kind)
        return ptr

    @property
    def is_view(self) -> bool:
        """Say if the pointer is owned by something else."""
        return self._parent is not None

    @property
    def parent(self) -> Any:
        """Object kept alive by this view, ``None`` if this handle is no view."""
        return self._parent

    def release(self) -> Any:
        """Give the pointer away: the caller must free it.

        :raises RuntimeError: if this handle is a view, or holds released labels
        :raises ValueError: if this handle holds a released block or tensor map
        """
        if self._parent is not None:
            raise RuntimeError("can not release a view: it does not own its memory")
        ptr = self._ptr
        if ptr is None:
            raise released_error(self._kind)
        self._ptr = None
        return ptr

    def __bool__(self) -> bool:
        return self._ptr is not None

    def __del__(self, _finalizing: Callable[[], bool] = sys.is_finalizing) -> None:
        try:
            ptr, free = self._ptr, self._free
        except AttributeError:  # `__init__` did not run
            return
        # At shutdown, callbacks into Python are not safe: the system takes it all back
        if ptr is not None and free is not None and not _finalizing():
            self._ptr = None
            free(ptr)
