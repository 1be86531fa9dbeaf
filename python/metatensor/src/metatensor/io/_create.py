"""Creating the arrays in which the data of files is put."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .._arrays._registry import type_name
from .._c_api import MTS_SUCCESS, mts_create_array_callback_t
from .._c_lib import _get_library
from .._data import create_mts_array
from .._status import catch_exceptions

if TYPE_CHECKING:
    from ctypes_dlpack import DLDataType

#: Function creating an array: shape, number of dimensions, dtype, and where to put it
CreateArray = Callable[[Any, int, Any, Any], Any]

# code and bits in DLPack, name of the dtype in numpy and torch
_DTYPES = {
    (0, 8): "int8",
    (0, 16): "int16",
    (0, 32): "int32",
    (0, 64): "int64",
    (1, 8): "uint8",
    (1, 16): "uint16",
    (1, 32): "uint32",
    (1, 64): "uint64",
    (2, 16): "float16",
    (2, 32): "float32",
    (2, 64): "float64",
    (5, 64): "complex64",
    (5, 128): "complex128",
    (6, 8): "bool",
}
_NUMPY_DTYPES = {key: np.dtype(name) for key, name in _DTYPES.items()}


@catch_exceptions
def create_numpy_array(shape_ptr: Any, shape_count: int, dtype: DLDataType, array: Any) -> int:
    """Create a numpy array, to be used as ``create_array`` when loading data.

    :param shape_ptr: pointer to the sizes of the array
    :param shape_count: number of dimensions
    :param dtype: dtype of the array, as in DLPack
    :param array: pointer to the ``mts_array_t`` to fill
    :returns: status code, after storing any exception
    """
    numpy_dtype = _NUMPY_DTYPES.get((dtype.code, dtype.bits)) if dtype.lanes == 1 else None
    if numpy_dtype is None:
        raise _unsupported(dtype, "numpy")
    array[0] = create_mts_array(np.empty(tuple(shape_ptr[:shape_count]), dtype=numpy_dtype))
    return MTS_SUCCESS


@catch_exceptions
def create_torch_array(shape_ptr: Any, shape_count: int, dtype: DLDataType, array: Any) -> int:
    """Create a torch tensor on CPU, to be used as ``create_array`` when loading data.

    :param shape_ptr: pointer to the sizes of the array
    :param shape_count: number of dimensions
    :param dtype: dtype of the array, as in DLPack
    :param array: pointer to the ``mts_array_t`` to fill
    :returns: status code, after storing any exception
    """
    import torch

    name = _DTYPES.get((dtype.code, dtype.bits), "") if dtype.lanes == 1 else ""
    # some unsigned integers are not there in older releases of torch
    torch_dtype = getattr(torch, name, None)
    if torch_dtype is None:
        raise _unsupported(dtype, "torch")
    tensor = torch.empty(tuple(shape_ptr[:shape_count]), dtype=torch_dtype, device="cpu")
    array[0] = create_mts_array(tensor)
    return MTS_SUCCESS


def _unsupported(dtype: DLDataType, library: str) -> ValueError:
    return ValueError(
        f"can not create a {library} array with the DLPack dtype code={int(dtype.code)}, "
        f"bits={dtype.bits}, lanes={dtype.lanes}"
    )


NUMPY_CALLBACK = mts_create_array_callback_t(create_numpy_array)


def library_callback() -> Any:
    """C callback making arrays of the library, ``None`` if it only has the released functions."""
    create = getattr(_get_library(), "mts_array_empty", None)
    return None if create is None else ctypes.cast(create, mts_create_array_callback_t)


def as_callback(create_array: Any) -> Any:
    """C callback for a function creating arrays, which may raise exceptions."""
    if isinstance(create_array, mts_create_array_callback_t):
        return create_array
    if not callable(create_array):
        raise TypeError(f"`create_array` must be a function, got {type_name(create_array)}")
    return mts_create_array_callback_t(catch_exceptions(create_array))
