"""numpy arrays as arrays implemented by the C library, which never calls back."""

from __future__ import annotations

import ctypes
import itertools
import weakref
from array import array as packed_array
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from ctypes_dlpack import DLDataType, DLManagedTensorVersioned

from .._c_api import c_uintptr_t, mts_array_t
from .._c_lib import _get_library
from ._memory import DTYPES, bytes_at, delete_tensor, from_tensor, packed_dtype

_PACKED = {dtype: packed_dtype(dtype) for dtype in DTYPES}
_DTYPES_POINTER = ctypes.POINTER(DLDataType)
_BYTE = ctypes.c_char
_TENSORS_POINTER = ctypes.POINTER(ctypes.POINTER(DLManagedTensorVersioned))
_INT32 = DLDataType(0, 32, 1)
#: Code of ``array.array`` for sizes and pointers
SIZE_CODE = "Q" if ctypes.sizeof(c_uintptr_t) == 8 else "I"
#: Values are copied faster than memory is shared up to this number of them
_LARGEST_COPY = 1 << 13
_NO_RELEASE_ONE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, c_uintptr_t)(0)
_NO_RELEASE_ALL = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(0)


def lend(arrays: Sequence[Any]) -> Any:
    """Make a ``mts_array_t`` using the memory of each of the numpy arrays.

    The arrays must be kept as long as C uses their memory.

    :returns: ctypes array of ``mts_array_t``, to be given to the C library; or ``None``
        if one of the arrays is of another kind: not exactly numpy, or of a dtype or with
        strides that DLPack does not have
    """
    count = len(arrays)
    if any(kind is not np.ndarray for kind in set(map(type, arrays))):
        return None
    dtypes = _packed_dtypes(arrays)
    if dtypes is None:
        return None
    shapes = [a.shape for a in arrays]
    dimensions = c_array(c_uintptr_t, SIZE_CODE, map(len, shapes))
    sizes = c_array(c_uintptr_t, SIZE_CODE, itertools.chain.from_iterable(shapes))
    memory = _memory(arrays)
    strides = _strides(arrays) if memory.strided else []
    if strides is None:
        return None
    output = (mts_array_t * count)()
    _get_library().mts_arrays_from_memory(
        c_array(ctypes.c_void_p, SIZE_CODE, memory.pointers),
        dimensions,
        ctypes.cast(dtypes, _DTYPES_POINTER),
        count,
        sizes,
        len(sizes),
        c_array(ctypes.c_int64, "q", strides) if memory.strided else None,
        (ctypes.c_uint8 * count)(*memory.read_only),
        None,
        _NO_RELEASE_ONE,
        _NO_RELEASE_ALL,
        output,
    )
    return output


def c_array(kind: Any, code: str, values: Iterable[int]) -> Any:
    """Make a ctypes array of integers; ``code`` is the same type for ``array.array``.

    Four times faster than to give the integers to ctypes.
    """
    content = packed_array(code, values)
    return (kind * len(content)).from_buffer(content)


def _packed_dtypes(arrays: Sequence[Any]) -> Any:
    """Make a ctypes array of the dtypes, ``None`` if DLPack does not have one of them."""
    dtypes = [a.dtype for a in arrays]
    if not _PACKED.keys() >= set(dtypes):
        return None
    return c_array(ctypes.c_uint32, "I", [_PACKED[dtype] for dtype in dtypes])


class _Memory(NamedTuple):
    pointers: list[int]
    read_only: list[bool]  # empty if no array is
    strided: bool


def _memory(arrays: Sequence[Any]) -> _Memory:
    """Where the elements of all arrays are."""
    address, view = ctypes.addressof, _BYTE.from_buffer
    try:
        # three times faster than the dict which describes the array; not possible for
        # empty arrays, those which are read-only, and those which are not contiguous
        return _Memory([address(view(a)) for a in arrays], [], False)
    except (TypeError, ValueError, BufferError):
        pass
    memory = _Memory([], [], not all(a.flags.c_contiguous for a in arrays))
    for a in arrays:
        if a.flags.carray and a.size != 0:
            memory.pointers.append(address(view(a)))
            memory.read_only.append(False)
        else:
            pointer, locked = a.__array_interface__["data"]
            memory.pointers.append(pointer)
            memory.read_only.append(locked)
    return memory


# Memory given to the C library for longer than a call, by a number for each time
_KEPT: dict[int, Any] = {}
_NUMBERS = itertools.count(1)
_RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_KEPT.pop)
# Values of labels which are alive, by the address of their memory
_VALUES: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()


def give_labels(values: npt.NDArray[np.int32]) -> mts_array_t | None:
    """Make a ``mts_array_t`` using the memory of the values of labels, and keeping them.

    :param values: contiguous, two-dimensional and never changed
    :returns: ``None`` if the C library only has the released functions
    """
    lib = _get_library()
    if not hasattr(lib, "mts_array_from_memory"):
        return None
    number = next(_NUMBERS)
    _KEPT[number] = values
    address: int = values.__array_interface__["data"][0]
    if values.size != 0:
        _VALUES[address] = values
    output = mts_array_t()
    # released by C, also on failure
    lib.mts_array_from_memory(
        address,
        (c_uintptr_t * 2)(*values.shape),
        2,
        None,
        _INT32,
        True,
        number,
        _RELEASE,
        output,
    )
    return output


def small_values(address: int, shape: tuple[int, int]) -> Any:
    """Copy of the values of labels, ``None`` if it would be a large one."""
    size = shape[0] * shape[1]
    if not 0 < size <= _LARGEST_COPY:
        return None
    return np.ndarray(shape, np.int32, bytes_at(address, size * 4))


def labels_values(address: int, shape: tuple[int, int]) -> Any:
    """Values of labels which C has at some address, as an array which can not be changed.

    :returns: the very array given to :py:func:`give_labels`, or a copy; ``None`` if this
        would be a large copy
    """
    size = shape[0] * shape[1]
    if size == 0:
        return np.ndarray(shape, np.int32, b"")
    values = _VALUES.get(address)
    if values is not None and values.shape == shape:
        return values
    if size > _LARGEST_COPY:
        return None
    return np.ndarray(shape, np.int32, bytes_at(address, size * 4))


def _strides(arrays: Sequence[npt.NDArray[Any]]) -> list[int] | None:
    """Strides of all arrays, in elements."""
    output: list[int] = []
    for array in arrays:
        size = array.itemsize
        for stride in array.strides:
            if stride % size:
                return None
            output.append(stride // size)
    return output


def fetch(arrays: Any, count: int) -> list[npt.NDArray[Any]]:
    """Make numpy arrays sharing the memory of arrays of the C library, and owning it."""
    tensors = (ctypes.c_void_p * count)()
    _get_library().mts_arrays_as_dlpack(arrays, count, ctypes.cast(tensors, _TENSORS_POINTER))
    addresses: list[Any] = tensors[:]
    adopted = 0
    try:
        output = []
        for address in addresses:
            adopted += 1
            output.append(from_tensor(address))
        return output
    except BaseException:
        for address in addresses[adopted:]:
            delete_tensor(address)
        raise
