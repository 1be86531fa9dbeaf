"""numpy arrays over memory of the C library."""

from __future__ import annotations

import ctypes
import functools
import struct
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from ctypes_dlpack import DLManagedTensorVersioned, DLPackArray

_READ_ONLY = 1
_CODES = {"i": 0, "u": 1, "f": 2, "c": 5, "b": 6}
_NAMES = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
#: dtypes which are the same in numpy and DLPack, in native byte order
DTYPES = [np.dtype(name) for name in _NAMES]
_FROM_DLPACK = {(_CODES[dtype.kind], 8 * dtype.itemsize): dtype for dtype in DTYPES}


def packed_dtype(dtype: np.dtype[Any]) -> int:
    """The bytes of a ``DLDataType`` as one integer."""
    code, bits, lanes = _CODES[dtype.kind], 8 * dtype.itemsize, 1
    if sys.byteorder == "big":
        return code << 24 | bits << 16 | lanes
    return code | bits << 8 | lanes << 16


# Fields of `DLManagedTensorVersioned`: version, context, deleter, flags, data, device,
# number of dimensions, dtype, shape, strides and offset. Reading them one by one with
# ctypes takes longer than everything else.
_TENSOR = struct.Struct("@IIPPQPiiiBBHPPQ")
_TENSOR_SIZE = _TENSOR.size
_TENSOR_POINTER = ctypes.POINTER(DLManagedTensorVersioned)
_DELETER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_LARGEST_ADDRESS = sys.maxsize // 2


@functools.lru_cache(maxsize=64)
def _deleter(address: int) -> Callable[[int], None]:
    return _DELETER(address)


# ctypes checks nothing but the bounds of arrays: all memory is one of these
_ALL_MEMORY: Any = (ctypes.c_char * sys.maxsize).from_address(0)


def bytes_at(address: int, size: int) -> bytes:
    """Copy bytes from memory: ``ctypes.string_at`` takes twice as long."""
    if address > _LARGEST_ADDRESS:
        return ctypes.string_at(address, size)
    content: bytes = _ALL_MEMORY[address : address + size]
    return content


def delete_tensor(address: int) -> None:
    """Delete a ``DLManagedTensorVersioned``."""
    deleter = _TENSOR.unpack(bytes_at(address, _TENSOR_SIZE))[3]
    if deleter:
        _deleter(deleter)(address)


class _Memory(ctypes.Array):  # type: ignore[type-arg]
    """Memory of a tensor: arrays using the memory keep this object.

    Numpy checks that its arrays fit in there. Their sizes are known to be right, so that
    a single type which is large enough does for all of them.
    """

    __slots__ = ("address", "deleter", "keepalive")
    _type_ = ctypes.c_char
    _length_ = sys.maxsize

    address: int
    deleter: int
    keepalive: Any

    def __del__(self) -> None:
        if self.deleter:
            _deleter(self.deleter)(self.address)


class _Layout(NamedTuple):
    """How elements are placed in memory; ``strides`` is ``None`` if they are row-major."""

    shape: tuple[int, ...]
    strides: tuple[int, ...] | None
    goes_back: bool


@functools.lru_cache(maxsize=1024)
def _layout(shape: bytes, strides: bytes | None, size: int) -> _Layout:
    """Layout of elements of this size, from the integers of DLPack."""
    integers = struct.Struct(f"={len(shape) // 8}q")
    if strides is None:
        return _Layout(integers.unpack(shape), None, False)
    steps = integers.unpack(strides)
    return _Layout(
        integers.unpack(shape),
        tuple([size * step for step in steps]),
        any(step < 0 for step in steps),
    )


def from_tensor(address: int, keepalive: Any = None) -> npt.NDArray[Any]:
    """Make a numpy array using the memory of a tensor in main memory.

    ``numpy.from_dlpack`` gives arrays which can not be written to before numpy 2.1, and
    takes three times longer.

    :param address: of a ``DLManagedTensorVersioned``, which is adopted
    :param keepalive: object which lives as long as the memory is used
    """
    fields = _TENSOR.unpack(bytes_at(address, _TENSOR_SIZE))
    _, _, _, deleter, flags, data, _, _, ndim, code, bits, lanes, shape, strides, offset = fields
    dtype = _FROM_DLPACK.get((code, bits))
    layout = _layout(
        bytes_at(shape, 8 * ndim), bytes_at(strides, 8 * ndim) if strides else None, bits // 8
    )
    if dtype is None or lanes != 1 or not data or layout.goes_back:
        # no memory, nothing that numpy takes from a buffer, or its own error
        tensor = ctypes.cast(address, _TENSOR_POINTER)
        return np.from_dlpack(DLPackArray(tensor, keepalive=keepalive))
    memory: Any = _Memory.from_address(data + offset)
    memory.address = address
    memory.deleter = deleter
    if keepalive is not None:
        memory.keepalive = keepalive
    if layout.strides is None:
        array: npt.NDArray[Any] = np.ndarray(layout.shape, dtype, memory)
    else:
        array = np.ndarray(layout.shape, dtype, memory, 0, layout.strides)
    if flags & _READ_ONLY:
        array.flags.writeable = False
    return array
