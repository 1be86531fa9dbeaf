"""What blocks hold, apart from the objects users see.

A :py:class:`BlockData` is shared by every :py:class:`metatensor.TensorBlock` showing
it (the block itself, views of it, blocks of a map) and only holds Python objects. A
:py:class:`CBlockData` starts as a pointer to a block of the C library and becomes the
same thing piece by piece, when a piece is asked for.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from typing import Any

from . import _c_api
from ._arrays import find_engine
from ._arrays._base import DLPackDevice
from ._c_lib import _get_library
from ._data import (
    create_mts_array,
    mts_array_to_python_array,
    mts_array_was_allocated_by_python,
)
from ._handle import _Handle, released_error
from ._labels import Labels
from ._status import check_pointer

# reentrant: finalisers may run anywhere
_HANDLE_LOCK = threading.RLock()


class BlockData:
    """Values, labels and gradients of a block.

    ``external`` says that the values belong to the C library and need a wrapper each
    time they are shown; ``frozen`` that the block is part of something else, and may
    not get new gradients; ``handle`` owns the equivalent C block, if one was needed.
    """

    __slots__ = (
        "__weakref__",
        "components",
        "external",
        "frozen",
        "gradients",
        "handle",
        "properties",
        "samples",
        "values",
    )

    values: Any
    samples: Labels
    components: tuple[Labels, ...]
    properties: Labels
    gradients: dict[str, BlockData]
    external: bool
    frozen: bool
    handle: _Handle | None

    def __init__(
        self,
        values: Any,
        samples: Labels,
        components: tuple[Labels, ...],
        properties: Labels,
        gradients: dict[str, BlockData],
    ) -> None:
        self.values = values
        self.samples = samples
        self.components = components
        self.properties = properties
        self.gradients = gradients
        self.external = False
        self.frozen = False
        self.handle = None

    def external_values(self, parent: Any) -> Any:
        """Values wrapped for ``parent``; only different for external arrays."""
        return self.values

    def pointer(self) -> Any:
        """The equivalent C block, still owned by this object."""
        if self.handle is None:
            handle = _Handle(build_block(self), "mts_block_free")
            with _HANDLE_LOCK:
                # pointers which other threads already got must stay valid
                if self.handle is None:
                    self.handle = handle
        return self.handle.ptr

    def existing_pointer(self) -> Any | None:
        """The equivalent C block if there is one."""
        return None if self.handle is None else self.handle.ptr

    def add_gradient(self, parameter: str, gradient: BlockData) -> None:
        """Add a gradient, which was checked before, here and in our C block."""
        ptr = self.existing_pointer()
        if ptr is not None:
            _get_library().mts_block_add_gradient(
                ptr, parameter.encode("utf8"), build_block(gradient)
            )
        self.gradients[parameter] = gradient

    def refresh_gradients(self) -> None:
        """Notice the gradients added by the users of our C block, if there is one."""
        if self.handle is not None:
            _read_gradients(self.gradients, self.handle.ptr, self.handle, {})

    def leaves(self, output: list[Any]) -> None:
        """Append all arrays to ``output``, in canonical order."""
        output.append(self.values)
        for gradient in self.gradients.values():
            gradient.leaves(output)

    def with_arrays(self, arrays: Iterator[Any]) -> BlockData:
        """Same structure with the next arrays of ``arrays``, in canonical order."""
        values = next(arrays)
        gradients = self.gradients
        if gradients:
            gradients = {name: gradient.with_arrays(arrays) for name, gradient in gradients.items()}
        return BlockData(values, self.samples, self.components, self.properties, dict(gradients))

    def shell(self) -> BlockData:
        """Same content in a new object."""
        return BlockData(
            self.values,
            self.samples,
            self.components,
            self.properties,
            {name: data.shell() for name, data in self.gradients.items()},
        )


class ReleasedBlockData(BlockData):
    """Content of a block which gave its pointer away: nothing."""

    __slots__ = ()

    def __init__(self) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        raise released_error("mts_block_free")


RELEASED = ReleasedBlockData()


class CBlockData(BlockData):
    """Content of a block of the C library, read on first use.

    ``owner`` is the handle which keeps the pointer valid; ``labels`` gives one Python
    object to labels which are one object for C, and is shared by all blocks of a map.
    """

    __slots__ = ("_ptr", "labels", "owner", "shared")

    _ptr: Any
    owner: Any  # None once everything was read
    labels: dict[int, Labels]
    shared: bool  # could somebody else add gradients to the C block?

    def __init__(self, ptr: Any, owner: _Handle, labels: dict[int, Labels]) -> None:
        self._ptr = ptr
        self.owner = owner
        self.labels = labels
        self.shared = False
        self.frozen = False
        self.handle = None

    def __getattr__(self, name: str) -> Any:
        # only called for the slots which are still empty
        if name in {"values", "external"}:
            return self._read_values(name)
        if name in {"samples", "components", "properties"}:
            self._read_labels()
            return getattr(self, name)
        if name == "gradients":
            self.gradients = _read_gradients({}, self.pointer(), self.owner, self.labels)
            return self.gradients
        raise AttributeError(name)

    def pointer(self) -> Any:
        if self._ptr is None:
            return super().pointer()
        self.owner.ptr  # noqa: B018  (raises if this was given away)
        return self._ptr

    def existing_pointer(self) -> Any | None:
        return super().existing_pointer() if self._ptr is None else self.pointer()

    def refresh_gradients(self) -> None:
        if self._ptr is None:
            super().refresh_gradients()
        elif self.shared:
            _read_gradients(self.gradients, self.pointer(), self.owner, self.labels)

    def leave_owner(self) -> None:
        """Forget the C block, once everything was read and belongs to Python."""
        self._ptr = None
        self.owner = None

    def external_values(self, parent: Any) -> Any:
        return mts_array_to_python_array(self._raw_values(), parent=parent)

    def load(self) -> None:
        """Read everything that Python can own, except inside of gradients."""
        self.samples  # noqa: B018
        self.external  # noqa: B018
        self.gradients  # noqa: B018

    def _raw_values(self) -> _c_api.mts_array_t:
        raw = _c_api.mts_array_t()
        _get_library().mts_block_data(self.pointer(), raw)
        return raw

    def _read_values(self, name: str) -> Any:
        raw = self._raw_values()
        self.external = not mts_array_was_allocated_by_python(raw)
        if not self.external:
            self.values = mts_array_to_python_array(raw)
            return getattr(self, name)
        if name == "external":
            return True
        # not kept: the wrapper refers to its parent, which may refer to us
        return mts_array_to_python_array(raw, parent=self)

    def _read_labels(self) -> None:
        lib = _get_library()
        ptr = self.pointer()
        raw = self._raw_values()
        shape = ctypes.POINTER(_c_api.c_uintptr_t)()
        ndim = _c_api.c_uintptr_t()
        raw.shape(raw.ptr, shape, ndim)

        axes = [
            _shared_labels(lib.mts_block_labels(ptr, axis), self.labels)
            for axis in range(ndim.value)
        ]
        self.components = tuple(axes[1:-1])
        self.properties = axes[-1]
        self.samples = axes[0]


def _shared_labels(ptr: Any, known: dict[int, Labels]) -> Labels:
    """The Python labels for ``ptr``, which is adopted."""
    address = ctypes.addressof(ptr.contents)
    labels = known.get(address)
    if labels is None:
        labels = Labels.unsafe_from_ptr(ptr)
        known[address] = labels
    else:
        _get_library().mts_labels_free(ptr)
    return labels


def build_block(data: BlockData) -> Any:
    """Make a new C block around the arrays of ``data``, owned by the caller."""
    lib = _get_library()
    components = data.components
    # the array belongs to C as soon as it exists: everything else must be ready
    samples_ptr = data.samples.as_mts_labels_t()
    properties_ptr = data.properties.as_mts_labels_t()
    components_ptr = (ctypes.POINTER(_c_api.mts_labels_t) * len(components))(
        *[component.as_mts_labels_t() for component in components]
    )

    ptr = lib.mts_block(
        create_mts_array(data.values, _visible_device(data)),
        samples_ptr,
        components_ptr,
        len(components),
        properties_ptr,
    )
    check_pointer(ptr)
    try:
        for parameter, gradient in data.gradients.items():
            lib.mts_block_add_gradient(ptr, parameter.encode("utf8"), build_block(gradient))
    except BaseException:
        lib.mts_block_free(ptr)
        raise
    return ptr


def _visible_device(data: BlockData) -> DLPackDevice | None:
    """The device of the labels, for arrays which may be on another one."""
    engine = find_engine(data.values)
    if engine is None or not engine.host_labels:
        return None
    samples = data.samples
    return samples._engine.dlpack_device(samples.values)


def c_strings(get: Any, ptr: Any) -> list[str]:
    """List of strings given by a function of the C library."""
    strings = ctypes.POINTER(ctypes.c_char_p)()
    count = _c_api.c_uintptr_t()
    get(ptr, strings, count)
    return [strings[i].decode("utf8") for i in range(count.value)]


def _read_gradients(
    known: dict[str, BlockData], ptr: Any, owner: _Handle, labels: dict[int, Labels]
) -> dict[str, BlockData]:
    """Add the gradients of a C block to those which are already ``known``."""
    lib = _get_library()
    for parameter in c_strings(lib.mts_block_gradients_list, ptr):
        if parameter not in known:
            gradient = ctypes.POINTER(_c_api.mts_block_t)()
            lib.mts_block_gradient(ptr, parameter.encode("utf8"), gradient)
            known[parameter] = CBlockData(gradient, owner, labels)
    return known
