"""Engine for cupy: arrays like those of numpy, on CUDA or ROCm devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cupy
import numpy as np
import numpy.typing as npt

from ._base import CPU, DLPackDevice, DLPackDtype, Movements, move_in_place
from ._host import HostLabelsEngine
from .numpy import ENGINE as NUMPY
from .numpy import host_from_dlpack

_KDL_CUDA, _KDL_CUDA_HOST, _KDL_CUDA_MANAGED, _KDL_ROCM = 2, 3, 13, 10


class CupyEngine(HostLabelsEngine):
    """Engine for arrays of cupy."""

    name = "cupy"
    origin = "python.cupy"
    array_type = cupy.ndarray

    def is_dtype(self, value: object) -> bool:
        # cupy uses the dtypes of numpy
        return False

    def is_device(self, value: object) -> bool:
        return isinstance(value, cupy.cuda.Device)

    def device(self, array: Any) -> Any:
        return array.device

    def place(self, array: Any) -> str:
        return f"{self.name}@cuda:{array.device.id}"

    def dlpack_device(self, array: Any) -> DLPackDevice:
        kind, index = array.__dlpack_device__()
        if int(kind) == _KDL_CUDA_MANAGED:
            # managed memory can be used like the memory of the device
            return (_KDL_CUDA, int(index))
        return (int(kind), int(index))

    def dlpack_dtype(self, array: Any) -> DLPackDtype:
        return NUMPY.dlpack_dtype(array)

    def is_contiguous(self, array: Any) -> bool:
        return bool(array.flags.c_contiguous)

    def copy(self, array: Any) -> Any:
        with array.device:
            return array.copy()

    def copy_to(self, array: Any, device: DLPackDevice) -> Any:
        return self._to_device(array, _device_index(device), copy=True)

    def to(
        self,
        array: Any,
        dtype: Any = None,
        device: Any = None,
        non_blocking: bool = False,
    ) -> Any:
        if dtype is not None:
            try:
                dtype = np.dtype(dtype)
            except TypeError as error:
                raise TypeError(f"'{dtype}' is not a valid dtype for cupy arrays") from error
            if dtype != array.dtype:
                with array.device:
                    array = array.astype(dtype)
        if device is not None:
            array = self._to_device(array, _find_device(device), copy=False)
        return array

    def _to_device(self, array: Any, index: int, copy: bool) -> Any:
        if array.device.id == index:
            return self.copy(array) if copy else array
        with cupy.cuda.Device(index):
            return cupy.array(array, copy=True)

    def to_host(self, array: Any) -> npt.NDArray[Any]:
        result: npt.NDArray[Any] = cupy.asnumpy(array)
        return result

    def from_numpy(self, array: npt.NDArray[Any]) -> Any:
        if not array.dtype.isnative:
            array = array.astype(array.dtype.newbyteorder("="))
        # on the current device
        return cupy.asarray(np.asarray(array))

    def from_host(self, array: npt.NDArray[Any], like: Any) -> Any:
        with like.device:
            return cupy.array(array)

    # ------------------------------------------------------------------- for the core
    def reshape(self, array: Any, shape: Sequence[int]) -> Any:
        with array.device:
            return array.reshape(tuple(shape))

    def swap_axes(self, array: Any, axis_1: int, axis_2: int) -> Any:
        return array.swapaxes(axis_1, axis_2)

    def full(self, like: Any, shape: Sequence[int], fill_value: Any) -> Any:
        with like.device:
            # the fill value is on the current device, which can be another one
            value = self.to_host(fill_value).astype(like.dtype)
            return cupy.full(tuple(shape), value, dtype=like.dtype)

    def concatenate(self, arrays: Sequence[Any], axis: int) -> Any:
        with arrays[0].device:
            return cupy.concatenate(arrays, axis=axis)

    def take_rows(self, array: Any, rows: npt.NDArray[np.int64]) -> Any:
        with array.device:
            return array[cupy.asarray(rows)]

    def permute(self, array: Any, axes: Sequence[int]) -> Any:
        with array.device:
            return cupy.ascontiguousarray(array.transpose(tuple(axes)))

    def move_data(self, output: Any, source: Any, movements: Movements) -> Any:
        with output.device:
            return move_in_place(output, source, movements)

    def to_dlpack(self, array: Any, device: DLPackDevice, stream: Any) -> Any:
        if device[0] in (CPU[0], _KDL_CUDA_HOST):
            return NUMPY.to_dlpack(self.to_host(array), CPU, stream)
        return self._to_device(array, _device_index(device), copy=False)

    def from_dlpack(self, exporter: Any, read_only: bool) -> Any:
        kind, _ = exporter.__dlpack_device__()
        if int(kind) == CPU[0]:
            return cupy.array(host_from_dlpack(exporter))
        array = cupy.from_dlpack(_DefaultStream(exporter))
        return self.copy(array) if read_only else array


class _DefaultStream:
    """Exporter of data which is ready on the default stream of its device.

    This is what the C API gives, while cupy asks for data on its current stream.
    """

    def __init__(self, exporter: Any) -> None:
        self._exporter = exporter

    def __dlpack_device__(self) -> DLPackDevice:
        device: DLPackDevice = self._exporter.__dlpack_device__()
        return device

    def __dlpack__(self, stream: Any = None, **kwargs: Any) -> Any:
        if stream is not None:
            with cupy.cuda.Device(self.__dlpack_device__()[1]):
                cupy.cuda.get_current_stream().wait_event(cupy.cuda.Stream.null.record())
        return self._exporter.__dlpack__(**kwargs)


def _device_index(device: DLPackDevice) -> int:
    if device[0] not in (_KDL_CUDA, _KDL_CUDA_MANAGED, _KDL_ROCM):
        raise ValueError(f"cupy can not use the DLPack device type {device[0]}")
    return device[1]


def _find_device(device: Any) -> int:
    """Index of a device: itself, or what is in ``cupy.cuda.Device`` or "cuda:0"."""
    if isinstance(device, cupy.cuda.Device):
        return int(device.id)
    if isinstance(device, (int, np.integer)):
        return int(device)
    kind, _, index = str(device).partition(":")
    if kind not in ("cuda", "gpu"):
        raise ValueError(f"cupy arrays can only be on CUDA devices, not on '{device}'")
    try:
        return int(index) if index else int(cupy.cuda.Device().id)
    except ValueError as error:
        raise ValueError(f"cupy can not use the device '{device}'") from error


ENGINE = CupyEngine()
