"""numpy arrays over memory of the C library."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt
from ctypes_dlpack import DLPackArray

_READ_ONLY = 1
_CODES = {"i": 0, "u": 1, "f": 2, "c": 5, "b": 6}
_NAMES = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
#: dtypes which are the same in numpy and DLPack, in native byte order
DTYPES = [np.dtype(name) for name in _NAMES]
_TYPE_STRINGS = {(_CODES[dtype.kind], 8 * dtype.itemsize): dtype.str for dtype in DTYPES}


def packed_dtype(dtype: np.dtype[Any]) -> int:
    """The bytes of a ``DLDataType`` as one integer."""
    code, bits, lanes = _CODES[dtype.kind], 8 * dtype.itemsize, 1
    if sys.byteorder == "big":
        return code << 24 | bits << 16 | lanes
    return code | bits << 8 | lanes << 16


class _Memory:
    """Tells numpy about memory, and owns it: arrays using the memory keep this object."""

    __slots__ = ("__array_interface__", "_owners")

    def __init__(self, interface: dict[str, Any], *owners: Any) -> None:
        self.__array_interface__ = interface
        self._owners = owners


def from_tensor(tensor: Any, keepalive: Any = None) -> npt.NDArray[Any]:
    """Make a numpy array using the memory of a tensor in main memory.

    ``numpy.from_dlpack`` gives arrays which can not be written to before numpy 2.1, and
    takes three times longer.

    :param tensor: pointer to a ``DLManagedTensorVersioned``, which is adopted
    :param keepalive: object which lives as long as the memory is used
    """
    exporter = DLPackArray(tensor)
    managed = tensor.contents
    content = managed.dl_tensor
    dtype = content.dtype
    type_string = _TYPE_STRINGS.get((int(dtype.code), dtype.bits))
    if type_string is None or dtype.lanes != 1:
        # raises the error of numpy
        return np.from_dlpack(exporter)
    ndim = content.ndim
    strides = None
    if content.strides:
        size = dtype.bits // 8
        strides = tuple([stride * size for stride in content.strides[:ndim]])
    shape = tuple(content.shape[:ndim])
    if not content.data:
        # numpy takes this for an array without memory
        return np.empty(shape, type_string)
    interface = {
        "version": 3,
        "shape": shape,
        "typestr": type_string,
        "strides": strides,
        "data": (content.data + content.byte_offset, bool(managed.flags & _READ_ONLY)),
    }
    return np.asarray(_Memory(interface, exporter, keepalive))
