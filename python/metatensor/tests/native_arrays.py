"""numpy arrays as arrays of the C library, which never calls back into Python."""

import ctypes

import numpy as np
from ctypes_dlpack import DLDataType
from metatensor._c_api import c_uintptr_t, mts_array_t
from metatensor._c_lib import _get_library
from metatensor._status import check_pointer

_CODES = {"i": 0, "u": 1, "f": 2, "c": 5, "b": 6}
_RELEASE_ONE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, c_uintptr_t)
_RELEASE_ALL = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


def _array(ctype, values):
    return (ctype * len(values))(*values)


def _dtypes(arrays):
    """``DLDataType`` of all arrays, made of integers: code, bits, lanes."""
    known = {}
    for array in arrays:
        dtype = array.dtype
        if dtype not in known:
            known[dtype] = _CODES[dtype.kind] | dtype.itemsize * 8 << 8 | 1 << 16
    packed = _array(ctypes.c_uint32, [known[array.dtype] for array in arrays])
    return ctypes.cast(packed, ctypes.POINTER(DLDataType))


def wrap(arrays, user_data=None, release=None, release_all=None):
    """Wrap many numpy arrays in one call, without copying them.

    The callers must keep the arrays and the callbacks.
    """
    count = len(arrays)
    described = [array.__array_interface__ for array in arrays]
    shapes = [dimension for array in arrays for dimension in array.shape]
    result = (mts_array_t * count)()
    strides = None
    if any(interface["strides"] is not None for interface in described):
        strides = [stride // array.itemsize for array in arrays for stride in array.strides]
        strides = _array(ctypes.c_int64, strides)
    _get_library().mts_arrays_from_memory(
        _array(ctypes.c_void_p, [interface["data"][0] for interface in described]),
        _array(c_uintptr_t, [array.ndim for array in arrays]),
        _dtypes(arrays),
        count,
        _array(c_uintptr_t, shapes),
        len(shapes),
        strides,
        _array(ctypes.c_uint8, [interface["data"][1] for interface in described]),
        user_data,
        _RELEASE_ONE(0) if release is None else release,
        _RELEASE_ALL(0) if release_all is None else release_all,
        result,
    )
    return result


def labels(names, values):
    """C labels in an array of the library, with its own copy of the values."""
    values = np.ascontiguousarray(values, dtype=np.int32)
    array = wrap([values])[0]
    copy = mts_array_t()
    device = mts_array_t._fields_[11][1]._argtypes_[1](1, 0)
    assert array.copy(array.ptr, device, copy) == 0
    array.destroy(array.ptr)
    encoded = _array(ctypes.c_char_p, [name.encode() for name in names])
    result = _get_library().mts_labels(
        ctypes.cast(encoded, _get_library().mts_labels.argtypes[0]), len(names), copy
    )
    check_pointer(result)
    return result
