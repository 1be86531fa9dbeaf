"""Engine for numpy."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._base import (
    CPU,
    DLPackDevice,
    DLPackDtype,
    Engine,
    Movements,
    move_in_place,
)

_INT32 = np.dtype(np.int32)
_INT32_RANGE = np.iinfo(np.int32)

# code and bits of dtypes which are not part of numpy itself
_ML_DTYPES = {
    "bfloat16": (4, 16),
    "float8_e3m4": (7, 8),
    "float8_e4m3": (8, 8),
    "float8_e4m3b11fnuz": (9, 8),
    "float8_e4m3fn": (10, 8),
    "float8_e4m3fnuz": (11, 8),
    "float8_e5m2": (12, 8),
    "float8_e5m2fnuz": (13, 8),
    "float8_e8m0fnu": (14, 8),
}
_DLPACK_CODES = {"i": 0, "u": 1, "f": 2, "c": 5, "b": 6}


class _Frozen(np.ndarray):
    """Memory of read-only arrays made by ``freeze``: nobody can write to it."""


def _is_frozen(array: npt.NDArray[Any]) -> bool:
    base: Any = array
    while type(base) is np.ndarray:
        base = base.base
    if type(base) is memoryview:
        return type(base.obj) is _Frozen
    return type(base) is bytes


def extension_dtype(dtype: np.dtype[Any]) -> DLPackDtype | None:
    """DLPack dtype for those which ``ml_dtypes`` adds to numpy."""
    if dtype.isbuiltin == 1:
        return None
    extension = _ML_DTYPES.get(dtype.name)
    if extension is None or dtype.type.__module__ != "ml_dtypes":
        return None
    return (*extension, 1)


def host_from_dlpack(exporter: Any) -> npt.NDArray[Any]:
    """Array sharing the memory of a CPU exporter, whatever the dtype."""
    hide = getattr(exporter, "hide_extension_dtype", None)
    name = None if hide is None else hide(_ML_DTYPES)
    array = np.from_dlpack(exporter)
    if name is None:
        return array
    try:
        return array.view(getattr(importlib.import_module("ml_dtypes"), name))
    except ModuleNotFoundError:
        raise ValueError(f"numpy only has {name} if the package ml_dtypes is installed") from None


class NumpyEngine(Engine):
    """Engine for numpy arrays and their subclasses."""

    name = "numpy"
    origin = "python.numpy"
    array_type = np.ndarray

    def is_dtype(self, value: object) -> bool:
        return isinstance(value, np.dtype)

    def is_device(self, value: object) -> bool:
        # numpy has no device class: its devices are strings
        return False

    def device(self, array: Any) -> str:
        return "cpu"

    def dlpack_device(self, array: Any) -> DLPackDevice:
        return CPU

    def dlpack_dtype(self, array: Any) -> DLPackDtype:
        dtype: np.dtype[Any] = array.dtype
        code = _DLPACK_CODES.get(dtype.kind)
        if code is None:
            extension = extension_dtype(dtype)
            if extension is not None:
                return extension
            raise ValueError(
                f"arrays with dtype '{dtype}' are not supported, expected integers, "
                "floating point or complex numbers, or booleans"
            )
        return (code, 8 * dtype.itemsize, 1)

    def is_contiguous(self, array: Any) -> bool:
        return bool(array.flags.c_contiguous)

    def copy(self, array: Any) -> Any:
        return array.copy()

    def copy_to(self, array: Any, device: DLPackDevice) -> Any:
        if device[0] != CPU[0]:
            raise ValueError(
                "can not copy a numpy array to another device than CPU, got the "
                f"DLPack device type {device[0]}"
            )
        return array.copy()

    def to(
        self,
        array: Any,
        dtype: Any = None,
        device: Any = None,
        non_blocking: bool = False,
    ) -> Any:
        if device is not None and str(device) != "cpu":
            raise ValueError(f"numpy arrays can only be on the 'cpu', not '{device}'")
        if dtype is None:
            return array
        try:
            # `subok`: the same object comes back when nothing changes
            return array.astype(np.dtype(dtype), copy=False)
        except TypeError as error:
            raise TypeError(f"'{dtype}' is not a valid dtype for numpy arrays") from error

    def to_numpy(self, array: Any) -> npt.NDArray[Any]:
        return array  # type: ignore[no-any-return]

    def from_numpy(self, array: npt.NDArray[Any]) -> Any:
        return array

    def labels_values(self, array: Any) -> Any:
        if array.dtype == _INT32:
            # nobody can write to `bytes`, and they take the least time to make
            return array if _is_frozen(array) else np.ndarray(array.shape, _INT32, array.tobytes())
        if array.dtype.kind not in "iub":
            raise TypeError(
                "Labels values must be convertible to integers, "
                f"got an array with dtype '{array.dtype}'"
            )
        if not np.can_cast(array.dtype, _INT32, "safe") and array.size != 0:
            low, high = array.min(), array.max()
            if low < _INT32_RANGE.min or high > _INT32_RANGE.max:
                raise ValueError(
                    "Labels values must fit in 32-bit integers, got values between "
                    f"{low} and {high}"
                )
        return np.ndarray(array.shape, _INT32, array.astype(_INT32).tobytes())

    def empty_labels(self, like: Any, size: int) -> Any:
        return self.freeze(np.empty((0, size), dtype=_INT32))

    def freeze(self, array: Any) -> Any:
        if _is_frozen(array):
            return array
        if array.size == 0:
            array.flags.writeable = False
            return array
        # Through a read-only buffer, so that it can not be made writable again
        return np.asarray(memoryview(array.view(_Frozen)).toreadonly())

    def equal(self, first: Any, second: Any) -> bool:
        if first is second:
            return True
        if first.size < 1000 and first.dtype == second.dtype and first.shape == second.shape:
            return bool(first.tobytes() == second.tobytes())
        return bool(np.array_equal(first, second))

    def take_columns(self, array: Any, columns: Sequence[int]) -> Any:
        return np.ascontiguousarray(np.asarray(array)[:, list(columns)])

    def insert_column(self, array: Any, index: int, column: Any) -> Any:
        result = np.empty((array.shape[0], array.shape[1] + 1), dtype=array.dtype)
        result[:, :index] = array[:, :index]
        result[:, index] = column
        result[:, index + 1 :] = array[:, index:]
        return result

    def reshape(self, array: Any, shape: Sequence[int]) -> Any:
        return array.reshape(tuple(shape))

    def swap_axes(self, array: Any, axis_1: int, axis_2: int) -> Any:
        return array.swapaxes(axis_1, axis_2)

    def full(self, like: Any, shape: Sequence[int], fill_value: Any) -> Any:
        return np.full(tuple(shape), fill_value.astype(like.dtype), dtype=like.dtype)

    def concatenate(self, arrays: Sequence[Any], axis: int) -> Any:
        return np.concatenate(arrays, axis=axis)

    def take_rows(self, array: Any, rows: npt.NDArray[np.int64]) -> Any:
        return array[rows]

    def permute(self, array: Any, axes: Sequence[int]) -> Any:
        return np.ascontiguousarray(array.transpose(axes))

    def move_data(self, output: Any, source: Any, movements: Movements) -> Any:
        return move_in_place(output, source, movements)

    def to_dlpack(self, array: Any, device: DLPackDevice, stream: Any) -> Any:
        if device[0] != CPU[0]:
            raise ValueError(
                f"numpy arrays can only be exported on CPU, got the DLPack device type {device[0]}"
            )
        if stream is not None:
            raise ValueError("the stream must be NULL for data on CPU")
        dtype = array.dtype
        if extension_dtype(dtype) is not None:
            # only the name of the dtype is not known to numpy's own export
            array = array.view(f"u{dtype.itemsize}")
        elif not dtype.isnative:
            array = array.astype(dtype.newbyteorder("="))
        if array.size != 0 and any(s % dtype.itemsize for s in array.strides):
            # DLPack counts strides in elements: fields of records need a copy
            array = np.ascontiguousarray(array)
        return array

    def from_dlpack(self, exporter: Any, read_only: bool) -> Any:
        array = host_from_dlpack(exporter)
        if read_only and array.flags.writeable:
            # older numpy ignores the flag
            array.flags.writeable = False
        elif not read_only and not array.flags.writeable:
            # before numpy 2.1, nothing from DLPack can be written to
            array = array.copy()
        return array


ENGINE = NumpyEngine()
